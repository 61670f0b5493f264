"""All benchmarks, or those named, one after another. Benchmarks inform: the exit status is always 0."""

import importlib
import subprocess
import sys
from pathlib import Path

# These print a table against targets; the others have ways of their own.
WITH_TARGETS = ("feed", "throughput", "dispatch", "engine", "live", "page_weight")
OTHERS = ("thumbnail", "diorama", "wan")


def main(names: list[str]) -> None:
    """Each in a process of its own: one that fails spoils no other."""
    if len(names) == 1 and names[0] in WITH_TARGETS:
        importlib.import_module(f"benchmarks.{names[0]}").main([])
        return
    wanted = names or [*WITH_TARGETS, *OTHERS]
    for name in wanted:
        if not (Path(__file__).parent / f"{name}.py").exists():
            print(f"{name}: there is no such benchmark.")
            continue
        print(f"\n== {name}", flush=True)
        ended = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False)
        if ended.returncode:
            print(f"{name}: could not be measured (exit status {ended.returncode}).", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
