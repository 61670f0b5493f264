"""The processes of a fleet, started for a benchmark, and what each of them costs."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

WORKER_FLAGS = ("--without-gossip", "--without-mingle", "--without-heartbeat")


@contextmanager
def running(command: Sequence[str], **environment: str) -> Iterator[psutil.Process]:
    """The command's process, asked to end after the block, and made to when it does not."""
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def worker(*lanes: str) -> list[str]:
    """`soho worker` of these lanes, as a command; SOHO_WORKER_CONCURRENCY says how many processes do the
    work.
    """
    return [sys.executable, "-c", f"from soho.cli.services import work; work({list(lanes)!r})"]


def beat() -> list[str]:
    """`soho beat`, as a command."""
    return [sys.executable, "-c", "from soho.cli.services import keep_beat; keep_beat()"]


def bare_worker(processes: int) -> list[str]:
    """Celery and nothing else, with so many processes, as a command (see `name_the_broker`)."""
    celery = [sys.executable, "-m", "celery", "-A", "benchmarks.bare_celery", "--quiet", "worker"]
    return [*celery, "-c", str(processes), "-Q", "bare", "--loglevel=ERROR", *WORKER_FLAGS]


def name_the_broker(home: Path) -> str:
    """Tells benchmarks.bare_celery of the home's Valkey, here and in processes started from here; its URL."""
    from soho.embedded import addresses

    store = addresses.redis_url(home)
    os.environ.update(BENCH_STORE=store, BENCH_BROKER=addresses.celery_url(store))
    return store


def servers() -> dict[str, psutil.Process]:
    """The PostgreSQL and the Valkey that benchmarks.ground started from this process."""
    named = {"postgres": "PostgreSQL", "valkey-server": "Valkey"}
    children = {named.get(Path(one.exe()).name, ""): one for one in psutil.Process().children()}
    return {name: children[name] for name in named.values()}


def cpu_seconds(parts: Mapping[str, psutil.Process]) -> dict[str, float]:
    """What each part has used so far: user and system time of the process and of all below it, those that
    have ended and were waited for included.
    """
    return {name: _of_all(process) for name, process in parts.items()}


def _of_all(process: psutil.Process) -> float:
    spent = 0.0
    for one in (process, *process.children(recursive=True)):
        try:
            spent += sum(one.cpu_times()[:4])
        except psutil.NoSuchProcess:
            continue  # Its time is its parent's by now.
    return spent
