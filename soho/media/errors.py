"""What can be wrong with a file, said for a person and coded for a machine."""

from typing import Literal

MediaCode = Literal[
    "undecodable",  # no picture comes out of it
    "truncated",  # it ends, or breaks, before what it promised
    "black",  # there is nothing to see
    "frozen",  # nothing moves from the first frame to the last
    "wrong_length",  # it plays, but not for as long as was asked
    "too_large",  # more bytes, pixels or seconds than we take
    "wrong_type",  # it is something else than its place says
]


class MediaError(Exception):
    """A file failed the quality gate; `code` is stable and `message` is one sentence for a person."""

    def __init__(self, code: MediaCode, message: str) -> None:
        super().__init__(message)
        self.code: MediaCode = code
        self.message = message
