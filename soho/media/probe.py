"""What a file really is: measured on its packets and a decoded picture, never taken from its header alone."""

from bisect import bisect_right
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from soho.media.container import (
    MAX_BYTES,
    MAX_FRAMES,
    MAX_SECONDS,
    check_bytes,
    open_video,
    reading,
    recognise,
    video_track,
)
from soho.media.errors import MediaError
from soho.media.picture import open_picture
from soho.media.quality import check_complete
from soho.media.tracks import turned

_MISSING_TAIL_SECONDS = 0.25
_MISSING_TAIL_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Probe:
    """What a file holds, as a person would see it.

    `width` and `height` are pixels after rotation and pixel shape are honoured; `duration` is in seconds,
    from the first picture to the end of the last (0 for an image); `fps` is the mean over that time (0 for an
    image).
    """

    kind: Literal["video", "image"]
    container: str
    width: int
    height: int
    duration: float
    fps: float
    video_codec: str
    pix_fmt: str
    audio_codec: str | None
    size_bytes: int
    rotation: int

    @property
    def has_audio(self) -> bool:
        return self.audio_codec is not None


@dataclass(frozen=True, slots=True)
class Timeline:
    """When each frame of a video shows:

    ascending timestamps in `time_base` units, and where the last one ends.
    """

    times: tuple[int, ...]
    end: int
    time_base: Fraction
    audio_packets: int

    @property
    def seconds(self) -> float:
        return float((self.end - self.times[0]) * self.time_base)

    @property
    def fps(self) -> float:
        return len(self.times) / self.seconds if self.seconds else 0.0

    @property
    def middle(self) -> int:
        """The timestamp of the frame on screen at half time."""
        halfway = (self.times[0] + self.end) / 2
        return self.times[bisect_right(self.times, halfway) - 1]


def probe(path: Path, *, max_bytes: int = MAX_BYTES) -> Probe:
    """Measure a video or image file: read every packet's time, decode the first picture.

    Raises `MediaError`: `wrong_type`, `too_large`, `undecodable` or `truncated`.
    """
    size = check_bytes(path, max_bytes)
    kind = recognise(path)
    if kind in ("png", "jpeg", "webp"):
        with open_picture(path, max_bytes=max_bytes) as picture:
            return Probe("image", kind, *picture.size, 0.0, 0.0, kind, picture.mode.lower(), None, size, 0)
    with open_video(path, max_bytes=max_bytes) as container:
        timeline, first = survey(container)
        return describe(container, first, timeline, size)


def read_timeline(
    container: InputContainer, look: Callable[["Packet[Any]"], None] = lambda packet: None
) -> Timeline:
    """Read every packet of `container` to its end and return when each frame shows; `look` sees the video's
    packets.

    Raises `MediaError`: `truncated` if frames that the index promises are missing, `too_large` past 300 s or
    36,000 frames, `undecodable` if there are none.
    """
    track = video_track(container)
    times: set[int] = set()
    end = 0
    packets = audio_packets = 0
    usual = _frame_ticks(track)
    with reading():
        for packet in container.demux():
            if packet.stream_index != track.index:
                audio_packets += packet.stream.type == "audio" and packet.size > 0
                continue
            look(packet)
            packets += packet.size > 0
            if packet.pts is not None and packet.size and not packet.is_discard:
                times.add(packet.pts)
                end = max(end, packet.pts + (packet.duration or usual))
            if packets > MAX_FRAMES:
                raise MediaError("too_large", f"The video has more than {MAX_FRAMES:,} frames.")
    if not times or track.time_base is None:
        raise MediaError("undecodable", "The video holds no frames.")
    timeline = Timeline(tuple(sorted(times)), end, track.time_base, audio_packets)
    if timeline.seconds > MAX_SECONDS:
        raise MediaError("too_large", f"The video is longer than {MAX_SECONDS:.0f} seconds.")
    if track.frames:
        check_complete(packets, track.frames)
    else:
        _check_tail(container, timeline)
    return timeline


def survey(container: InputContainer) -> tuple[Timeline, VideoFrame]:
    """Read `container` to its end like `read_timeline`, decoding just enough for the first frame.

    Raises `MediaError` as `read_timeline`, and `undecodable` if no frame comes out.
    """
    first: list[VideoFrame] = []

    def look(packet: "Packet[Any]") -> None:
        if not first:
            with suppress(av.InvalidDataError):  # the next packet may be whole; the gate counts the lost ones
                first.extend(packet.decode()[:1])

    timeline = read_timeline(container, look)
    if not first:
        raise MediaError("undecodable", "No frame of the video could be decoded.")
    return timeline, first[0]


def display_size(track: VideoStream, rotation: int) -> tuple[int, int]:
    """Return `(width, height)` in square pixels as shown, for a track turned by `rotation` degrees."""
    shape = track.sample_aspect_ratio or Fraction(1)
    width = max(1, round(track.width * shape)) if shape > 0 else track.width
    return (track.height, width) if rotation % 180 else (width, track.height)


def describe(container: InputContainer, frame: VideoFrame, timeline: Timeline, size_bytes: int) -> Probe:
    """Join what the container says, what `frame` shows and what `timeline` measured."""
    track = video_track(container)
    audio = container.streams.audio[0] if container.streams.audio and timeline.audio_packets else None
    rotation = turned(frame)
    width, height = display_size(track, rotation)
    return Probe(
        kind="video",
        container="mp4" if "mp4" in container.format.name else "webm",
        width=width,
        height=height,
        duration=timeline.seconds,
        fps=timeline.fps,
        video_codec=track.codec_context.codec.canonical_name,
        pix_fmt=frame.format.name,
        audio_codec=audio.codec_context.codec.canonical_name if audio else None,
        size_bytes=size_bytes,
        rotation=rotation,
    )


def _frame_ticks(track: VideoStream) -> int:
    rate = track.average_rate or track.guessed_rate
    return max(1, round(1 / (rate * track.time_base))) if rate and track.time_base else 1


def _check_tail(container: InputContainer, timeline: Timeline) -> None:
    # WebM has no frame count; its header has a length, unless it was written as a live stream.
    if container.duration:
        promised = container.duration / av.time_base
        missing = promised - float(timeline.end * timeline.time_base)
        if missing > max(_MISSING_TAIL_SECONDS, _MISSING_TAIL_SHARE * promised):
            raise MediaError("truncated", f"The video breaks off {missing:.1f} s before its end.")
