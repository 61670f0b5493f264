"""Pictures on their way in: read into a file as far as they may be, and no further."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from soho.media.avatar import MAX_BYTES
from soho.problems.refusals import InvalidField
from soho.profiles.actions import TOO_LARGE

_BLOCK = 64 * 1024
_FORM_BYTES = MAX_BYTES + 64 * 1024  # a picture with the fields beside it
_READ_OUT_BYTES = 16 * MAX_BYTES


class Readable(Protocol):
    """What a request and an uploaded file have in common."""

    def read(self, size: int = ..., /) -> bytes: ...


@contextmanager
def file_of(source: Readable) -> Iterator[Path]:
    """A temporary file with what `source` gives. Raises InvalidField past 5 MiB, having read no more."""
    with tempfile.NamedTemporaryFile(prefix="upload-") as file:
        room = MAX_BYTES
        while block := source.read(_BLOCK):
            room -= len(block)
            if room < 0:
                raise InvalidField("avatar", TOO_LARGE)
            file.write(block)
        file.flush()
        yield Path(file.name)


class Bounded(FileUploadHandler):
    """Stops a form that is larger than any of ours before its file is written anywhere (settings).

    Moderately large ones are read to their end, so that the browser sees the page that says why; beyond that
    the connection is cut.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        self.length = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if self.length > _FORM_BYTES:
            raise StopUpload(connection_reset=self.length > _READ_OUT_BYTES)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def is_too_large(length: str | None) -> bool:
    """Whether a form that says it has this `Content-Length` was stopped by `Bounded`."""
    return bool(length and length.isdigit() and int(length) > _FORM_BYTES)
