"""A workflow in ComfyUI's API format, with marks where a job's facts go.

A mark is `{{name}}` anywhere in a text of a node's inputs; a text that is nothing but one mark becomes the
value itself, so `"seed": "{{seed}}"` is a number. There are `prompt`, `seed`, `width`, `height`, `seconds`,
`frames`, `fps` and `ratio`, and `file:NAME` for a picture that lies beside the workflow and is uploaded.
Only `{{prompt}}` must be there. What a prompt says is never read for marks.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from soho.providers.contract import Job, Kind

MAX_BYTES = 5_000_000
NAMES = frozenset({"prompt", "seed", "width", "height", "seconds", "frames", "fps", "ratio"})
_MARK = re.compile(r"\{\{\s*([a-z]+(?::[^{}]*)?)\s*\}\}")
_FILE = "file:"
_SAVES: dict[str, Kind] = {
    "SaveVideo": "video",
    "SaveWEBM": "video",
    "VHS_VideoCombine": "video",
    "SaveImage": "image",
}

Graph = dict[str, dict[str, Any]]


class Unusable(Exception):
    """Why a workflow cannot be offered, in one sentence."""


@dataclass(frozen=True, slots=True)
class Workflow:
    """`graph`: the nodes by id, as in the file. `marks`: what is filled in. `files`: what is uploaded."""

    graph: Graph
    marks: frozenset[str]
    files: tuple[Path, ...]

    @property
    def kind(self) -> Kind | Literal[""]:
        """What it saves: a video when any node does, else an image; empty when no such node is known."""
        kinds = {_SAVES.get(node["class_type"]) for node in self.graph.values()}
        return "video" if "video" in kinds else "image" if "image" in kinds else ""

    @property
    def has_audio(self) -> bool:
        """Whether a node that makes the video is given sound."""
        return any(
            node["class_type"] in {"CreateVideo", "VHS_VideoCombine"} and "audio" in node["inputs"]
            for node in self.graph.values()
        )

    def title(self, node: str) -> str:
        """What the operator called a node, or its class."""
        found = self.graph.get(node, {})
        title = found.get("_meta", {}).get("title") if isinstance(found.get("_meta"), dict) else None
        return str(title or found.get("class_type") or "")

    def weights(self) -> dict[str, float]:
        """How much of the work each node is likely to be: the steps it takes, or one."""
        found: dict[str, float] = {}
        for node, told in self.graph.items():
            steps = told["inputs"].get("steps")
            found[node] = float(steps) if isinstance(steps, int) and steps > 1 else 1.0
        return found

    def filled(self, values: Mapping[str, object], uploaded: Mapping[str, str]) -> Graph:
        """The graph with `values` and the names of `uploaded` files in place of the marks."""

        def value_of(name: str) -> object:
            return uploaded[name[len(_FILE) :].strip()] if name.startswith(_FILE) else values[name]

        found: Graph = _replaced(self.graph, value_of)
        return found


def read(path: Path) -> Workflow:
    """The workflow in the file `path`. Raises Unusable."""
    graph = _graph(path)
    marks: set[str] = set()

    def note(name: str) -> object:
        marks.add(name)
        return ""

    _replaced(graph, note)
    files = tuple(
        path.parent / name[len(_FILE) :].strip() for name in sorted(marks) if name.startswith(_FILE)
    )
    plain = {name for name in marks if not name.startswith(_FILE)}
    if unknown := sorted(plain - NAMES):
        raise Unusable(f"{path.name} marks {{{{{unknown[0]}}}}}; there are {', '.join(sorted(NAMES))}.")
    if "prompt" not in plain:
        raise Unusable(f"{path.name} has no {{{{prompt}}}}; write it where the prompt goes.")
    for file in files:
        if file.parent != path.parent or not file.is_file():
            raise Unusable(f"{path.name} marks the file {file.name!r}, which does not lie beside it.")
    return Workflow(graph, frozenset(plain), files)


def values(job: Job, *, size: tuple[int, int], fps: float, every: int) -> dict[str, object]:
    """What the marks stand for in `job`: `frames` are `every * n + 1`, the nearest to its length."""
    seconds = job.seconds or 0.0
    frames = (
        max(1, round((seconds * fps - 1) / every)) * every + 1 if every > 1 else max(1, round(seconds * fps))
    )
    return {
        "prompt": job.prompt,
        "seed": job.seed,
        "width": size[0],
        "height": size[1],
        "seconds": int(seconds) if seconds == int(seconds) else seconds,
        "frames": frames,
        "fps": int(fps) if fps == int(fps) else fps,
        "ratio": job.aspect_ratio,
    }


def _graph(path: Path) -> Graph:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Unusable(f"{path.name} is larger than {MAX_BYTES:,} bytes; this cannot be a workflow.")
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise Unusable(f"There is no workflow {path}.") from error
    except (OSError, ValueError) as error:
        raise Unusable(f"{path.name} cannot be read as JSON.") from error
    if isinstance(found, dict) and isinstance(found.get("nodes"), list):
        raise Unusable(f"{path.name} is a drawing for ComfyUI's own page; export it there with Export (API).")
    nodes = found if isinstance(found, dict) else {}
    if not nodes or not all(
        isinstance(node, dict)
        and isinstance(node.get("class_type"), str)
        and isinstance(node.get("inputs"), dict)
        for node in nodes.values()
    ):
        raise Unusable(f"{path.name} is no workflow in ComfyUI's API format; export it with Export (API).")
    return nodes


def _replaced(given: Any, value_of: Callable[[str], object]) -> Any:
    if isinstance(given, dict):
        return {name: one if name == "_meta" else _replaced(one, value_of) for name, one in given.items()}
    if isinstance(given, list):
        return [_replaced(one, value_of) for one in given]
    if not isinstance(given, str):
        return given
    if whole := _MARK.fullmatch(given):
        return value_of(whole[1])
    return _MARK.sub(lambda found: str(value_of(found[1])), given)
