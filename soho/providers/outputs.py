"""Finding the one result in what a model gives back: each model has a shape of its own."""

from collections.abc import Iterator, Mapping
from typing import Any

from soho.providers.contract import Kind

_FIRST: dict[Kind, tuple[str, ...]] = {
    "video": ("video", "videos", "output", "file", "url"),
    "image": ("image", "images", "output", "file", "url"),
}
_ENDINGS: dict[Kind, tuple[str, ...]] = {
    "video": (".mp4", ".webm", ".mov"),
    "image": (".png", ".jpg", ".jpeg", ".webp"),
}
MAX_DEPTH = 6


def address_in(output: object, kind: Kind) -> str | None:
    """The address of the result: the first whose name or type says that it is a `kind`, else the first."""
    found = list(_addresses(output, kind, 0))
    path = [address.partition("?")[0].lower() for address, _ in found]
    for index, (address, media) in enumerate(found):
        if media.startswith(kind) or path[index].endswith(_ENDINGS[kind]):
            return address
    return found[0][0] if found else None


def _addresses(output: object, kind: Kind, depth: int) -> Iterator[tuple[str, str]]:
    if depth > MAX_DEPTH:
        return
    if isinstance(output, str):
        if output.startswith(("https://", "http://", "data:")):
            yield output, ""
    elif isinstance(output, Mapping):
        if isinstance(output.get("url"), str):
            yield output["url"], str(output.get("content_type") or "")
            return
        for name in sorted(output, key=lambda name: _rank(name, kind)):
            yield from _addresses(output[name], kind, depth + 1)
    elif isinstance(output, list):
        for one in output:
            yield from _addresses(one, kind, depth + 1)


def _rank(name: Any, kind: Kind) -> int:
    first = _FIRST[kind]
    return first.index(name) if name in first else len(first)
