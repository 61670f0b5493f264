"""How long a person's request waits for a worker: from sending the POST until the model's provider is called.

The real web server, Valkey and Celery worker; the claim is committed before the provider is called.

idle     one video after another, with nothing else to do. Beside it a bare Celery task over the same broker,
         from sending it until it runs.
busy     two processes, jobs of a tenth of a second, and other people who order at random moments so often
         that, with the person's own, the processes are busy for about 70 % of the time.
fair     one process, jobs of half a second. One person has 1,000 videos waiting; another posts a single one
         at a random moment, twenty times. It should be claimed when the job that runs is done: within one
         job's time and what dispatch takes when idle.
"""

import contextlib
import itertools
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import fleet
from benchmarks.figures import Figure, Plot, Report, percentile, told
from benchmarks.ground import ground
from benchmarks.serving import Served, serving

PAUSE_SECONDS = 0.05
PATIENCE_SECONDS = 30.0
BUSY_PROCESSES = 2
BUSY_JOB_SECONDS = 0.1
BUSY_SHARE = 0.7
OWN_SHARE = 0.25  # of all that is ordered while busy
FAIR_JOB_SECONDS = 0.5


@dataclass(frozen=True)
class Size:
    """How much is measured: videos while idle and busy, tries at fairness, and what waits before each."""

    times: int = 60
    busy: int = 60
    tries: int = 20
    waiting: int = 1000


QUICK = Size(times=10, busy=10, tries=3, waiting=100)


@dataclass(frozen=True)
class Person:
    """Somebody who posts over HTTP; `user` is who orders without it."""

    user: Any
    headers: dict[str, str]

    def post(self, web: Served) -> tuple[Path, float]:
        """Starts a video: where its claim will be noted, and when it was sent (seconds since 1970)."""
        from benchmarks.instant import noted

        sent = time.time()
        answer = web.post("/api/generate/video", self.headers, {"prompt": "A sunset over mountains"})
        return noted(answer["creationId"]), sent

    def order(self) -> None:
        """Starts a video in this very process."""
        from soho.creations import actions, intake

        actions.start(self.user, intake.order("video", "A sunset over mountains"))


def measure(*, quick: bool = False) -> Report:
    """What was found, with servers and workers started for the occasion; with `quick` less of it."""
    size = QUICK if quick else Size()
    with ground(SOHO_PROVIDERS="benchmarks.instant", SOHO_GRANT_TOKENS="1000000") as home:
        alice, bob, charlie = (_person(name) for name in ("alice", "bob", "charlie"))
        with serving("soho.config.wsgi:application") as web:
            idle = _idle(web, alice, size.times)
            bare = _bare(home, size.times)
            busy, share = _busy(web, alice, [bob, charlie], size.busy)
            waits, job = _fair(web, busy_person=charlie, other=bob, size=size)
    quickly = percentile(idle, 0.95) / 1000
    figures = [
        Figure("POST to claim, idle, p50", percentile(idle, 0.5), "ms"),
        Figure("POST to claim, idle, p95", percentile(idle, 0.95), "ms", 100.0),
        Figure("bare Celery task, send to start, p50", percentile(bare, 0.5), "ms"),
        Figure("bare Celery task, send to start, p95", percentile(bare, 0.95), "ms"),
        Figure("POST to claim, idle / bare Celery task, p50", percentile(idle, 0.5) / median(bare), "x"),
        Figure(
            "POST to claim, busy, p50", percentile(busy, 0.5), "ms", note=f"busy for {share:.0%} of the time"
        ),
        Figure("POST to claim, busy, p95", percentile(busy, 0.95), "ms"),
        Figure(f"one job beside {size.waiting:,} of another's, claimed after, median", median(waits), "s"),
        Figure("the same, worst", max(waits), "s", note=f"of {size.tries}"),
        Figure("one job's time, claim to claim", job, "s"),
        Figure("median wait / one job's time and idle dispatch", median(waits) / (job + quickly), "x", 1.0),
        Figure("worst wait / one job's time and idle dispatch", max(waits) / (job + quickly), "x", 1.0),
    ]
    return Report(
        "dispatch",
        f"Dispatch: {size.times} idle, {size.busy} busy, {size.tries} fair",
        figures,
        [_plot(idle, busy)],
    )


def _plot(idle: Sequence[float], busy: Sequence[float]) -> Plot:
    shares = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95]
    lines = {
        "idle": [percentile(idle, one) for one in shares],
        f"busy for about {BUSY_SHARE:.0%}": [percentile(busy, one) for one in shares],
    }
    return Plot(
        "dispatch",
        "From the POST to the claim",
        "share of the videos, %",
        "claimed within, ms",
        [one * 100 for one in shares],
        lines,
    )


def _person(name: str) -> Person:
    from soho.accounts.actions import create_api_key, create_user

    user = create_user(name, "a long winter walk")
    _, key = create_api_key(user, "benchmark")
    return Person(user, {"Authorization": f"Bearer {key}", "Content-Type": "application/json"})


def _idle(web: Served, person: Person, times: int) -> list[float]:
    """Milliseconds of each POST to its claim, with nothing else to do."""
    found = []
    with fleet.running(fleet.worker("video")):
        for turn in range(times + 5):
            note, sent = person.post(web)
            claimed = _await(note)
            if turn >= 5:  # the first ones find the worker starting, and connections not open yet
                found.append((claimed - sent) * 1000)
            time.sleep(PAUSE_SECONDS)
    return found


