"""A spreadsheet of a fleet: from people and clips a day to machines, bytes and money.

    python -m benchmarks.scaling                       the table of docs/scaling.md
    python -m benchmarks.scaling --users 250000 --clips-per-user 0.5 --model-seconds 60

Nothing is measured here: what was, is read from `benchmarks/results`, and a figure that is missing there is
an error that names the benchmark to run. What is assumed stands here with its reason. Prices are list prices
of late 2026, rounded, to be replaced by your own.
"""

import argparse
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks import results
from benchmarks.figures import Plot

DAY = 86_400.0
SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
# The constant, the benchmark, its figure, and by what the figure is multiplied to be seconds or bytes.
MEASURED = (
    ("page_signed_in", "feed", "explore as HTML signed in", 1e-3),
    ("page_copied", "feed", "explore as HTML signed out, cached", 1e-3),
    ("page_sql", "feed", "bare SQL in PostgreSQL, page 1", 1e-3),
    ("post_a_clip", "dispatch", "POST to claim, idle, p50", 1e-3),
    ("finish_a_clip", "engine", "file on disk to draft, CPU", 1.0),
    ("clip_bytes", "engine", "the clip", 1e6),
    ("pictures_bytes", "engine", "thumbnail and poster", 1e6),
    ("stream_bytes", "live", "memory a stream", 1024.0),
)


@dataclass(frozen=True)
class Constants:
    """What one thing costs. Seconds are processor seconds, sizes bytes, prices US dollars."""

    # Measured (MEASURED says where)
    page_signed_in: float  # explore as HTML, 24 posts
    page_copied: float  # the cached first page
    page_sql: float  # PostgreSQL's own seconds for a page of the feed
    post_a_clip: float  # from the request to the claim; all of it taken for processor time, which is too much
    finish_a_clip: float  # gate, pictures and rendition of 8 s at 1080x1920
    clip_bytes: float  # an 8 s clip of 4 Mbit/s, as hosted models make it
    pictures_bytes: float  # thumbnail and poster
    stream_bytes: float  # a live stream's memory
    # Assumed
    light_bytes: float = 7.0e5  # a light rendition at the most that its settings allow, 704 kbit/s
    statements: float = 3.0  # of a signed-in page: the session, the person and the page, which is the largest
    row_bytes: float = 2_200.0  # a creation, 6 events, 1.1 attempts, 2 transfers, with their indexes
    peak: float = 3.0  # the busiest hour against the mean
    spare: float = 0.6  # how much of a processor one plans to use
    # Prices
    core_month: float = 25.0
    gpu_month: float = 1_500.0  # one 48 GB accelerator
    storage_gb_month: float = 0.015
    delivery_gb: float = 0.0  # R2 takes nothing for egress
    cdn_gb: float = 0.02  # a CDN in front of S3 takes 0.02 to 0.08
    million_reads: float = 0.36  # what the bucket takes for requests that the CDN did not answer
    reads_a_play: float = 3.0  # thumbnail, and the rendition in two ranges
    cdn_answers: float = 0.9


def constants(folder: Path = results.FOLDER) -> Constants:
    """Those that were measured, beside the assumed ones. Raises NotMeasuredError, naming what to run."""
    return Constants(
        **{name: results.load(one, folder).value(figure) * times for name, one, figure, times in MEASURED}
    )


@dataclass(frozen=True)
class Load:
    """What people do. `users`: who come on a day."""

    users: int
    clips_per_user: float = 0.2
    pages_per_user: float = 30.0
    plays_per_user: float = 60.0
    signed_out: float = 0.5  # share of pages asked by people who are signed out
    online: float = 0.02  # share of the day's people who are there at once
    model_seconds: float = 60.0  # on one accelerator, for an 8 s clip
    kept_days: int = 365


@dataclass(frozen=True)
class Fleet:
    """What it takes."""

    users: int
    clips_a_day: float
    pages_a_second: float
    web_cores: int
    live_processes: int
    live_gb: float
    worker_cores: int
    accelerators: int
    rows: float
    database_gb: float
    database_cores: int
    writes_a_second: float
    objects_tb: float
    delivery_gbit: float
    dollars_a_month: float
    dollars_of_gpus: float
    dollars_of_delivery: float  # where a GB costs what a CDN takes, instead of nothing


