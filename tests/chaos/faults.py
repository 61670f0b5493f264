"""Every fault: how it strikes, and how it is over. Each runs in the drill's main thread."""

import contextlib
import errno
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random

import redis

from tests.chaos.fleet import Fleet, Part
from tests.chaos.servers import Servers
from tests.providers.scenarios import Scenario
from tests.support.far_server import FarServer

QUOTA_MIB = 96
# What may strike in the middle of another one.
SUDDEN = (
    "kill a worker with its children",
    "kill a worker's child",
    "kill a web",
    "kill beat",
    "Valkey: wiped",
)


class Faults:
    """The faults of one drill. `wait` passes time while the fleet is tended."""

    def __init__(
        self,
        random: Random,
        servers: Servers,
        fleet: Fleet,
        far: FarServer,
        media: "Media",
        wait: Callable[[float], None],
        lease: float,
    ) -> None:
        self._random, self._servers, self._fleet = random, servers, fleet
        self._far, self._media, self._wait, self._lease = far, media, wait, lease

    def kinds(self) -> dict[str, Callable[[], None]]:
        """Every kind by its name, in one order."""
        return {
            "kill a worker with its children": lambda: self._kill("worker"),
            "kill a worker's first process alone": lambda: self._kill("worker", alone=True),
            "kill a worker's child": lambda: self._kill_child("worker"),
            "kill a web": lambda: self._kill("web"),
            "kill a web's child": lambda: self._kill_child("web"),
            "kill beat": lambda: self._kill("beat"),
            "pause a worker past its lease": self._pause,
            "ask a worker to end": self._replace,
            "PostgreSQL: immediate shutdown": lambda: self._restart("postgres", signal.SIGQUIT),
            "PostgreSQL: killed": lambda: self._restart("postgres", signal.SIGKILL),
            "PostgreSQL: one of its processes killed": self._backend,
            "PostgreSQL: away for a while": lambda: self._line("postgres", "refuse", 8),
            "PostgreSQL: lines cut": lambda: self._cut("postgres"),
            "PostgreSQL: slow lines": lambda: self._line("postgres", "slow", 4, delay=0.04),
            "PostgreSQL: lines go dead": lambda: self._line("postgres", "hole", self._lease + 2),
            "Valkey: killed": lambda: self._restart("valkey", signal.SIGKILL),
            "Valkey: wiped": self._wipe,
            "Valkey: away for a while": lambda: self._line("valkey", "refuse", 8),
            "Valkey: lines cut": lambda: self._cut("valkey"),
            "Valkey: slow lines": lambda: self._line("valkey", "slow", 4, delay=0.1),
            "Valkey: lines go dead": lambda: self._line("valkey", "hole", 5),
            "the media disk is full": self._fill,
            "the seller cuts orders off": self._cut_orders,
        }

    def _any(self, role: str) -> Part:
        return self._random.choice(self._fleet.of(role))

    def _kill(self, role: str, *, alone: bool = False) -> None:
        part = self._any(role)
        part.send(signal.SIGKILL, alone=alone)
        if part.process is not None:
            part.process.wait(10)
        self._wait(0.1)

    def _kill_child(self, role: str) -> None:
        self._any(role).send_to_child(signal.SIGKILL, self._random)

    def _pause(self) -> None:
        part = self._any("worker")
        part.send(signal.SIGSTOP)
        try:
            self._wait(self._lease + 1.5)
        finally:
            part.send(signal.SIGCONT)

    def _replace(self) -> None:
        part = self._any("worker")
        part.send(signal.SIGTERM, alone=True)
        self._wait(0.5)

    def _restart(self, name: str, sign: signal.Signals) -> None:
        self._servers.down(name, sign)
        self._wait(0.5)
        self._servers.up(name)

    def _backend(self) -> None:
        self._servers.kill_backend(self._random.choice)

    def _wipe(self) -> None:
        # One that is away has nothing to wipe.
        with contextlib.suppress(redis.ConnectionError):
            self._servers.flush()

    def _line(self, name: str, mode: str, seconds: float, *, delay: float = 0.0) -> None:
        line = self._servers.line(name)
        line.turn(mode, delay=delay)
        try:
            self._wait(seconds)
        finally:
            line.turn("pass")

    def _cut(self, name: str) -> None:
        for _ in range(4):
            self._servers.line(name).cut()
            self._wait(0.3)

    def _fill(self) -> None:
        self._media.fill()
        try:
            self._wait(3)
        finally:
            self._media.empty()

    def _cut_orders(self) -> None:
        self._far.scenario = Scenario.CUT_IN_SUBMIT
        try:
            self._wait(3)
        finally:
            self._far.scenario = Scenario.SUCCESS


class Media:
    """The fleet's media folder, which can be filled to the last byte.

    Root gives it a small file system of its own; anybody else makes it refuse by a file that lies where new
    objects are written. Both are an OSError to whoever stores.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700)
        self._mounted = False

    def __enter__(self) -> "Media":
        if os.geteuid() == 0:
            mount = ["mount", "-t", "tmpfs", "-o", f"size={QUOTA_MIB}m,mode=700", "tmpfs", str(self.folder)]
            with contextlib.suppress(FileNotFoundError):
                self._mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
        return self

    def __exit__(self, *_: object) -> None:
        if self._mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    @property
    def how(self) -> str:
        """What being full is here."""
        return f"a file system of {QUOTA_MIB} MiB" if self._mounted else "a file in the way"

    def fill(self) -> None:
        """Leaves no room."""
        if not self._mounted:
            waiting = self.folder / ".incoming"
            with contextlib.suppress(FileNotFoundError):
                waiting.rename(self.folder / ".aside")
            waiting.touch()
            return
        with (self.folder / ".filler").open("wb", buffering=0) as file:
            try:
                while file.write(bytes(65536)):
                    pass
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def empty(self) -> None:
        """Gives the room back."""
        (self.folder / (".filler" if self._mounted else ".incoming")).unlink(missing_ok=True)
        if (aside := self.folder / ".aside").exists():
            aside.rename(self.folder / ".incoming")