def _bare(home: Path, times: int) -> list[float]:
    """Milliseconds of each bare Celery task, from sending it until it runs."""
    import redis

    client = redis.Redis.from_url(fleet.name_the_broker(home), socket_timeout=2 * PATIENCE_SECONDS)
    from benchmarks import bare_celery

    found = []
    with fleet.running(fleet.bare_worker(1)):
        for turn in range(times + 5):
            sent = time.time()
            bare_celery.note.apply_async()
            answer = client.blpop([bare_celery.ANSWERS], timeout=PATIENCE_SECONDS)
            if answer is None:
                raise TimeoutError("The bare Celery worker does not answer.")
            if turn >= 5:
                found.append((float(answer[1]) - sent) * 1000)
            time.sleep(PAUSE_SECONDS)
    return found


def _busy(web: Served, person: Person, others: Sequence[Person], times: int) -> tuple[list[float], float]:
    """Milliseconds of each POST to its claim among other people's jobs, and for which share of the time the
    worker's processes were busy.
    """
    environment = {
        "BENCH_TAKES": str(BUSY_JOB_SECONDS),
        "SOHO_WORKER_CONCURRENCY": str(BUSY_PROCESSES),
        "SOHO_RUNNING_PER_USER": "50",
    }
    found = []
    chance = random.Random(7)
    with fleet.running(fleet.worker("video"), **environment):
        rate = BUSY_SHARE * BUSY_PROCESSES / _one_job(others[0])
        with _ordering(others, rate * (1 - OWN_SHARE)):
            time.sleep(1)
            began = time.time()
            for _ in range(times):
                time.sleep(chance.expovariate(rate * OWN_SHARE))
                note, sent = person.post(web)
                found.append((note, sent))
            ended = time.time()
        waits = [(_await(note) - sent) * 1000 for note, sent in found]
        _await_nothing_waits()
    return waits, _busy_seconds(began, ended) / (ended - began) / BUSY_PROCESSES


def _one_job(person: Person) -> float:
    """Seconds that one process takes for a job when it has several."""
    began = time.time()
    for _ in range(5 * BUSY_PROCESSES):
        person.order()
    _await_nothing_waits()
    return _claim_to_claim(began)


@contextlib.contextmanager
def _ordering(people: Sequence[Person], rate: float) -> Iterator[None]:
    """Orders of these people in turn, `rate` a second at random moments, from a thread, during the block."""
    over = threading.Event()
    chance = random.Random(11)

    def order() -> None:
        from django.db import connection

        number, due = 0, time.monotonic()
        while not over.wait(max(0.0, due - time.monotonic())):
            people[number % len(people)].order()
            number += 1
            due += chance.expovariate(rate)
        connection.close()

    thread = threading.Thread(target=order, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _fair(web: Served, *, busy_person: Person, other: Person, size: Size) -> tuple[list[float], float]:
    """Seconds until each single job of `other` was claimed while `busy_person` had many waiting, and the
    seconds from one claim of theirs to the next.
    """
    for _ in range(size.waiting):
        busy_person.order()
    waits = []
    began = time.time()
    chance = random.Random(13)
    with fleet.running(fleet.worker("video"), BENCH_TAKES=str(FAIR_JOB_SECONDS)):
        _until(lambda: _claimed_since(began) >= 3)
        for _ in range(size.tries):
            time.sleep(FAIR_JOB_SECONDS * (1 + chance.random()))
            note, sent = other.post(web)
            waits.append(_await(note) - sent)
    return waits, _claim_to_claim(began)


def _claim_to_claim(since: float) -> float:
    """Median seconds between claims that followed each other on one worker's process, since a moment."""
    from soho.generation.models import Attempt

    rows = Attempt.objects.filter(started_at__gte=datetime.fromtimestamp(since, UTC)).order_by("started_at")
    by_worker: dict[str, list[datetime]] = {}
    for worker, started in rows.values_list("worker", "started_at"):
        by_worker.setdefault(worker, []).append(started)
    found = [(b - a).total_seconds() for mine in by_worker.values() for a, b in itertools.pairwise(mine)]
    return median(found)


def _claimed_since(moment: float) -> int:
    from soho.generation.models import Attempt

    return Attempt.objects.filter(started_at__gte=datetime.fromtimestamp(moment, UTC)).count()


def _busy_seconds(began: float, ended: float) -> float:
    """Seconds of attempts between two moments, all processes together."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(extract(epoch FROM least(ended_at, to_timestamp(%(to)s)) "
            "- greatest(started_at, to_timestamp(%(since)s)))) FROM generation_attempt "
            "WHERE ended_at > to_timestamp(%(since)s) AND started_at < to_timestamp(%(to)s)",
            {"since": began, "to": ended},
        )
        return float(cursor.fetchone()[0])


def _await(note: Path) -> float:
    """When the claim was noted, seconds since 1970."""
    _until(note.exists)
    return float(note.read_text())


def _await_nothing_waits() -> None:
    from soho.creations.models import Creation

    _until(lambda: not Creation.objects.filter(status__in=["pending", "processing"]).exists())


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError("The worker does not claim what was started.")
        time.sleep(0.002)


def main(arguments: Sequence[str] | None = None) -> Report:
    """Measures and prints."""
    return told(lambda quick: measure(quick=quick), arguments)


if __name__ == "__main__":
    main()
