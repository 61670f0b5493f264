"""`python -m tests.chaos`: a drill, and its report."""

import argparse
import secrets
import sys
from statistics import median

from tests.chaos.drill import Outcome, Plan, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=Plan.seconds, help="at least so long")
    parser.add_argument("--generations", type=int, default=Plan.generations, help="at least so many")
    parser.add_argument("--workers", type=int, default=Plan.workers)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="to repeat a drill")
    parser.add_argument("--only", action="append", help="only this fault, once; may be given more than once")
    asked = parser.parse_args()
    print(f"The seed is {asked.seed}.", flush=True)
    found = run(
        Plan(
            seed=asked.seed,
            seconds=asked.seconds,
            generations=asked.generations,
            workers=asked.workers,
            kinds=tuple(asked.only) if asked.only else None,
            say=lambda line: print(line, flush=True),
        )
    )
    print(report(found))
    print(f"The seed was {asked.seed}.")
    return 1 if found.wrong else 0


def report(found: Outcome) -> str:
    """What a drill found, as text."""
    faults = sum(len(times) for times in found.recoveries.values())
    ended = ", ".join(f"{count} {status}" for status, count in sorted(found.statuses.items()))
    lines = [
        "",
        f"{found.generations} generations ({ended}); {found.bought} jobs bought; {faults} faults;",
        f"{found.asked} requests, {found.repeated} repetitions; settled {found.settled:.1f} s after the end;",
        f"{found.swept.get('orphans')} orphans swept, {found.swept.get('objects')} objects named by rows.",
        f"In peace an image from either web takes {median(found.peace) / 2:.1f} s.",
        "",
        f"{'seconds to recover from':46} times  median  worst",
    ]
    by_worst = sorted(found.recoveries.items(), key=lambda item: -max(item[1]))
    lines += [
        f"{name:46} {len(times):5}  {median(times):6.1f}  {max(times):5.1f}" for name, times in by_worst
    ]
    lines += ["", *(found.wrong or ["Everything held."])]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
