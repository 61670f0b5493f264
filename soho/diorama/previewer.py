"""One draft preview in a process of its own: `python -m soho.diorama.previewer OUT < WISH`.

WISH is a JSON object with `prompt`, `seed`, `width` and `height` (of the full film). The film is written to
OUT, and a JSON object with `undrawn` to standard output. The process yields to everything else on the machine
and ends itself when it takes too long, whatever becomes of the one that started it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path

YIELDING = 5  # steps of niceness: behind pages and paid work, ahead of what has all night
CPU_SECONDS = 20


def main(out: str) -> None:
    """Render what standard input asks for at `out`."""
    os.nice(YIELDING)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    from soho.diorama import render_preview

    wish = json.load(sys.stdin)
    scene = render_preview(
        wish["prompt"], Path(out), seed=wish["seed"], width=wish["width"], height=wish["height"]
    )
    json.dump({"undrawn": list(scene.undrawn)}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
