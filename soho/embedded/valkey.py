"""The private Valkey of a home folder: Celery's bell and the cache.

It keeps nothing on disk. A bell that is wiped is rung again by the sweeper, and a cache fills by itself.
"""

import signal
from pathlib import Path

import redis

from soho.embedded import addresses, children
from soho.embedded.binaries import valkey_program
from soho.embedded.children import Command
from soho.embedded.identity import Identity


def prepare(home: Path, identity: Identity | None) -> Command:
    """End a server left over on this home and return how to run one. `folders.prepare` comes first."""
    program = valkey_program(home, identity)
    socket = str(addresses.valkey_socket(home))
    left = children.leftovers(
        lambda process: socket in process.cmdline() and process.name().startswith("valkey")
    )
    children.end(left, signal.SIGTERM, 5)
    options = {
        "port": "0",
        "unixsocket": socket,
        "unixsocketperm": "700",
        "dir": str(home / "valkey"),
        "save": "",
        "appendonly": "no",
        "maxclients": "1000",
        "maxmemory": "256mb",
        # Only what has an expiry (the cache) may be dropped for room; Celery's queues have none and stay.
        "maxmemory-policy": "volatile-lru",
        # The title keeps the socket's path: how leftovers of this very home are told from other servers.
        "set-proc-title": "no",
        "loglevel": "warning",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return Command(
        name="valkey",
        arguments=(str(program), *words),
        folder=home / "valkey",
        stops=((signal.SIGTERM, 5),),
        identity=identity,
        environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
    )


def is_ready(home: Path) -> bool:
    """Whether the server answers."""
    if not addresses.valkey_socket(home).is_socket():
        return False
    client = redis.Redis.from_url(addresses.redis_url(home), socket_timeout=1)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()
