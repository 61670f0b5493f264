"""Who the embedded servers run as.

PostgreSQL refuses to run as root, rightly. An ordinary user runs the servers as himself; root runs them as a
system user that owns nothing but the data. Permissions of folders that are not Soho's are never touched: a
server user that cannot get through is reported, not let in.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soho.embedded.errors import EmbeddedError

SERVER_USER = "soho-postgres"
ADMIN_PATH = "/usr/sbin:/sbin:/usr/bin:/bin"


@dataclass(frozen=True)
class Identity:
    """An operating-system user to become. `None` in its place means: stay who you are."""

    name: str
    uid: int
    gid: int


def server_identity() -> Identity | None:
    """The user that the servers run as: None for ourselves; as root a system user, made when missing.

    Raises EmbeddedError when it is missing and cannot be made.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(SERVER_USER)
    except KeyError:
        _make_user()
        entry = pwd.getpwnam(SERVER_USER)
    if entry.pw_uid == 0:
        raise EmbeddedError(
            f"The user {SERVER_USER} is root under another name, and PostgreSQL refuses root; "
            "give it a user id of its own, or set DATABASE_URL and REDIS_URL."
        )
    return Identity(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _make_user() -> None:
    useradd = shutil.which("useradd", path=ADMIN_PATH)
    mend = "start Soho as an ordinary user, or set DATABASE_URL and REDIS_URL"
    if useradd is None:
        raise EmbeddedError(
            "PostgreSQL does not run as root, and the command useradd that would make it a user of its own "
            f"is missing; {mend}."
        )
    # --home-dir is named but not made: the user owns its data folder and nothing else.
    made = subprocess.run(  # noqa: S603 - fixed words
        [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
         "--shell", "/usr/sbin/nologin", SERVER_USER],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    # Exit status 9: another Soho made it in the meantime.
    if made.returncode not in {0, 9}:
        reason = made.stderr.strip().splitlines()[-1:] or [f"exit status {made.returncode}"]
        raise EmbeddedError(
            "PostgreSQL does not run as root, "
            f"and making its user {SERVER_USER} failed ({reason[0]}); {mend}."
        )


def become(identity: Identity | None) -> dict[str, Any]:
    """What `subprocess` needs to be told to run a program as that user, with no group but its own."""
    if identity is None:
        return {}
    return {"user": identity.uid, "group": identity.gid, "extra_groups": []}


def may(identity: Identity | None, test: str, path: Path) -> bool:
    """Whether that user passes the shell's `test -r`, `-w` or `-x` (named `test`) on `path`, all its parents
    included.

    The kernel is asked as that user, so access lists and mount options count.
    """
    if identity is None:
        return os.access(path, {"-r": os.R_OK, "-w": os.W_OK, "-x": os.X_OK}[test], effective_ids=True)
    asked = subprocess.run(  # noqa: S603 - the path is an argument, not part of the script
        ["/bin/sh", "-c", 'test "$1" "$2"', "sh", test, str(path)],
        cwd="/",
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **become(identity),
    )
    return asked.returncode == 0


def first_closed(identity: Identity | None, folder: Path) -> Path | None:
    """The outermost folder on the way to `folder` (itself included) that the user may not enter; None when it
    can.
    """
    return next((step for step in [*reversed(folder.parents), folder] if not may(identity, "-x", step)), None)
