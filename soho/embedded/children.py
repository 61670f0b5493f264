"""Child processes that never outlive their purpose.

Each child leads a session of its own, so that Ctrl-C on the terminal reaches the parent alone and the parent
stops the children in order. On Linux the kernel also sends each child its stop signal when the parent dies,
however it dies.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

from soho.embedded.identity import Identity, become

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec nothing may be imported.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


Stops = tuple[tuple[signal.Signals, float], ...]


@dataclass(frozen=True)
class Command:
    """What to run, as whom, and how to ask it to stop.

    `stops`: (signal, seconds to wait after it), from polite to firm; SIGKILL to the whole session follows by
    itself. `orphaned`: the signal it gets when the parent is gone. `environment` replaces the parent's when
    given.
    """

    name: str
    arguments: tuple[str, ...]
    folder: Path
    stops: Stops
    orphaned: signal.Signals = signal.SIGTERM
    identity: Identity | None = None
    environment: Mapping[str, str] | None = field(default=None, repr=False)


def start(command: Command, output: int | IO[bytes]) -> subprocess.Popen[bytes]:
    """Start it without standard input, its output and errors going to `output` (a file, or subprocess.PIPE).

    Call it from the main thread: the kernel takes the death of the calling thread for the death of the
    parent.
    """
    parent = os.getpid()

    def die_with_parent() -> None:
        # Runs in the child, after it has become the other user (which would have cleared the setting).
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(command.orphaned), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return subprocess.Popen(  # noqa: S603 - commands are built in this package
        command.arguments,
        cwd=command.folder,
        env=command.environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        # Safe here: the supervisor has no threads, and the function imports and allocates nothing.
        preexec_fn=die_with_parent,
        **become(command.identity),
    )


def stop(process: subprocess.Popen[bytes], command: Command) -> None:
    """Ask it to stop, ever more firmly, until it and its whole session are gone."""
    for sign, seconds in command.stops:
        if process.poll() is not None:
            break
        process.send_signal(sign)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
    kill_session(process)


def kill_session(process: subprocess.Popen[bytes]) -> None:
    """End what is left of the child's session (the leader, its workers) and reap the leader."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    except PermissionError:  # macOS: every member is a zombie already
        pass
    process.wait()


def leftovers(belongs: Callable[[psutil.Process], bool]) -> list[psutil.Process]:
    """Running processes, ourselves excepted, for which `belongs` holds. Those that may not be looked at do
    not belong.
    """
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE and belongs(process):
                found.append(process)
        except psutil.Error:
            continue
    return found


def end(processes: Iterable[psutil.Process], sign: signal.Signals, seconds: float) -> None:
    """Send `sign` to each, wait up to `seconds` for all, then SIGKILL those that are left."""
    waiting = list(processes)
    for process in waiting:
        try:
            process.send_signal(sign)
        except psutil.NoSuchProcess:
            continue
    _, alive = psutil.wait_procs(waiting, timeout=seconds)
    for process in alive:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(alive, timeout=5)


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float) -> bool:
    """True once `ready()`; False when the process has ended or `seconds` have passed before that."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return True
        if process.poll() is not None:
            return False
        time.sleep(0.02)
    return False
