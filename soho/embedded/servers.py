"""Both servers of a home for as long as a `with` block lasts: what the tests run on."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from soho.embedded import children, folders, postgres, valkey
from soho.embedded.children import Command
from soho.embedded.errors import EmbeddedError
from soho.embedded.identity import server_identity

START_SECONDS = 60.0  # a clean start takes less than one; a start after a crash first replays the log


@contextmanager
def running(home: Path, *, durable: bool = True) -> Iterator[None]:
    """PostgreSQL (with its database `soho`) and Valkey, started and ready inside, stopped after.

    Their messages go to `home/log`. Raises EmbeddedError when one of them does not start.
    """
    folders.create(home)
    with folders.lock(home):
        identity = server_identity()
        folders.prepare(home, identity)
        started: list[tuple[subprocess.Popen[bytes], Command]] = []
        try:
            bell = valkey.prepare(home, identity)
            started.append((_start(home, bell), bell))
            database = postgres.prepare(home, identity, durable=durable)
            started.append((_start(home, database), database))
            for process, command in started:
                await_ready(home, process, command)
            postgres.create_database(home)
            yield
        finally:
            for process, command in started:
                children.stop(process, command)


def await_ready(home: Path, process: subprocess.Popen[bytes], command: Command) -> None:
    """Wait until the server answers. Raises EmbeddedError, naming its log, when it ends or takes too long."""
    ready = {"postgres": postgres.is_ready, "valkey": valkey.is_ready}[command.name]
    if not children.wait_until(lambda: ready(home), process, START_SECONDS):
        raise EmbeddedError(
            f"The embedded {command.name} did not start; {home / 'log' / command.name}.log says why."
        )


def _start(home: Path, command: Command) -> subprocess.Popen[bytes]:
    with (home / "log" / f"{command.name}.log").open("ab") as log:
        return children.start(command, log)
