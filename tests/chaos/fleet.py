"""The product's processes, started as on several machines and started again whenever they are gone."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import psutil

from tests.chaos.servers import BOUND

ROOT = Path(__file__).parents[2]


class Part:
    """One process of the fleet with its children: a web, a worker, or beat."""

    def __init__(self, name: str, words: list[str], environment: dict[str, str], log: Path) -> None:
        self.name = name
        self.role = name.rstrip("0123456789")
        self._words = words
        self._environment = environment
        self._log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.sessions: list[int] = []
        self.starts = 0

    def start(self) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-S", BOUND, "-", "-", sys.executable, "-m", *self._words],
                env=self._environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.sessions.append(self.process.pid)
        self.starts += 1

    def tend(self) -> None:
        """Starts it again if it is gone, as every platform does."""
        if self.process is None or self.process.poll() is not None:
            self.start()

    def send(self, sign: signal.Signals, *, alone: bool = False) -> None:
        """Sends a signal to all of it, or to its first process alone."""
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                (os.kill if alone else os.killpg)(self.process.pid, sign)

    def send_to_child(self, sign: signal.Signals, random: Random) -> bool:
        """Sends a signal to one of its children; False when it has none."""
        try:
            found = psutil.Process(self.process.pid).children() if self.process else []
        except psutil.NoSuchProcess:
            return False
        for child in random.sample(found, len(found)):
            # Its own resource tracker, say, is no part of the product.
            with contextlib.suppress(psutil.Error):
                if "tracker" not in " ".join(child.cmdline()):
                    child.send_signal(sign)
                    return True
        return False

    def orphans(self) -> list[int]:
        """Processes of sessions whose first process is gone."""
        gone = [one for one in self.sessions if self.process is None or one != self.process.pid]
        return [pid for pid, session in _sessions() if session in gone]

    def kill(self) -> None:
        for one in self.sessions:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(one, signal.SIGKILL)
        if self.process is not None:
            self.process.wait(10)


class Fleet:
    """Two webs, some workers, and beat."""

    def __init__(self, home: Path, environment: dict[str, str], *, workers: int) -> None:
        self.environment = environment
        self.ports = [_free_port(), _free_port()]
        self.parts: list[Part] = []
        for number, port in enumerate(self.ports, 1):
            self._add(
                home, f"web{number}", ["soho", "web", "--processes", "1", "--threads", "8"], PORT=str(port)
            )
        for number in range(1, workers + 1):
            self._add(home, f"worker{number}", ["soho", "worker"])
        self._add(home, "beat", ["soho", "beat"])

    def _add(self, home: Path, name: str, words: list[str], **more: str) -> None:
        log = home / "log" / f"{name}.log"
        self.parts.append(Part(name, words, {**self.environment, **more}, log))

    def of(self, role: str) -> list[Part]:
        return [part for part in self.parts if part.role == role]

    def tend(self) -> None:
        for part in self.parts:
            part.tend()

    def drain(self, patience: float) -> list[str]:
        """Asks all to end; answers who did not within `patience` seconds."""
        for part in self.parts:
            part.send(signal.SIGTERM, alone=True)
        deadline = time.monotonic() + patience
        late = []
        for part in self.parts:
            try:
                if part.process is not None:
                    part.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                late.append(part.name)
        return late

    def end(self) -> None:
        for part in self.parts:
            part.kill()


def _sessions() -> list[tuple[int, int]]:
    found = []
    for pid in psutil.pids():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            found.append((pid, os.getsid(pid)))
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
