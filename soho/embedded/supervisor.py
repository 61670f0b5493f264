"""Children under watch: started in order, restarted when they die, stopped in waves.

One thread and one loop. Everything that happens (a line of output, a dead child, Ctrl-C) wakes the same
selector, so nothing polls, and output flows also while something starts or stops.
"""

import os
import selectors
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from soho.embedded import children
from soho.embedded.children import Command
from soho.embedded.errors import EmbeddedError
from soho.embedded.output import Lines, LogFile, say, show

QUICK_SECONDS = 20.0  # a child that lives shorter than this has died quickly
QUICK_DEATHS = 5  # so many in a row, and the supervisor gives up
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 8.0  # seconds before a restart: doubled after each quick death
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class AskedToStop(Exception):
    """Ctrl-C or SIGTERM arrived while something was being waited for."""


@dataclass
class Child:
    """One part: how to run it, and its process while it runs."""

    make: Callable[[], Command]
    command: Command
    log: LogFile
    shown: bool
    wave: int
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    quick_deaths: int = 0
    restart_at: float | None = None

    @property
    def name(self) -> str:
        """What it is called in logs and on the terminal."""
        return self.command.name


class Supervisor:
    """Runs children until it is asked to stop. Used in a `with` block, from the main thread; stops all at its
    end.
    """

    def __init__(self, log_folder: Path) -> None:
        self._log_folder = log_folder
        self._children: list[Child] = []
        self._selector = selectors.DefaultSelector()
        self._stop_requests = 0
        self._handlers: dict[signal.Signals, object] = {}

    def __enter__(self) -> Self:
        self._ear, mouth = socket.socketpair()
        self._mouth = mouth
        self._ear.setblocking(False)
        mouth.setblocking(False)
        self._selector.register(self._ear, selectors.EVENT_READ)
        # Python writes a byte for every signal, which wakes the selector; SIGCHLD needs some handler for
        # that.
        signal.set_wakeup_fd(mouth.fileno(), warn_on_full_buffer=False)
        for sign in (*_STOP_SIGNALS, signal.SIGCHLD):
            if sign == signal.SIGHUP and signal.getsignal(sign) is signal.SIG_IGN:
                continue  # under nohup; a background job ignores SIGINT too, but who sends one means it
            self._handlers[sign] = signal.signal(sign, self._hear)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            for number in sorted({child.wave for child in self._children}, reverse=True):
                self._stop([child for child in self._children if child.wave == number])
        finally:
            signal.set_wakeup_fd(-1)
            for sign, handler in self._handlers.items():
                signal.signal(sign, handler)  # type: ignore[arg-type]  # exactly what signal() gave
            self._selector.close()
            self._ear.close()
            self._mouth.close()

    def start(self, make: Callable[[], Command], *, wave: int, shown: bool = True) -> Child:
        """Start a part and keep it running from now on. `make` is asked again at every restart.

        What it says goes to `NAME.log`, and to the terminal when `shown`. Parts of the highest `wave` stop
        first, those of one wave together.
        """
        command = make()
        child = Child(make, command, LogFile(self._log_folder / f"{command.name}.log"), shown, wave)
        self._children.append(child)
        self._launch(child)
        return child

    @contextmanager
    def beside(self, command: Command) -> Iterator[Callable[[float], int]]:
        """Run a command while the block does other things; what it says is logged and shown.

        Yielded is a function that waits for its end, at most so many seconds, and returns its exit status. At
        the block's end it is ended, if it has not by itself.
        """
        log = LogFile(self._log_folder / f"{command.name}.log")

        def hear(line: bytes) -> None:
            log.write(line)
            show(command.name, line)

        try:
            with self._running(command, hear) as ended:
                yield ended
        finally:
            log.close()

    @contextmanager
    def asking(self, command: Command) -> Iterator[Callable[[float], str]]:
        """Run a command while the block does other things.

        Yielded is a function that waits for its end, at most so many seconds, and returns what it said.
        """
        said: list[bytes] = []
        with self._running(command, said.append) as ended:

            def answer(seconds: float) -> str:
                ended(seconds)
                return b"".join(said).decode(errors="replace").strip()

            yield answer

    def wait(
        self, ready: Callable[[], bool], *, seconds: float, child: Child | None = None, pause: float = 0.05
    ) -> bool:
        """Look every `pause` seconds until `ready()`; False after `seconds`, or as soon as `child` is dead.

        Raises AskedToStop.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            if self._stop_requests:
                raise AskedToStop
            if time.monotonic() > deadline or (child and child.process and child.process.poll() is not None):
                return False
            self._turn(pause)
        return True

    def watch(self) -> None:
        """Restart what dies, until asked to stop. Raises EmbeddedError when a part keeps dying right after
        its start.
        """
        while not self._stop_requests:
            now = time.monotonic()
            for child in self._children:
                if child.process is not None and child.process.poll() is not None:
                    self._bury(child, now)
                if child.restart_at is not None and child.restart_at <= now:
                    child.command = child.make()
                    self._launch(child)
            waiting = [child.restart_at for child in self._children if child.restart_at is not None]
            self._turn(max(0.0, min(waiting) - time.monotonic()) if waiting else None)

    @contextmanager
    def _running(self, command: Command, hear: Callable[[bytes], object]) -> Iterator[Callable[[float], int]]:
        process = children.start(command, subprocess.PIPE)
        self._listen(process, hear)

        def ended(seconds: float) -> int:
            self.wait(lambda: process.poll() is not None, seconds=seconds)
            children.kill_session(process)
            self._drain()
            return process.returncode

        try:
            yield ended
        finally:
            children.kill_session(process)
            self._drain()

    def _drain(self) -> None:
        """Deal with all that has happened already: the last words of a process that ended."""
        while self._turn(0):
            pass

    def _hear(self, sign: int, frame: FrameType | None) -> None:
        if sign in _STOP_SIGNALS:
            self._stop_requests += 1

    def _turn(self, seconds: float | None) -> bool:
        """Wait up to `seconds` (None: for ever) for something to happen and deal with it; False when nothing
        did.
        """
        events = self._selector.select(seconds)
        for key, _ in events:
            if key.fileobj is self._ear:
                self._ear.recv(4096)
            else:
                key.data()
        return bool(events)

    def _listen(self, process: subprocess.Popen[bytes], hear: Callable[[bytes], object]) -> None:
        pipe, lines = process.stdout, Lines()
        assert pipe is not None

        def read() -> None:
            chunk = os.read(pipe.fileno(), 65536)
            for line in lines.feed(chunk):
                hear(line)
            if not chunk:
                self._selector.unregister(pipe)
                pipe.close()

        self._selector.register(pipe, selectors.EVENT_READ, read)

    def _launch(self, child: Child) -> None:
        child.restart_at = None
        child.process = children.start(child.command, subprocess.PIPE)
        child.started = time.monotonic()

        def hear(line: bytes) -> None:
            child.log.write(line)
            if child.shown:
                show(child.name, line)

        self._listen(child.process, hear)

    def _bury(self, child: Child, now: float) -> None:
        assert child.process is not None
        children.kill_session(child.process)
        status = child.process.returncode
        how = f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        child.process = None
        child.quick_deaths = child.quick_deaths + 1 if now - child.started < QUICK_SECONDS else 1
        if child.quick_deaths >= QUICK_DEATHS:
            raise EmbeddedError(
                f"{child.name} {how}, {QUICK_DEATHS} times in a row soon after its start; "
                f"{self._log_folder / child.name}.log says why."
            )
        pause = min(FIRST_PAUSE * 2 ** (child.quick_deaths - 1), LONGEST_PAUSE)
        say(f"soho     | {child.name} {how}; starting it again in {pause:g} s")
        child.restart_at = now + pause

    def _stop(self, wave: list[Child]) -> None:
        """Ask them to stop, all at once and ever more firmly; a further Ctrl-C cuts the waiting short."""
        patience = self._stop_requests
        running = [child for child in wave if child.process is not None]
        begun = time.monotonic()
        asked: dict[str, int] = {}
        while self._stop_requests <= patience:
            waiting = False
            for child in running:
                waiting |= self._press(child, time.monotonic() - begun, asked)
            if not waiting:
                break
            # SIGCHLD wakes it at once; the bound covers what ended just before, and the next, firmer signal.
            self._turn(0.1)
        for child in running:
            assert child.process is not None
            children.kill_session(child.process)
        self._drain()
        for child in wave:
            child.log.close()

    @staticmethod
    def _press(child: Child, elapsed: float, asked: dict[str, int]) -> bool:
        """Send the signal that is due after `elapsed` seconds; False when it is gone or out of time."""
        assert child.process is not None
        due = 0.0
        for number, (sign, seconds) in enumerate(child.command.stops):
            if elapsed >= due and asked.get(child.name, 0) <= number:
                asked[child.name] = number + 1
                if child.process.poll() is None:
                    child.process.send_signal(sign)
            due += seconds
        return child.process.poll() is None and elapsed < due
