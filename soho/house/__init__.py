"""The house's own account, and the eight posts that keep a new room from being empty."""
