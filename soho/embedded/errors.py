"""What a person is told when the embedded parts cannot start."""


class EmbeddedError(Exception):
    """One sentence: what is wrong and how to mend it. Its text is meant to be printed as it is."""
