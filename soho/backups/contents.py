"""What a backup's folder holds, and the reading and writing of it."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import connection

from soho.backups.errors import BackupError

FORMAT = 1
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Stored:
    """One object in a backup."""

    key: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. `rows`: how many of them each table had."""

    format: int
    version: str
    made_at: str
    dump_sha256: str
    rows: dict[str, int]
    objects: int
    object_bytes: int


def write(folder: Path, manifest: Manifest) -> None:
    """Writes the manifest: last, so that a folder without one is no finished backup."""
    unfinished = folder / "manifest.json.part"
    unfinished.write_text(json.dumps(asdict(manifest), indent=2) + "\n")
    unfinished.replace(folder / "manifest.json")


def read(folder: Path) -> Manifest:
    """The manifest of a finished backup. Raises BackupError when there is none, or one we cannot read."""
    try:
        found = json.loads((folder / "manifest.json").read_text())
        manifest = Manifest(**found)
    except FileNotFoundError as error:
        raise BackupError(f"{folder} holds no finished backup (it has no manifest.json).") from error
    except (OSError, TypeError, ValueError) as error:
        raise BackupError(f"{folder / 'manifest.json'} cannot be read ({error}).") from error
    if manifest.format != FORMAT:
        raise BackupError(f"The backup has format {manifest.format}; this version reads format {FORMAT}.")
    return manifest


def objects(folder: Path) -> Iterator[Stored]:
    """Every object of the backup, as its list says; nothing when there is no list."""
    path = folder / "objects.jsonl"
    if path.exists():
        with path.open() as lines:
            for line in lines:
                yield Stored(**json.loads(line))


def path_of(folder: Path, key: str) -> Path:
    """Where the object `key` (already checked) lies in the backup."""
    return folder / "objects" / key


def sha256(path: Path) -> str:
    """The file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rows() -> dict[str, int]:
    """How many rows each table has, exactly, as this transaction sees it."""
    counted = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own tables
            (counted[table],) = cursor.fetchone()
    return counted
