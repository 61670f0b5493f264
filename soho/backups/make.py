"""Making a backup."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from django.db import connection, connections, transaction

from soho.accounts.models import User
from soho.backups import contents, postgres
from soho.backups.contents import Manifest, Stored
from soho.backups.errors import BackupError
from soho.creations import removal
from soho.creations.models import Creation
from soho.creations.objects import storage
from soho.storage.contract import ObjectMissingError
from soho.storage.keys import AVATAR_SIDES, avatar_key

Say = Callable[[str], None]


def make(folder: Path, *, with_objects: bool = True, say: Say = print) -> Manifest:
    """Copies the database and, unless told not to, every object into `folder`; beside the traffic.

    A folder that holds an earlier backup is brought up to date: what is there unchanged is not read again.
    Raises BackupError, leaving the folder without a manifest, and StorageError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    known = {stored.key: stored for stored in contents.objects(folder)}
    (folder / "manifest.json").unlink(missing_ok=True)
    with removal.held_back():
        dump = folder / "database.dump"
        rows, needed = _dump(dump)
        say(f"Database: {sum(rows.values())} rows, {dump.stat().st_size} bytes.")
        copied = _copy_objects(folder, known, say) if with_objects else []
    if with_objects and (missing := needed - {stored.key for stored in copied}):
        raise BackupError(
            f"{len(missing)} objects that rows point to are not in the storage, such as {min(missing)}; "
            "run: soho doctor"
        )
    manifest = Manifest(
        format=contents.FORMAT,
        version=version("soho"),
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        dump_sha256=contents.sha256(dump),
        rows=rows,
        objects=len(copied),
        object_bytes=sum(stored.bytes for stored in copied),
    )
    contents.write(folder, manifest)
    return manifest


def _dump(path: Path) -> tuple[dict[str, int], set[str]]:
    """Dumps one snapshot; answers how many rows it has and which objects they name."""
    # A connection of its own: the caller's may not be in a transaction that sees other things.
    own = connections.create_connection("default")
    try:
        with own.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone()
            postgres.dump(path, snapshot=snapshot)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
            return contents.rows(), _objects_named()
    finally:
        own.close()


def _objects_named() -> set[str]:
    named: set[str] = set()
    columns = ("media_key", "thumbnail_key", "rendition_key", "poster_key")
    for keys in Creation.objects.exclude(media_key="").values_list(*columns).iterator():
        named.update(key for key in keys if key)
    for user_id, avatar in User.objects.exclude(avatar=None).values_list("pk", "avatar").iterator():
        named.update(avatar_key(user_id, avatar, side) for side in AVATAR_SIDES)
    return named


def _copy_objects(folder: Path, known: dict[str, Stored], say: Say) -> list[Stored]:
    """Copies what is not in the folder yet, drops from it what is gone, and writes the list."""
    copied = []
    for item in storage().keys():  # noqa: SIM118 - a storage is no dict
        path = contents.path_of(folder, item.key)
        before = known.get(item.key)
        if before and path.exists() and path.stat().st_size == item.size == before.bytes:
            # An object of a creation never changes once its row names it.
            copied.append(before)
            continue
        try:
            copied.append(_copy(item.key, path))
        except ObjectMissingError:
            continue  # an upload that was taken back since the listing
        if len(copied) % 1000 == 0:
            say(f"Objects: {len(copied)} so far.")
    kept = {contents.path_of(folder, stored.key) for stored in copied}
    for path in (folder / "objects").rglob("*"):
        if path.is_file() and path not in kept:
            path.unlink()
    with (folder / "objects.jsonl").open("w") as lines:
        lines.writelines(json.dumps(asdict(stored)) + "\n" for stored in copied)
    say(f"Objects: {len(copied)}, {sum(stored.bytes for stored in copied)} bytes.")
    return copied


def _copy(key: str, path: Path) -> Stored:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    digest, size = hashlib.sha256(), 0
    with unfinished.open("wb") as file:
        for chunk in storage().open(key):
            file.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    unfinished.replace(path)
    return Stored(key, size, digest.hexdigest())
