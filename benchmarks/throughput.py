"""How many jobs a second go the whole way, with one, two and four processes of a worker.

Each job is a creation: its tokens are held and its row made, the bell is rung, a worker hears it, claims the
row, asks a provider that takes no time (benchmarks/instant.py) and finishes. Three lives are measured:

queue    the provider refuses for good right after the claim: what the queue itself costs, with no media.
image    a small PNG: checked, its thumbnail made, both stored, the tokens captured, a draft.
clip     the smallest clip that passes the gate, one second long: rendition and poster too.

A backlog waits before the worker starts, so it never waits for work. Rivals, in turns with them: Celery with
as many processes and a task that does nothing, on the same broker; and bare SQL, the same statements as those
of a life, sent again by psycopg from as many processes (benchmarks/bare_sql.py). The first tenth of a backlog
is not counted: processes start and connections open meanwhile.
"""

import os
import pickle
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import bare_sql, fleet
from benchmarks.figures import Figure, Plot, Report, paired_ratio, told
from benchmarks.ground import ground

PROCESSES = (1, 2, 4)
ROUNDS = 2
PEOPLE = 20
WARM_UP = 0.1
PATIENCE_SECONDS = 90.0
POLL_SECONDS = 0.02


@dataclass
class Life:
    """A kind of job, and what came of its backlogs: jobs a second by processes, round by round."""

    name: str
    kind: str
    jobs: int
    file: str = ""  # the variable that names what the provider gives back
    ends: str = "draft"
    rates: dict[int, list[float]] = field(default_factory=dict)
    bare: dict[int, list[float]] = field(default_factory=dict)
    cpu: dict[int, list[dict[str, float]]] = field(default_factory=dict)  # milliseconds a job, by part
    orders: list[float] = field(default_factory=list)  # milliseconds an order, before the worker starts


def measure(*, quick: bool = False) -> Report:
    """What was found, with servers, workers and beat started for the occasion; with `quick` less of it."""
    processes, rounds = ((1, 2), 1) if quick else (PROCESSES, ROUNDS)
    jobs = (60, 30, 8) if quick else (300, 150, 40)
    lives = [
        Life("queue", "video", jobs[0], ends="failed"),
        Life("image", "image", jobs[1], "BENCH_STILL"),
        Life("clip", "video", jobs[2], "BENCH_CLIP"),
    ]
    celery: dict[int, list[float]] = {}
    with ground(
        SOHO_PROVIDERS="benchmarks.instant", SOHO_GRANT_TOKENS="1000000", SOHO_RUNNING_PER_USER="4"
    ) as home:
        _make_files(home)
        people = _people()
        replays = {one.name: _record(one, people[: max(processes)], home) for one in lives}
        with _upkeep() as parts:
            for _ in range(rounds):
                for number in processes:
                    for life in lives:
                        _drain(life, number, people, parts)
                        _replay(life, number, replays[life.name])
                    celery.setdefault(number, []).append(_bare_celery(home, number, 500 if quick else 4000))
        _check_books()
    return _report(lives, celery)


def _make_files(home: Path) -> None:
    from PIL import Image

    Image.linear_gradient("L").resize((180, 320)).convert("RGB").save(home / "still.png")
    _make_clip(home / "clip.mp4")
    os.environ.update(HERE_STILL=str(home / "still.png"), HERE_CLIP=str(home / "clip.mp4"))


def _make_clip(path: Path) -> None:
    """A second of 180x320 at 12 frames a second: a gradient that slides, without sound."""
    import av
    import numpy as np

    with av.open(str(path), "w", options={"movflags": "faststart"}) as out:
        picture = out.add_stream("libx264", rate=12, options={"preset": "veryfast"})
        picture.width, picture.height, picture.pix_fmt = 180, 320, "yuv420p"
        for index in range(12):
            across = ((np.arange(180) + index * 4) % 180 + 40).astype(np.uint8)
            frame = np.broadcast_to(across[None, :, None], (320, 180, 3))
            out.mux(picture.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), "rgb24")))
        out.mux(picture.encode(None))


def _people() -> list[Any]:
    from django.conf import settings

    from soho.accounts.actions import create_user

    # Nobody signs in here, and a password's proper hash takes its time.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return [create_user(f"person{number}", "a long winter walk") for number in range(PEOPLE)]


