"""The drill's own PostgreSQL and Valkey, each behind a proxy, and every way in which they go away."""

import contextlib
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import redis

from soho.embedded import addresses, children, folders, postgres, valkey
from soho.embedded.children import Command
from soho.embedded.identity import server_identity
from soho.embedded.servers import await_ready
from tests.chaos.proxy import Proxy

BOUND = str(Path(__file__).with_name("bound.py"))


class Servers:
    """Both servers of `home`. PostgreSQL is durable: what it has committed must be there after any crash."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._identity = server_identity()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.postgres_line = Proxy(addresses.postgres_socket(home))
        self.valkey_line = Proxy(addresses.valkey_socket(home))

    @property
    def database_url(self) -> str:
        """The fleet's way to PostgreSQL."""
        return f"postgresql://soho@127.0.0.1:{self.postgres_line.port}/soho"

    @property
    def redis_url(self) -> str:
        """The fleet's way to Valkey."""
        return f"redis://127.0.0.1:{self.valkey_line.port}/0"

    def line(self, name: str) -> Proxy:
        """The proxy before the server of that name."""
        return self.postgres_line if name == "postgres" else self.valkey_line

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Reads beside the fleet, past the proxy. Raises psycopg.OperationalError while it is away."""
        with psycopg.connect(addresses.database_url(self.home), autocommit=True, connect_timeout=5) as line:
            return line.execute(statement, values or None).fetchall()

    def up(self, name: str) -> None:
        """Starts a server and waits until it answers."""
        # What a crash left is ended and forgotten by the product's own way of starting.
        kind = {"postgres": postgres, "valkey": valkey}[name]
        command: Command = kind.prepare(self.home, self._identity)
        who = (str(self._identity.uid), str(self._identity.gid)) if self._identity else ("-", "-")
        with (self.home / "log" / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", BOUND, *who, *command.arguments],
                cwd=command.folder,
                env=dict(command.environment or {}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._running[name] = process
        await_ready(self.home, process, command)

    def down(self, name: str, sign: signal.Signals) -> None:
        """Ends a server by a signal to its first process, and waits until that is gone."""
        process = self._running.pop(name)
        process.send_signal(sign)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)

    def kill_backend(self, pick: Any) -> None:
        """Kills one of PostgreSQL's processes; it then drops all lines and recovers by itself."""
        found = []
        for one in psutil.Process(self._running["postgres"].pid).children():
            # One may end while it is looked at. What serves a line says what it does in its title.
            with contextlib.suppress(psutil.NoSuchProcess):
                if " soho soho " in " ".join(one.cmdline()):
                    found.append(one)
        if found:
            with contextlib.suppress(psutil.NoSuchProcess):
                pick(found).kill()

    def flush(self) -> None:
        """Wipes the broker and the cache."""
        client = redis.Redis.from_url(addresses.redis_url(self.home), socket_timeout=5)
        client.flushall()
        client.close()

    def end(self) -> None:
        """Ends both."""
        for name in list(self._running):
            self.down(name, signal.SIGQUIT if name == "postgres" else signal.SIGKILL)


@contextlib.contextmanager
def servers(home: Path) -> Iterator[Servers]:
    """Both, running, with an empty database; gone afterwards."""
    folders.create(home)
    with folders.lock(home):
        found = Servers(home)
        folders.prepare(home, found._identity)
        try:
            found.up("valkey")
            found.up("postgres")
            postgres.create_database(home)
            with found.postgres_line, found.valkey_line:
                yield found
        finally:
            found.end()
            children.end(_left(home), signal.SIGKILL, 5)
            shutil.rmtree(addresses.socket_folder(home), ignore_errors=True)


def _left(home: Path) -> list[psutil.Process]:
    """What PostgreSQL left after a crash, told by its folder."""
    return children.leftovers(lambda one: str(home / "postgres") in one.cmdline())
