"""Objects in a folder of this machine."""

import errno
import io
import os
import secrets
import shutil
import stat as modes
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from soho.storage.contract import CHUNK_BYTES, ObjectMissingError, ObjectStat, StorageError
from soho.storage.keys import InvalidKeyError, check_key, content_type_of

_INCOMING = ".incoming"
"""Half-written files wait here; no key begins with a dot, so nobody can ask for one."""
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_COPY_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class LocalConfig:
    """`folder` is made, mode 0700, if it does not exist; `variable` is the setting that errors name."""

    folder: Path
    variable: str = "SOHO_HOME"


class LocalStorage:
    """Keeps each object as a file named by its key under the configured folder.

    Every step from that folder down is opened relative to the one before and never through a symbolic link,
    so that nothing outside the folder can be reached, whatever somebody put into it.
    """

    def __init__(self, config: LocalConfig) -> None:
        self._root = config.folder
        self._variable = config.variable

    def put(self, key: str, path: Path, content_type: str) -> None:
        """Copy the file, force it to the disk, then rename it into place."""
        if content_type_of(key) != content_type:
            raise ValueError(f"{key!r} is stored as {content_type_of(key)}, not as {content_type}.")
        *folders, name = key.split("/")
        with path.open("rb") as source, self._writing(), self._incoming() as (incoming, waiting, file):
            shutil.copyfileobj(source, file, _COPY_BYTES)
            file.flush()
            os.fsync(file.fileno())
            with self._folder(folders, make=True) as folder:
                os.replace(waiting, name, src_dir_fd=incoming, dst_dir_fd=folder)
                os.fsync(folder)

    def open(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        descriptor = self._open_file(key)
        if descriptor is None:
            raise ObjectMissingError(key)
        return _chunks(os.fdopen(descriptor, "rb", buffering=0), start, length)

    def stat(self, key: str) -> ObjectStat | None:
        descriptor = self._open_file(key)
        if descriptor is None:
            return None
        try:
            return _describe(key, os.fstat(descriptor))
        finally:
            os.close(descriptor)

    def delete(self, keys: Iterable[str]) -> None:
        for key in [check_key(key) for key in keys]:
            *folders, name = key.split("/")
            with (
                self._writing(),
                suppress(FileNotFoundError, NotADirectoryError),
                self._folder(folders) as folder,
            ):
                os.unlink(name, dir_fd=folder)

    def keys(self, prefix: str = "") -> Iterator[ObjectStat]:
        # Whole folders of the prefix are entered at once; its last part is compared name by name.
        *folders, _ = prefix.split("/")
        if any(part in ("", ".", "..") for part in folders):
            return
        with suppress(FileNotFoundError, NotADirectoryError), self._folder(folders) as folder:
            yield from _walk(folder, "".join(f"{part}/" for part in folders), prefix)

    def signed_url(self, key: str, seconds: int) -> None:
        check_key(key)

    def public_url(self, key: str) -> None:
        check_key(key)

    def create(self) -> None:
        with self._writing():
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def check(self) -> None:
        with self._writing(), self._incoming() as (_, _, file):
            file.write(b"soho")

    @contextmanager
    def _folder(self, parts: list[str], *, make: bool = False) -> Iterator[int]:
        """Open the folder `parts` below the root, step by step, as a descriptor."""
        if make:
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._root, _FOLDER_FLAGS)
        try:
            for part in parts:
                if make:
                    with suppress(FileExistsError):
                        os.mkdir(part, 0o700, dir_fd=descriptor)
                deeper = os.open(part, _FOLDER_FLAGS | os.O_NOFOLLOW, dir_fd=descriptor)
                os.close(descriptor)
                descriptor = deeper
            yield descriptor
        finally:
            os.close(descriptor)

    @contextmanager
    def _incoming(self) -> Iterator[tuple[int, str, BinaryIO]]:
        """Make a new file in the waiting room: its folder, its name and itself;

        gone afterwards unless moved on.
        """
        name = secrets.token_hex(16)
        with self._folder([_INCOMING], make=True) as folder:
            descriptor = os.open(
                name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=folder
            )
            try:
                with os.fdopen(descriptor, "wb") as file:
                    yield folder, name, file
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=folder)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StorageError(
                f"{self._variable}: media cannot be written to {self._root} ({error.strerror}); "
                "name a folder that this user may write, with space left.",
                variable=self._variable,
            ) from error

    def _open_file(self, key: str) -> int | None:
        *folders, name = check_key(key).split("/")
        try:
            with self._folder(folders) as folder:
                # O_NONBLOCK: a pipe that somebody left there would otherwise wait for its other end for ever.
                flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
                descriptor = os.open(name, flags, dir_fd=folder)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                return None
            raise StorageError(
                f"{self._variable}: media cannot be read from {self._root} ({error.strerror}).",
                variable=self._variable,
            ) from error
        if modes.S_ISREG(os.fstat(descriptor).st_mode):
            return descriptor
        os.close(descriptor)
        return None


def _describe(key: str, found: os.stat_result) -> ObjectStat:
    # Every put makes a new file, so inode and time of change tell one content from another.
    return ObjectStat(
        key=key,
        size=found.st_size,
        etag=f"{found.st_ino:x}-{found.st_mtime_ns:x}-{found.st_size:x}",
        content_type=content_type_of(key),
        modified=datetime.fromtimestamp(found.st_mtime, UTC),
    )


def _chunks(file: io.FileIO, start: int, length: int | None) -> Iterator[bytes]:
    with file:
        file.seek(start)
        left = length
        while left is None or left > 0:
            chunk = file.read(CHUNK_BYTES if left is None else min(CHUNK_BYTES, left))
            if not chunk:
                return
            if left is not None:
                left -= len(chunk)
            yield chunk


def _walk(folder: int, base: str, prefix: str) -> Iterator[ObjectStat]:
    with os.scandir(folder) as entries:
        for entry in entries:
            name = base + entry.name
            if entry.is_dir(follow_symlinks=False):
                inside = f"{name}/"
                if entry.name != _INCOMING and (inside.startswith(prefix) or prefix.startswith(inside)):
                    deeper = os.open(entry.name, _FOLDER_FLAGS | os.O_NOFOLLOW, dir_fd=folder)
                    try:
                        yield from _walk(deeper, inside, prefix)
                    finally:
                        os.close(deeper)
            elif entry.is_file(follow_symlinks=False) and name.startswith(prefix):
                with suppress(InvalidKeyError, FileNotFoundError):  # not ours, or deleted since
                    yield _describe(check_key(name), entry.stat(follow_symlinks=False))