def _order(person: Any, kind: str) -> Any:
    from soho.creations import actions, intake

    seconds = 1.0 if kind == "video" else None
    return actions.start(person, intake.order(kind, "A sunset over mountains", seconds=seconds))


def _made_from(life: Life) -> dict[str, str]:
    """The environment in which the provider ends as the life says."""
    return {life.file: os.environ[life.file.replace("BENCH", "HERE")]} if life.file else {}


@contextmanager
def _upkeep() -> Iterator[Mapping[str, Any]]:
    """Beat, and the worker that it rings for; yields the parts that are there all the time."""
    with fleet.running(fleet.beat()) as beat, fleet.running(fleet.worker("upkeep")) as upkeep:
        yield {**fleet.servers(), "beat": beat, "upkeep": upkeep}


def _drain(life: Life, processes: int, people: Sequence[Any], parts: Mapping[str, Any]) -> None:
    """Puts a backlog in the queue and has a worker with so many processes do it all."""
    _empty_queues()
    began = time.time()
    for number in range(life.jobs):
        _order(people[number % len(people)], life.kind)
    life.orders.append((time.time() - began) / life.jobs * 1000)
    environment = {"SOHO_WORKER_CONCURRENCY": str(processes), **_made_from(life)}
    with fleet.running(fleet.worker(life.kind), **environment) as worker:
        everyone = {"worker": worker, **parts}
        rate, spent = _watch(_left, life.jobs, lambda: fleet.cpu_seconds(everyone))
    _check(life, began)
    life.rates.setdefault(processes, []).append(rate)
    life.cpu.setdefault(processes, []).append(spent)


def _watch(
    left: Callable[[], int], jobs: int, spent: Callable[[], dict[str, float]]
) -> tuple[float, dict[str, float]]:
    """Jobs a second from the first tenth to the end, and milliseconds of CPU a job by part."""
    until = time.monotonic() + PATIENCE_SECONDS
    first: tuple[float, int, dict[str, float]] | None = None
    while True:
        remain, now = left(), time.perf_counter()
        if first is None and remain <= jobs * (1 - WARM_UP):
            first = now, remain, spent()
        if remain == 0 and first is not None:
            since, then, before = first
            after, done = spent(), max(1, then)
            return done / (now - since), {
                name: (after[name] - before.get(name, 0.0)) / done * 1000 for name in after
            }
        if time.monotonic() > until:
            raise TimeoutError(f"{remain} of {jobs} jobs are still not done.")
        time.sleep(POLL_SECONDS)


def _left() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM creations_creation WHERE status IN ('pending', 'processing')")
        return int(cursor.fetchone()[0])


def _empty_queues() -> None:
    """Forgets rings that nobody heard: the backlog shall bring its own."""
    from soho.config.celery import app

    with app.connection_for_write() as connection:
        channel: Any = connection.default_channel
        for lane in ("video", "image"):
            channel.queue_purge(lane)


def _check(life: Life, began: float) -> None:
    """That every job of the backlog ended as its life does. Raises RuntimeError."""
    from datetime import UTC, datetime

    from soho.creations.models import Creation

    since = Creation.objects.filter(created_at__gte=datetime.fromtimestamp(began, UTC))
    ended = since.filter(media_type=life.kind, status=life.ends).count()
    if ended != life.jobs:
        others = list(since.exclude(status=life.ends).values_list("status", "error_code")[:3])
        raise RuntimeError(f"{life.name}: {ended} of {life.jobs} are {life.ends}; others are {others}")


def _check_books() -> None:
    from soho.ledger import audit

    if wrong := audit.verify():
        raise RuntimeError(f"The books do not balance: {wrong[:3]}")


def _record(life: Life, people: Sequence[Any], home: Path) -> list[Path]:
    """Files with a recorded life each, one for each of `people`."""
    from soho.generation import tasks

    files = []
    os.environ.update(_made_from(life))
    for number, person in enumerate(people):
        began = time.time()
        order = bare_sql.record(lambda person=person: _order(person, life.kind))  # type: ignore[misc]  # as in memory.py
        work = bare_sql.record(lambda: tasks.work(life.kind))
        _check(Life(life.name, life.kind, 1, ends=life.ends), began)
        files.append(home / f"{life.name}-{number}.pickle")
        ids = bare_sql.made_since(began, order + work)
        files[-1].write_bytes(pickle.dumps({"order": order, "work": work, "ids": ids}))
    for name in _made_from(life):
        del os.environ[name]
    return files


