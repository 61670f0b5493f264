"""What a page of the feed costs the web server and PostgreSQL, among ten thousand to ten million posts.

    python -m benchmarks feed [--sizes=10000,1000000,10000000] [--quick]

One database grows from size to size, and a copy of each size is kept. At each, everything is asked for in
turn, round after round, beside its rivals. In the end the sizes are compared: the same pages from all of
them in turn, in the same minutes.
"""

import argparse
import time
from collections.abc import Sequence
from contextlib import ExitStack

from benchmarks.figures import Report
from benchmarks.ground import ground
from benchmarks.serving import take_turns

SIZES = (10_000, 1_000_000, 10_000_000)
QUICK = (500, 2_000)


def measure(sizes: Sequence[int] = SIZES, *, rounds: int = 7, requests: int = 200) -> Report:
    """What is found at each of `sizes`, ascending, with servers started for the occasion."""
    with ground() as home:
        from benchmarks.feed import database, side_by_side
        from benchmarks.feed.filling import Filling
        from benchmarks.feed.findings import Size, report
        from benchmarks.feed.pages import subjects
        from soho.accounts.actions import create_user

        filling = Filling(create_user("reader", "a long winter walk").pk)
        measured = []
        for posts in sizes:
            began = time.monotonic()
            print(f"  writing up to {posts:,} posts ...", flush=True)
            filling.grow(posts)
            size = sum(one.stat().st_blocks for one in home.rglob("*") if one.is_file()) * 512 / 1e9
            print(f"  {time.monotonic() - began:.0f} s, {size:.1f} GB; asking ...", flush=True)
            with ExitStack() as stack:
                pages = subjects(stack, filling)
                take_turns(list(pages.values()), rounds=rounds, requests=requests)
            measured.append(Size(posts, pages, database.measure(filling, rounds, requests * 5)))
            if posts != sizes[-1]:
                side_by_side.keep(home, posts)
        print("  asking all sizes in turn ...", flush=True)
        beside = side_by_side.measure(home, filling, sizes, rounds=rounds, requests=requests)
        return report(measured, beside)


def main(arguments: Sequence[str] | None = None) -> Report:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks feed")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="posts, ascending, with commas")
    parser.add_argument("--quick", action="store_true", help="small and short: only whether it works")
    chosen = parser.parse_args(arguments)
    if chosen.quick:
        found = measure(QUICK, rounds=2, requests=10)
    else:
        found = measure(sorted(int(size) for size in chosen.sizes.split(",")))
    print(found)
    return found
