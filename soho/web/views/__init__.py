"""Thin view functions: they parse, call one verb or query of another room, and answer with a page."""
