"""How long a person's request waits for a worker: from sending the POST until the model's provider is called.

The real web server, Valkey and Celery worker; the claim is committed before the provider is called. Beside it
a bare Celery task over the same broker, from sending it until it runs.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.figures import Figure, percentile, table
from benchmarks.ground import ground
from benchmarks.serving import serving

TIMES = 60
PAUSE_SECONDS = 0.05
PATIENCE_SECONDS = 20.0
WORKER_FLAGS = ["--without-gossip", "--without-mingle", "--without-heartbeat"]


def measure() -> list[Figure]:
    """The figures, with servers and workers started for the occasion."""
    with ground(
        SOHO_PROVIDERS="benchmarks.instant", SOHO_GRANT_TOKENS="100000", SOHO_RUNNING_PER_USER="50"
    ) as home:
        ours = _measure_product()
        bare = _measure_bare(home)
    return [
        Figure("POST to claim, p50", percentile(ours, 0.5), "ms"),
        Figure("POST to claim, p95", percentile(ours, 0.95), "ms", 100.0),
        Figure("bare Celery task, send to start, p50", percentile(bare, 0.5), "ms"),
        Figure("bare Celery task, send to start, p95", percentile(bare, 0.95), "ms"),
        Figure("POST to claim / bare Celery task, p50", percentile(ours, 0.5) / percentile(bare, 0.5), "x"),
    ]


def _measure_product() -> list[float]:
    """Milliseconds of each POST to its claim."""
    from benchmarks.instant import noted
    from soho.accounts.actions import create_api_key, create_user

    _, key = create_api_key(create_user("alice", "a long winter walk"), "benchmark")
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    found = []
    worker = [sys.executable, "-c", "from soho.cli.services import work; work(['video'])"]
    with serving("soho.config.wsgi:application") as web, _running(worker):
        for turn in range(TIMES + 5):
            sent = time.time()
            creation_id = web.post("/api/generate/video", headers, {"prompt": "A sunset over mountains"})[
                "creationId"
            ]
            note = noted(creation_id)
            _await(note.exists)
            if turn >= 5:  # the first ones find the worker starting, and connections not open yet
                found.append((float(note.read_text()) - sent) * 1000)
            time.sleep(PAUSE_SECONDS)
    return found


def _measure_bare(home: Path) -> list[float]:
    import redis

    from soho.embedded import addresses

    store = addresses.redis_url(home)
    os.environ.update(BENCH_STORE=store, BENCH_BROKER=addresses.celery_url(store))
    from benchmarks import bare_celery

    client = redis.Redis.from_url(store)
    found = []
    command = [sys.executable, "-m", "celery", "-A", "benchmarks.bare_celery", "--quiet", "worker", "-c", "1"]
    with _running([*command, "-Q", "bare", "--loglevel=ERROR", *WORKER_FLAGS]):
        for turn in range(TIMES + 5):
            sent = time.time()
            bare_celery.note.apply_async()
            answer = client.blpop([bare_celery.ANSWERS], timeout=PATIENCE_SECONDS)
            if answer is None:
                raise TimeoutError("The bare Celery worker does not answer.")
            if turn >= 5:
                found.append((float(answer[1]) - sent) * 1000)
            time.sleep(PAUSE_SECONDS)
    return found


@contextmanager
def _running(command: Sequence[str]) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def _await(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError("The worker does not claim what was started.")
        time.sleep(0.002)


def main(arguments: Sequence[str] | None = None) -> list[Figure]:
    """Measures and prints."""
    figures = measure()
    print(table(f"Dispatch, {TIMES} videos one after another", figures))
    return figures


if __name__ == "__main__":
    main()
