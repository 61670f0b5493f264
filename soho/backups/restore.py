"""Restoring a backup into an empty place."""

from collections.abc import Callable
from pathlib import Path

from django.db import connection

from soho.backups import contents, postgres
from soho.backups.contents import Manifest
from soho.backups.errors import BackupError
from soho.creations.objects import storage
from soho.ledger import audit
from soho.storage.keys import InvalidKeyError, check_key, content_type_of

Say = Callable[[str], None]
_OLDEST_SERVER = 170_000


def restore(folder: Path, *, say: Say = print) -> Manifest:
    """Fills an empty database and an empty storage from the backup in `folder`, then checks what is there.

    Objects first, and the database in one transaction after them: broken off at any point, it can be begun
    again after emptying the storage. Raises BackupError, having changed nothing, when the backup is damaged
    or the place is not empty; StorageError.
    """
    manifest = contents.read(folder)
    if contents.sha256(folder / "database.dump") != manifest.dump_sha256:
        raise BackupError(f"{folder / 'database.dump'} is damaged: its checksum is another one.")
    _check_objects(folder, manifest)
    _check_empty()
    for number, stored in enumerate(contents.objects(folder), start=1):
        storage().put(stored.key, contents.path_of(folder, stored.key), content_type_of(stored.key))
        if number % 1000 == 0:
            say(f"Objects: {number} of {manifest.objects}.")
    say(f"Objects: {manifest.objects}.")
    postgres.restore(folder / "database.dump")
    _check_restored(manifest)
    say(f"Database: {sum(manifest.rows.values())} rows; the books are right.")
    return manifest


def _check_objects(folder: Path, manifest: Manifest) -> None:
    listed = 0
    for stored in contents.objects(folder):
        try:
            path = contents.path_of(folder, check_key(stored.key))
        except InvalidKeyError as error:
            raise BackupError(f"The backup's list names an object that cannot be: {error}") from error
        if not path.is_file() or contents.sha256(path) != stored.sha256:
            raise BackupError(f"{path} is missing or damaged; this backup cannot be restored whole.")
        listed += 1
    if listed != manifest.objects:
        raise BackupError(f"The backup lists {listed} objects, its manifest {manifest.objects}.")


def _check_empty() -> None:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        cursor.execute("SHOW server_version_num")
        (server,) = cursor.fetchone()
    if tables:
        raise BackupError(
            f"The database {connection.settings_dict['NAME']!r} is not empty; "
            "name a new one in DATABASE_URL, or a new SOHO_HOME."
        )
    if int(server) < _OLDEST_SERVER:
        raise BackupError(
            "Restoring needs PostgreSQL 17 or newer: older ones do not know what pg_restore says."
        )
    storage().create()
    if next(iter(storage().keys()), None) is not None:
        raise BackupError("The storage is not empty; name an empty bucket, or an empty folder in SOHO_MEDIA.")


def _check_restored(manifest: Manifest) -> None:
    found = contents.rows()
    if found != manifest.rows:
        differing = sorted(table for table in manifest.rows if found.get(table) != manifest.rows[table])
        raise BackupError(
            f"After restoring, these tables have other numbers of rows: {', '.join(differing)}."
        )
    if findings := audit.verify():
        raise BackupError(f"After restoring, the books are wrong: {findings[0]}")
