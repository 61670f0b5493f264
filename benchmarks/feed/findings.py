"""What the rounds say: figures, and plots."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.feed.database import Asked
from benchmarks.feed.pages import BESIDE, PAGE, depths
from benchmarks.figures import Figure, Plot, Report, paired_ratio
from benchmarks.serving import Subject

FLAT = 1.2
LINES = ("json in", "json out", "html in")
_OURS = ("json cached", "html cached gzip", "json out", "json in", "html out", "html in", "html in gzip")
BARS = ("hello", "empty", "rival 1", *_OURS)


@dataclass(frozen=True)
class Size:
    """All that was measured among so many posts."""

    posts: int
    pages: dict[str, Subject]
    database: dict[str, Asked]

    @property
    def named(self) -> str:
        """ "10 million posts"."""
        millions, rest = divmod(self.posts, 1_000_000)
        return f"{self.posts:,} posts" if rest or not millions else f"{millions} million posts"

    def ratio(self, ours: str, theirs: str) -> float:
        """What `ours` costs against `theirs`, in the same rounds."""
        return paired_ratio(self.pages[ours].rounds, self.pages[theirs].rounds)


def report(sizes: Sequence[Size], beside: Mapping[int, Mapping[str, Subject]]) -> Report:
    """Everything, the smallest size first; `beside` holds, by size, what was asked of all sizes in turn."""
    figures = [*_flatness(sizes, beside)]
    for size in sizes:  # the largest, which comes last, is told in full, the others for comparison
        figures += [*_at_one_size(size, in_full=size is sizes[-1]), *_in_the_database(size, sizes)]
    among = " to ".join(f"{size.posts:,}" for size in (sizes[0], sizes[-1]))
    return Report("feed", f"Feed, {among} posts, {PAGE} a page", figures, _plots(sizes, beside))


def _flatness(sizes: Sequence[Size], beside: Mapping[int, Mapping[str, Subject]]) -> Iterator[Figure]:
    """Size against size, and page against page, each in the same rounds."""
    first, last = sizes[0], sizes[-1]
    least = beside[first.posts]
    for size in sizes[1:]:
        for key in (*LINES, *BESIDE):
            mine = beside[size.posts][key]
            flat = paired_ratio(mine.rounds, least[key].rounds)
            yield Figure(f"{mine.name}: {size.named} / {first.named}", flat, "x", FLAT)
    name = f"feed JSON signed in: last page of {last.named} / page 1 of {first.named}"
    yield Figure(
        name, paired_ratio(beside[last.posts]["json last"].rounds, least["json in"].rounds), "x", FLAT
    )
    for page in depths(last.posts)[1:]:
        name = f"{last.named}, page {page:,} / page 1, feed JSON signed in"
        yield Figure(name, last.ratio(f"json in {page}", "json in 1"), "x", FLAT)
    yield Figure(
        f"{last.named}, last page / page 1, explore as HTML", last.ratio("html in last", "html in"), "x", FLAT
    )


def _at_one_size(size: Size, *, in_full: bool) -> Iterator[Figure]:
    for key, subject in size.pages.items():
        if not in_full and key not in (*BARS, *BESIDE):
            continue
        limit = 4.0 if key == "html in" else None
        note = f"{subject.a_second:,.0f} requests/s"
        yield Figure(f"{size.named}: {subject.name}", subject.milliseconds, "ms CPU", limit, note)
    last = f"json in {depths(size.posts)[-1]}"
    for ours, theirs, limit in (
        ("json in", "rival 1", 3.0),
        (last, "rival last", 3.0),
        ("json out", "rival 1", 3.0),
        ("json in", "empty", None),
        ("json in", "hello", None),
        ("html in", "hello", None),
        ("json cached", "empty", 1.5),
        ("html cached", "empty", 1.5),
        ("html cached gzip", "empty", 1.5),
        ("json in gzip", "json in", None),
        ("html in gzip", "html in", None),
        *((key, "json in", None) for key in BESIDE),
    ):
        if in_full or limit is not None:
            name = f"{size.named}: {size.pages[ours].name} / {size.pages[theirs].name}"
            yield Figure(name, size.ratio(ours, theirs), "x", limit)


def _in_the_database(size: Size, sizes: Sequence[Size]) -> Iterator[Figure]:
    first = sizes[0]
    for key, asked in size.database.items():
        if size is not sizes[-1] and key not in ("page 1", *BESIDE):
            continue
        name = f"{size.named}: bare SQL in PostgreSQL, {BESIDE.get(key, key)}"
        yield Figure(name, median(asked.server), "ms CPU", note=f"{asked.blocks:,} blocks")
    name = f"{size.named}: bare SQL in the client, page 1"
    yield Figure(name, median(size.database["page 1"].client), "ms CPU")
    deep = f"page {depths(size.posts)[-1]}"
    ratio = paired_ratio(size.database[deep].server, size.database["page 1"].server)
    yield Figure(f"{size.named}: bare SQL in PostgreSQL, last page / page 1", ratio, "x", FLAT)
    if size is not first:
        blocks = size.database[deep].blocks / first.database["page 1"].blocks
        name = f"blocks that PostgreSQL reads, last page of {size.named} / page 1 of {first.named}"
        yield Figure(name, blocks, "x")


def _plots(sizes: Sequence[Size], beside: Mapping[int, Mapping[str, Subject]]) -> list[Plot]:
    last = sizes[-1]
    pages = depths(last.posts)
    return [
        Plot(
            "feed-rows",
            "A page of the feed among more and more posts",
            "published posts",
            "CPU ms a request",
            [size.posts for size in sizes],
            {
                one.name: [beside[size.posts][key].milliseconds for size in sizes]
                for key, one in beside[last.posts].items()
                if key in LINES
            },
            logarithmic=True,
        ),
        Plot(
            "feed-depth",
            f"A page of the feed at any depth, {last.named}",
            "page",
            "CPU ms",
            pages,
            {
                "feed JSON signed in": [last.pages[f"json in {page}"].milliseconds for page in pages],
                "its SQL, in PostgreSQL": [median(last.database[f"page {page}"].server) for page in pages],
            },
            logarithmic=True,
        ),
        Plot(
            "feed-requests",
            f"One worker and thread, {last.named}",
            "",
            "requests a second",
            [last.pages[key].name for key in BARS],
            {"requests a second": [last.pages[key].a_second for key in BARS]},
        ),
    ]
