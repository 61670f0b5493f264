"""Opening a file that somebody else made: capped, recognised by its bytes, and read by one known demuxer.

FFmpeg picks a demuxer by content, and some of them (playlists, concatenations, image sequences) fetch
whatever other files or addresses the content names. So the type is read here from the first bytes, the
demuxer is forced to it, and only the `file` protocol is open.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from soho.media.errors import MediaError

MAX_PIXELS = 4096 * 2304
"""Of one video frame: 4K in either direction."""
MAX_SECONDS = 300.0
MAX_FRAMES = 36_000
"""Ten minutes' worth at 60 frames a second; bounds the table of timestamps kept in memory."""
MAX_IMAGE_PIXELS = 40_000_000
MAX_BYTES = 512 * 1024 * 1024

Container = Literal["mp4", "webm", "png", "jpeg", "webp"]

_MP4_FIRST_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide"})
_DEMUXER: dict[str, str] = {"mp4": "mp4", "webm": "matroska"}
_MAX_BOXES = 100_000


def recognise(path: Path) -> Container:
    """Say what kind of file `path` holds, from its first bytes alone.

    Raises `MediaError`: `wrong_type` for anything but MP4/QuickTime, WebM/Matroska, PNG, JPEG or WebP.
    """
    with path.open("rb") as file:
        head = file.read(16)
    if head[4:8] in _MP4_FIRST_BOXES:
        return "mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    raise MediaError("wrong_type", "The file is neither a video (MP4, WebM) nor an image (PNG, JPEG, WebP).")


def check_bytes(path: Path, max_bytes: int) -> int:
    """Return the size of `path` in bytes. Raises `MediaError`:

    `undecodable` if empty, `too_large` above `max_bytes`.
    """
    size = path.stat().st_size
    if size == 0:
        raise MediaError("undecodable", "The file is empty.")
    if size > max_bytes:
        raise MediaError("too_large", f"The file has {size:,} bytes; at most {max_bytes:,} are taken.")
    return size


def top_level_boxes(path: Path) -> list[tuple[str, int, int]]:
    """List the top-level boxes of an MP4 as `(type, offset, size)` in bytes, following ISO/IEC 14496-12, 4.2.

    A size may reach past the end of the file: that is how a cut file shows.
    """
    boxes: list[tuple[str, int, int]] = []
    end = path.stat().st_size
    with path.open("rb") as file:
        offset = 0
        while offset + 8 <= end and len(boxes) < _MAX_BOXES:
            file.seek(offset)
            header = file.read(16)
            size, header_size = int.from_bytes(header[:4], "big"), 8
            if size == 1:
                size, header_size = int.from_bytes(header[8:16], "big"), 16
            elif size == 0:
                size = end - offset
            if size < header_size:
                break
            boxes.append((header[4:8].decode("latin-1"), offset, size))
            offset += size
    return boxes


def is_faststart(path: Path) -> bool:
    """Say whether the index (`moov`) of an MP4 stands before its media data (`mdat`)."""
    kinds = [kind for kind, _, _ in top_level_boxes(path)]
    return "moov" in kinds and "mdat" in kinds and kinds.index("moov") < kinds.index("mdat")


@contextmanager
def reading() -> Iterator[None]:
    """Turn what FFmpeg says while reading a source into a `MediaError`.

    Only for demuxing and decoding: an error while writing is about our disk, not about somebody's file.
    """
    try:
        yield
    except av.FFmpegError as error:
        raise MediaError("undecodable", f"The file cannot be decoded ({error.strerror}).") from error


def open_video(path: Path, *, max_bytes: int) -> InputContainer:
    """Open a video for reading, at most `max_bytes` long and `MAX_PIXELS` a frame. The caller closes it.

    Raises `MediaError`: `wrong_type`, `too_large`, `truncated` (it ends inside a box) or `undecodable`.
    """
    size = check_bytes(path, max_bytes)
    kind = recognise(path)
    if kind not in _DEMUXER:
        raise MediaError("wrong_type", f"The file is an image ({kind}), not a video.")
    if kind == "mp4" and any(offset + length > size for _, offset, length in top_level_boxes(path)):
        raise MediaError("truncated", "The video ends before its last part.")
    with reading():
        container = av.open(
            f"file:{path}",
            format=_DEMUXER[kind],
            # `max_pixels` also holds inside FFmpeg, for a stream that grows after its header.
            options={"protocol_whitelist": "file", "max_pixels": str(MAX_PIXELS)},
        )
    try:
        _check_promises(container)
    except MediaError:
        container.close()
        raise
    return container


def video_track(container: InputContainer) -> VideoStream:
    """Return the first moving picture of `container`. Raises `MediaError`: `undecodable` if it has none."""
    for stream in container.streams.video:
        if not stream.disposition & av.stream.Disposition.attached_pic:
            return stream
    raise MediaError("undecodable", "The file holds no video.")


def _check_promises(container: InputContainer) -> None:
    track = video_track(container)
    if track.codec_context is None:
        raise MediaError("undecodable", "The video is in a codec that this installation cannot read.")
    if track.width * track.height > MAX_PIXELS:
        raise MediaError("too_large", f"The video is {track.width}x{track.height}; 4096x2304 is the most.")
    if container.duration is not None and container.duration / av.time_base > MAX_SECONDS:
        raise MediaError("too_large", f"The video is longer than {MAX_SECONDS:.0f} seconds.")
    track.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
    track.thread_type = "AUTO"
