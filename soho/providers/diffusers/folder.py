"""Reading a model folder without loading it: which pipeline it holds, and whether its weights are all there.

Nothing here imports torch, so the web, the sweeper and `soho models` may ask at any time.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

INDEX = "model_index.json"
_LARGEST_INDEX = 10_000_000
_POINTER = b"version https://git-lfs"
# What parts without weights are called; their classes change their names from version to version.
_WEIGHTLESS = ("tokenizer", "scheduler", "processor", "extractor")


class Unusable(Exception):
    """Why the folder cannot be offered, in one sentence."""


@dataclass(frozen=True, slots=True)
class Contents:
    """`pipeline`: the class of diffusers that reads the folder. `parts`: its components, name to class."""

    pipeline: str
    parts: dict[str, str]


def read(folder: Path) -> Contents:
    """What `folder` says it holds. Raises Unusable."""
    if not folder.is_dir():
        raise Unusable(f"There is no folder {folder}; download the model there, or correct `folder`.")
    if not (folder / INDEX).is_file():
        raise Unusable(
            f"{folder} has no {INDEX}; name the folder of a whole diffusers model, not of one of its files."
        )
    index = _json(folder / INDEX)
    pipeline = index.get("_class_name")
    if not isinstance(pipeline, str):
        raise Unusable(f"{folder / INDEX} wants code of its own to run, which Soho does not load.")
    parts = {
        name: value[1]
        for name, value in index.items()
        if isinstance(value, list) and len(value) == 2 and isinstance(value[1], str)
    }
    return Contents(pipeline, parts)


def check_weights(folder: Path, contents: Contents, variant: str = "") -> None:
    """Sees that every part that has weights has them all, as safetensors. Raises Unusable."""
    for name in contents.parts:
        if not (folder / name).is_dir():
            raise Unusable(f"{folder} lacks its part {name}/; download the model again, it is incomplete.")
        if not any(word in name for word in _WEIGHTLESS):
            _check_part(folder / name, variant)


def _check_part(part: Path, variant: str) -> None:
    found = sorted(part.glob("*.safetensors"))
    indexes = sorted(part.glob("*.safetensors.index*.json"))
    wanted = {shard for index in indexes for shard in _shards(index)}
    if missing := sorted(shard for shard in wanted if not (part / shard).is_file()):
        raise Unusable(
            f"{part} lacks {missing[0]} ({len(missing)} missing in all); download the model again."
        )
    if not found:
        if any(part.glob("*.bin")) or any(part.glob("*.pt")):
            raise Unusable(
                f"{part} holds pickled weights only, which can run code when loaded; get them as safetensors."
            )
        raise Unusable(f"{part} holds no weights; download the model again, it is incomplete.")
    if variant and not any(f".{variant}." in one.name for one in found):
        raise Unusable(f"{part} has no weights of the variant {variant!r}; correct or remove `variant`.")
    for one in found:
        with one.open("rb") as file:
            if file.read(len(_POINTER)) == _POINTER:
                raise Unusable(f"{one} is a pointer of Git LFS, not the weights; run `git lfs pull` there.")


def _shards(index: Path) -> set[str]:
    weights = _json(index).get("weight_map", {})
    # A name that leads out of the folder is no shard of it.
    return {str(shard) for shard in weights.values() if Path(str(shard)).name == str(shard)}


def _json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LARGEST_INDEX:
            raise ValueError("too large")
        found = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Unusable(f"{path} cannot be read as JSON; download the model again.") from error
    if not isinstance(found, dict):
        raise Unusable(f"{path} is not what diffusers writes; download the model again.")
    return found
