"""Creations of one's own as one ZIP, streamed: the media, a text beside each caption, and `manifest.json`.

The media are compressed already, so they are stored as they are. That makes every byte of the archive
predictable before the first is read: it has a Content-Length, and a download that breaks off is seen to.
"""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from soho.creations import queries
from soho.creations.errors import NothingToDownload, TooLarge
from soho.creations.objects import storage
from soho.creations.shape import timestamp
from soho.problems.documents import described
from soho.problems.refusals import NotFound

CONTENT_TYPE = "application/zip"
NAME = "soho-{:%Y-%m-%d}.zip"

# What the manifest tells of each: what was asked, what was said, what was made. No address of ours.
_FACTS = (
    *("creationId", "mediaType", "status", "prompt", "caption", "model", "seed", "aspectRatio"),
    *("duration", "width", "height", "tokens", "createdAt", "publishedAt", "publishAt"),
)

Chunks = Callable[[], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the archive: its name, its size in bytes, its time, and where its bytes come from."""

    name: str
    size: int
    moment: datetime
    chunks: Chunks


@dataclass(frozen=True, slots=True)
class Archive:
    """A ZIP that is not written yet. `size` is what it will have, in bytes."""

    name: str
    entries: tuple[Entry, ...]
    size: int

    def stream(self) -> Iterator[bytes]:
        """The archive, in chunks of what the storage hands out (128 KiB).

        Raises StorageError when an object cannot be read (any more): then the archive is cut short.
        """
        if not connection.in_atomic_block:
            # A slow reader takes minutes, for which nobody else shall miss this connection.
            connection.close()
        return _written(self.entries, with_contents=True)


def pack(user_id: UUID, creation_ids: Sequence[UUID]) -> Archive:
    """The person's own creations that are ready, each as it was made; the manifest says what was left out.

    Raises NothingToDownload, TooLarge, StorageError.
    """
    now = timezone.now()
    found = queries.chosen(user_id, creation_ids)
    stored = {one["creationId"]: storage().stat(one["mediaKey"]) for one in found if one["mediaKey"]}
    entries: list[Entry] = []
    told: list[dict[str, Any]] = []
    for creation in found:
        stat = stored.get(creation["creationId"])
        if stat is None:
            continue
        stem = file_stem(creation)
        made = datetime.fromisoformat(creation["createdAt"])
        media = Entry(f"{stem}.{stat.key.rsplit('.', 1)[1]}", stat.size, made, _object(stat.key))
        caption = [_text(f"{stem}.txt", creation["caption"] + "\n", made)] if creation["caption"] else []
        entries += [media, *caption]
        told.append(
            {
                "file": media.name,
                "bytes": media.size,
                "captionFile": caption[0].name if caption else None,
                **{name: creation[name] for name in _FACTS},
            }
        )
    total = sum(entry.size for entry in entries)
    if not entries:
        raise NothingToDownload()
    if total > settings.MAX_ZIP_BYTES:
        raise TooLarge(total, settings.MAX_ZIP_BYTES)
    manifest = {
        "madeBy": "Soho",
        "madeAt": timestamp(now),
        "creations": told,
        "leftOut": _left_out(creation_ids, found, {one["creationId"] for one in told}),
    }
    entries.append(_text("manifest.json", json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", now))
    headers = sum(len(piece) for piece in _written(entries, with_contents=False))
    size = headers + sum(entry.size for entry in entries)
    return Archive(NAME.format(now), tuple(entries), size)


def file_stem(creation: dict[str, Any]) -> str:
    """A name that every file system takes and nobody else's file has: the prompt's first words and the id.

    ASCII letters, digits and hyphens only, so neither a path nor a device's name can be said in it.
    """
    words = re.sub(r"[^a-z0-9]+", "-", creation["prompt"][:200].lower()).strip("-")[:48].strip("-")
    return f"{words or creation['mediaType']}-{creation['creationId']}"


def _left_out(
    creation_ids: Sequence[UUID], found: list[dict[str, Any]], packed: set[str]
) -> list[dict[str, str]]:
    """Why each of the others is not in the archive."""
    status = {one["creationId"]: one["status"] for one in found}
    missing = described(NotFound())
    left: list[dict[str, str]] = []
    for one in map(str, dict.fromkeys(creation_ids)):
        if one in packed:
            continue
        if one not in status:
            left.append({"creationId": one, "code": missing["code"], "detail": missing["detail"]})
        elif status[one] in ("draft", "published"):
            left.append({"creationId": one, "code": "media_missing", "detail": "Its file is not there."})
        else:
            detail = f"It is {status[one]}, so there is no file yet."
            left.append({"creationId": one, "code": "wrong_status", "detail": detail})
    return left


def _object(key: str) -> Chunks:
    return lambda: storage().open(key)


def _text(name: str, text: str, moment: datetime) -> Entry:
    data = text.encode()
    return Entry(name, len(data), moment, lambda: [data])


def _written(entries: Iterable[Entry], *, with_contents: bool) -> Iterator[bytes]:
    """The archive piece by piece; without contents only what the format adds around them."""
    sink = _Sink()
    with zipfile.ZipFile(cast("io.BytesIO", sink), "w", zipfile.ZIP_STORED) as archive:
        for entry in entries:
            info = zipfile.ZipInfo(entry.name, entry.moment.timetuple()[:6])
            info.external_attr = 0o644 << 16
            # Known beforehand, so that the format is chosen by the real size in both passes.
            info.file_size = entry.size
            with archive.open(info, "w") as file:
                if with_contents:
                    for chunk in entry.chunks():
                        file.write(chunk)
                        yield sink.drain()
            yield sink.drain()
    yield sink.drain()


class _Sink:
    """Where `zipfile` writes: it cannot go back, and what it was given is taken out piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def drain(self) -> bytes:
        """What was written since the last time."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken
