"""All benchmarks, or those named, one after another. Benchmarks inform: the exit status is always 0."""

import importlib
import subprocess
import sys
from pathlib import Path

from benchmarks.rendering import TOPICS

# `wan` says something only where there is a GPU, so it is run when it is named.
EVERYWHERE = tuple(TOPICS)


def main(words: list[str]) -> None:
    """Each in a process of its own: one that fails spoils no other. What begins with a dash is passed on."""
    names = [word for word in words if not word.startswith("-")]
    passed = [word for word in words if word.startswith("-")]
    if len(names) == 1 and _is_there(names[0]):
        importlib.import_module(f"benchmarks.{names[0]}").main(passed)
        return
    for name in names or EVERYWHERE:
        if not _is_there(name):
            print(f"{name}: there is no such benchmark.")
            continue
        print(f"\n== {name}", flush=True)
        command = [sys.executable, "-m", "benchmarks", name, *passed]
        ended = subprocess.run(command, check=False)
        if ended.returncode:
            print(f"{name}: could not be measured (exit status {ended.returncode}).", flush=True)


def _is_there(name: str) -> bool:
    folder = Path(__file__).parent
    return (folder / f"{name}.py").exists() or (folder / name / "__init__.py").exists()


if __name__ == "__main__":
    main(sys.argv[1:])
