"""Where the embedded servers of a home folder answer: pure functions of the folder's path.

Any process that knows `SOHO_HOME` (a worker, a one-off `soho tokens grant`) finds the running servers through
these, with nothing to look up and nothing to pass along. Both servers listen on Unix sockets only: the
folder's mode (0700) is the lock, no port is opened, and no password exists to leak.
"""

import hashlib
from pathlib import Path
from urllib.parse import quote

# The shortest limit of the systems in use: 104 bytes with the closing NUL on macOS, 108 on Linux.
LONGEST_SOCKET_PATH = 103

_POSTGRES_SOCKET = ".s.PGSQL.5432"  # the name is PostgreSQL's own; the number is a label here, not a TCP port
_VALKEY_SOCKET = "valkey.sock"


def socket_folder(home: Path) -> Path:
    """The folder that holds both sockets: `home/run`, or a short one under /tmp when that path is too long
    for a socket.

    The short one is named after the resolved path of `home`, so every process finds the same.
    """
    folder = home.absolute() / "run"
    if len(bytes(folder / _POSTGRES_SOCKET)) <= LONGEST_SOCKET_PATH:
        return folder
    # Not tempfile.gettempdir(): TMPDIR may differ between two processes of one instance.
    return Path("/tmp") / f"soho-{fingerprint(home)}"  # noqa: S108 - made 0700 and its owner checked in folders.py


def fingerprint(home: Path) -> str:
    """Twelve hex digits that stand for the resolved path of `home`."""
    return hashlib.sha256(bytes(home.resolve())).hexdigest()[:12]


def postgres_socket(home: Path) -> Path:
    """The Unix socket of the embedded PostgreSQL."""
    return socket_folder(home) / _POSTGRES_SOCKET


def valkey_socket(home: Path) -> Path:
    """The Unix socket of the embedded Valkey."""
    return socket_folder(home) / _VALKEY_SOCKET


def database_url(home: Path, *, database: str = "soho") -> str:
    """`postgresql://soho@/soho?host=FOLDER`, as libpq and `soho.config.databases` read it."""
    return f"postgresql://soho@/{database}?host={quote(str(socket_folder(home)), safe='/')}"


def redis_url(home: Path) -> str:
    """`unix://PATH`, as redis-py and Django's cache read it."""
    return f"unix://{quote(str(valkey_socket(home)), safe='/')}"


def celery_url(redis_url: str) -> str:
    """The server that `redis_url` names, in kombu's spelling.

    Kombu says `redis+socket:` and `virtual_host` where others say `unix:` and `db`.
    """
    if redis_url.startswith("rediss:") and "ssl_cert_reqs" not in redis_url:
        # kombu alone would take any certificate.
        return f"{redis_url}{'&' if '?' in redis_url else '?'}ssl_cert_reqs=required"
    if not redis_url.startswith("unix:"):
        return redis_url
    return (
        redis_url.replace("unix:", "redis+socket:", 1)
        .replace("?db=", "?virtual_host=")
        .replace("&db=", "&virtual_host=")
    )