def _replay(life: Life, processes: int, files: Sequence[Path]) -> None:
    from django.conf import settings

    from soho.embedded import addresses

    os.environ["BENCH_DATABASE"] = addresses.database_url(settings.SOHO_HOME)
    each, began = life.jobs // processes, time.time()
    with bare_sql.ready(list(files[:processes]), each) as go:
        life.bare.setdefault(processes, []).append(each * processes / go())
    _check(Life(life.name, life.kind, each * processes, ends=life.ends), began)


def _bare_celery(home: Path, processes: int, jobs: int) -> float:
    """Jobs a second of tasks that do nothing."""
    import redis

    store = redis.Redis.from_url(fleet.name_the_broker(home))
    from benchmarks import bare_celery

    for _ in range(jobs):
        bare_celery.nothing.apply_async()
    with fleet.running(fleet.bare_worker(processes)):
        rate, _ = _watch(lambda: int(store.llen(bare_celery.QUEUE)), jobs, dict)
    return rate


def _report(lives: Sequence[Life], celery: Mapping[int, Sequence[float]]) -> Report:
    figures = []
    for life in lives:
        for number, rates in life.rates.items():
            note = f"one job: {1000 / median(rates):.3g} ms"
            figures.append(Figure(f"{life.name}, {_processes(number)}", median(rates), "jobs/s", note=note))
    for number, done in celery.items():
        figures.append(Figure(f"bare Celery, {_processes(number)}", median(done), "jobs/s"))
    for life in lives:
        for number, rates in life.bare.items():
            name = f"bare SQL of {life.name}, {_processes(number)}"
            figures.append(Figure(name, median(rates), "jobs/s"))
    orders = median(one for life in lives for one in life.orders)
    figures.append(Figure("an order: tokens held, row, ring", orders, "ms", note="before the worker starts"))
    for number in celery:
        figures += _ratios(lives, celery, number)
    one = min(celery)
    for life in lives:
        for part in life.cpu[one][0]:
            spent = median(turn[part] for turn in life.cpu[one])
            figures.append(Figure(f"CPU of {life.name}, one process: {part}", spent, "ms a job"))
    return Report(
        "throughput", "Jobs a second (more is better), and what they cost", figures, _plots(lives, celery)
    )


def _ratios(lives: Sequence[Life], celery: Mapping[int, Sequence[float]], number: int) -> list[Figure]:
    """The time of a job over its rivals', paired round by round."""
    queue = next(life for life in lives if life.name == "queue")
    found = [
        Figure(
            f"time of a queue job / of a bare Celery task, {_processes(number)}",
            paired_ratio(celery[number], queue.rates[number]),
            "x",
        )
    ]
    for life in lives:
        name = f"time of a job of {life.name} / of its bare SQL, {_processes(number)}"
        found.append(Figure(name, paired_ratio(life.bare[number], life.rates[number]), "x"))
    return found


def _processes(number: int) -> str:
    return "1 process" if number == 1 else f"{number} processes"


def _plots(lives: Sequence[Life], celery: Mapping[int, Sequence[float]]) -> list[Plot]:
    """Jobs a second by processes: the lives, and the queue beside its rivals."""
    numbers = list(celery)
    axes = ("processes of the worker", "jobs a second", numbers)
    ours = {life.name: [median(life.rates[one]) for one in numbers] for life in lives}
    queue = next(life for life in lives if life.name == "queue")
    rivals = {
        "queue": ours["queue"],
        "bare SQL of the same": [median(queue.bare[one]) for one in numbers],
        "bare Celery, doing nothing": [median(celery[one]) for one in numbers],
    }
    return [
        Plot("throughput", "The whole way, by what is made", *axes, ours),
        Plot("throughput-rivals", "The queue alone and its rivals", *axes, rivals),
    ]


def main(arguments: Sequence[str] | None = None) -> Report:
    """Measures and prints."""
    return told(lambda quick: measure(quick=quick), arguments)


if __name__ == "__main__":
    main()
