"""The home folder: made, locked, and opened to the server user as far as it must be and no further.

SOHO_HOME/
  postgres/  the database (the server user's, 0700)
  valkey/    the working folder of Valkey (the same)
  run/       the sockets (the same)
  program/   copies of the servers' programs, only when the installed ones cannot be reached
  log/       what the parts said
  lock       held by the one supervisor
"""

import fcntl
import os
import stat
from pathlib import Path
from typing import IO

from soho.embedded import addresses
from soho.embedded.errors import EmbeddedError
from soho.embedded.identity import Identity, first_closed

# A folder that holds one of these is an instance's home already; see `_open_to`.
_MARKS = ("secret_key", "postgres")


def create(home: Path) -> None:
    """Make the home folder (0700) if missing. Raises EmbeddedError when it cannot be made or written."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedError(
            f"SOHO_HOME ({home}) cannot be made ({error.strerror}); name another folder in SOHO_HOME."
        ) from error
    if not os.access(home, os.W_OK | os.X_OK):
        owner = "another user" if home.stat().st_uid != os.geteuid() else "you, but closed to writing"
        raise EmbeddedError(
            f"SOHO_HOME ({home}) cannot be written: it belongs to {owner}; "
            "name another folder in SOHO_HOME, or start as its owner."
        )


def lock(home: Path) -> IO[str]:
    """Take the home for this process, until the returned file is closed or the process ends, however it ends.

    Raises EmbeddedError at once when another process holds it.
    """
    # Kept open on purpose: the lock lives as long as the file.
    file = (home / "lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read().strip()
        file.close()
        raise EmbeddedError(
            f"Soho already runs on SOHO_HOME ({home})" + (f" as process {holder}" if holder else "") + "; "
            "stop it first, or name another folder in SOHO_HOME."
        ) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def prepare(home: Path, identity: Identity | None) -> None:
    """Make what the servers need under `home` and see that the server user can get there.

    Raises EmbeddedError when a folder on the way is closed to that user, or when the data belong to somebody
    else.
    """
    data = home / "postgres"
    if data.exists() and data.stat().st_uid != (identity.uid if identity else os.geteuid()):
        raise EmbeddedError(
            f"The database in {data} belongs to another user than the one that would run it now; "
            "start Soho as the user that made it (or as root, if root did), "
            "or name another folder in SOHO_HOME."
        )
    _open_to(home, identity)
    closed = first_closed(identity, home)
    if closed is not None and identity is not None:
        raise EmbeddedError(
            f"PostgreSQL does not run as root, and its user {identity.name} cannot enter {closed} "
            f"on the way to SOHO_HOME ({home}); name a folder outside of it in SOHO_HOME "
            "(such as /var/lib/soho), start Soho as an ordinary user, or set DATABASE_URL and REDIS_URL."
        )
    (home / "log").mkdir(mode=0o700, exist_ok=True)
    _private(addresses.socket_folder(home), identity)
    _private(home / "valkey", identity)


def give(folder: Path, identity: Identity | None) -> None:
    """Hand a folder that Soho made to the server user, closed to everybody else (0700)."""
    if identity is not None:
        os.chown(folder, identity.uid, identity.gid)
    folder.chmod(0o700)


def _private(folder: Path, identity: Identity | None) -> None:
    """A folder of the server user's own. One that is not (a trap laid in /tmp, a link) is refused."""
    try:
        folder.mkdir(mode=0o700)
        give(folder, identity)
    except FileExistsError:
        found = folder.lstat()
        expected = identity.uid if identity else os.geteuid()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != expected:
            raise EmbeddedError(
                f"{folder} exists but is not a folder of Soho's own; remove it, "
                "or name another folder in SOHO_HOME."
            ) from None
        folder.chmod(0o700)


def _open_to(home: Path, identity: Identity | None) -> None:
    """Let the server user's group pass through the home itself (g+x), when root owns it and it is Soho's
    alone.

    Soho's alone: still empty, or marked by what Soho put there. A folder that holds other things stays as it
    is, and so do all folders above.
    """
    found = home.stat()
    if identity is None or found.st_uid != 0 or found.st_mode & stat.S_IXOTH:
        return
    inside = {entry.name for entry in home.iterdir()} - {"lock"}
    if inside and not inside.intersection(_MARKS):
        return
    os.chown(home, -1, identity.gid)
    home.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXGRP)
