"""What can go wrong, in a sentence."""


class BackupError(Exception):
    """The backup could not be made or restored; the message says why and what to do."""
