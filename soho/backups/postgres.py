"""PostgreSQL's own programs, pg_dump and pg_restore, pointed at this installation's database."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.conf import settings

from soho.backups.errors import BackupError
from soho.embedded.binaries import postgres_programs
from soho.embedded.errors import EmbeddedError

_MOST_SAID = 2_000


def dump(path: Path, *, snapshot: str) -> None:
    """Writes the database as `snapshot` (pg_export_snapshot) sees it to `path`. Raises BackupError."""
    _run(
        "pg_dump",
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--snapshot={snapshot}",
        f"--file={path}",
    )


def restore(path: Path) -> None:
    """Fills the empty database from the archive `path`, all of it or nothing. Raises BackupError."""
    _run(
        "pg_restore",
        *("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"),
        f"--dbname={_connection()['NAME']}",
        str(path),
    )


def _run(name: str, *words: str) -> None:
    database = _connection()
    options = {key: str(value) for key, value in database["OPTIONS"].items() if key.startswith("ssl")}
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PGHOST": database["HOST"],
        "PGPORT": database["PORT"],
        "PGUSER": database["USER"],
        # By the environment, because arguments can be read by everybody on the machine.
        "PGPASSWORD": database["PASSWORD"],
        "PGDATABASE": database["NAME"],
        **{f"PG{key.upper()}": value for key, value in options.items()},
    }
    answer = subprocess.run(  # noqa: S603 - PostgreSQL's own program, with words of this file
        [_program(name), *words],
        env={key: value for key, value in environment.items() if value},
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise BackupError(f"{name} failed: {answer.stderr.strip()[-_MOST_SAID:]}")


def _program(name: str) -> Path:
    try:
        return postgres_programs(settings.SOHO_HOME, None) / name
    except EmbeddedError:
        found = shutil.which(name)
    if found is None:
        raise BackupError(f"There is no {name} on this machine; install PostgreSQL's client programs.")
    return Path(found)


def _connection() -> dict[str, Any]:
    return settings.DATABASES["default"]