def fleet(load: Load, c: Constants) -> Fleet:
    """The fleet for a load, at the peak."""
    clips = load.users * load.clips_per_user
    pages = load.users * load.pages_per_user / DAY * c.peak
    page = load.signed_out * c.page_copied + (1 - load.signed_out) * c.page_signed_in
    clips_a_second = clips / DAY * c.peak
    web = pages * page + clips_a_second * c.post_a_clip
    database = pages * (1 - load.signed_out) * c.page_sql * c.statements + clips_a_second * 0.02
    rows = clips * load.kept_days
    objects = rows * (c.clip_bytes + c.light_bytes + c.pictures_bytes)
    delivered = load.users * load.plays_per_user * c.light_bytes
    reads = load.users * load.plays_per_user * c.reads_a_play * (1 - c.cdn_answers) * 30
    web_cores = max(2, math.ceil(web / c.spare))
    worker_cores = max(2, math.ceil(clips_a_second * c.finish_a_clip / c.spare))
    database_cores = max(2, math.ceil(database / c.spare))
    accelerators = math.ceil(clips_a_second * load.model_seconds)
    gpus = accelerators * c.gpu_month
    rest = (
        (web_cores + worker_cores + database_cores + 2) * c.core_month
        + objects / 1e9 * c.storage_gb_month
        + delivered * 30 / 1e9 * c.delivery_gb
        + reads / 1e6 * c.million_reads
    )
    return Fleet(
        users=load.users,
        clips_a_day=clips,
        pages_a_second=pages,
        web_cores=web_cores,
        live_processes=max(1, math.ceil(load.users * load.online / 5_000)),
        live_gb=load.users * load.online * c.stream_bytes / 1e9,
        worker_cores=worker_cores,
        accelerators=accelerators,
        rows=rows,
        database_gb=rows * c.row_bytes / 1e9,
        database_cores=database_cores,
        # A clip's life: start, hold, claim, a heartbeat each second, capture, draft, publish, their events.
        writes_a_second=clips_a_second * (12 + load.model_seconds),
        objects_tb=objects / 1e12,
        delivery_gbit=delivered / DAY * c.peak * 8 / 1e9,
        dollars_a_month=rest + gpus,
        dollars_of_gpus=gpus,
        dollars_of_delivery=delivered * 30 / 1e9 * c.cdn_gb,
    )


def table(fleets: Sequence[Fleet]) -> str:
    """The fleets side by side, as Markdown."""
    lines: list[tuple[str, Callable[[Fleet], str]]] = [
        ("people a day", lambda f: f"{f.users:,}"),
        ("clips a day", lambda f: f"{f.clips_a_day:,.0f}"),
        ("pages a second at the peak", lambda f: f"{f.pages_a_second:,.1f}"),
        ("web, cores", lambda f: f"{f.web_cores:,}"),
        ("live, processes of 5,000 streams", lambda f: f"{f.live_processes:,}"),
        ("live, GB of memory for streams", lambda f: f"{f.live_gb:,.2f}"),
        ("workers, cores (hosted models, or one's own servers)", lambda f: f"{f.worker_cores:,}"),
        ("accelerators for one's own models", lambda f: f"{f.accelerators:,}"),
        ("rows of creations after a year", lambda f: f"{f.rows:,.0f}"),
        ("database after a year, GB", lambda f: f"{f.database_gb:,.1f}"),
        ("database, cores", lambda f: f"{f.database_cores:,}"),
        ("writes a second at the peak", lambda f: f"{f.writes_a_second:,.0f}"),
        ("objects after a year, TB", lambda f: f"{f.objects_tb:,.2f}"),
        ("delivery at the peak, Gbit/s", lambda f: f"{f.delivery_gbit:,.2f}"),
        ("dollars a month, all but accelerators", lambda f: f"{f.dollars_a_month - f.dollars_of_gpus:,.0f}"),
        ("dollars a month of delivery, elsewhere", lambda f: f"{f.dollars_of_delivery:,.0f}"),
        ("dollars a month of accelerators", lambda f: f"{f.dollars_of_gpus:,.0f}"),
    ]
    rows = [f"| {name} | " + " | ".join(shown(one) for one in fleets) + " |" for name, shown in lines]
    head, rule = rows[0], "|---|" + "---:|" * len(fleets)
    return "\n".join([head, rule, *rows[1:]])


def fleets() -> list[Fleet]:
    """Those of docs/scaling.md."""
    return [fleet(Load(users), constants()) for users in SIZES]


def constants_table() -> str:
    """What was measured and where, as Markdown."""
    found = constants()
    rows = ["| measured | | from |", "|---|---:|---|"]
    for name, benchmark, figure, _ in MEASURED:
        value = getattr(found, name)
        shown = f"{value / 1e6:.3g} MB" if value > 1e5 else f"{value / 1e3:.3g} KB"
        if not name.endswith("_bytes"):
            shown = f"{value:.3g} s" if value >= 0.1 else f"{value * 1e3:.3g} ms"
        rows.append(f"| `{name}` | {shown} | `{benchmark}`: {figure} |")
    return "\n".join(rows)


def plots() -> list[Plot]:
    """How a fleet grows with those who come."""
    found = fleets()
    kinds: dict[str, Callable[[Fleet], float]] = {
        "web, cores": lambda one: one.web_cores,
        "workers, cores": lambda one: one.worker_cores,
        "accelerators": lambda one: one.accelerators,
        "database, cores": lambda one: one.database_cores,
        "live, processes": lambda one: one.live_processes,
    }
    lines = {name: [float(count(one)) for one in found] for name, count in kinds.items()}
    return [
        Plot("scaling", "A fleet by people a day", "people a day", "how many", list(SIZES), lines, True),
    ]


def main() -> None:
    """Prints the table for the sizes of docs/scaling.md, or for one size named on the command line."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("--users", type=int, help="people a day")
    words.add_argument("--clips-per-user", type=float, default=Load.clips_per_user)
    words.add_argument("--model-seconds", type=float, default=Load.model_seconds)
    said = words.parse_args()
    load = Load(1_000, clips_per_user=said.clips_per_user, model_seconds=said.model_seconds)
    sizes = [said.users] if said.users else SIZES
    print(table([fleet(replace(load, users=users), constants()) for users in sizes]))


if __name__ == "__main__":
    main()
