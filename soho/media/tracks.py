"""The tracks of an MP4 being written: copied packet by packet, or encoded from decoded frames."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter
from av.video.stream import VideoStream

_UNSPECIFIED = 2
"""As FFmpeg numbers colour matrices, primaries and transfers (ITU-T H.273)."""
_BT709 = 1
_HD_SIDE = 720
_AUDIO_RATES = frozenset({32_000, 44_100, 48_000})
_KEYFRAME_SECONDS = 2


def open_mp4(path: Path) -> OutputContainer:
    """Start an MP4 at `path` whose index will stand in front.

    The caller closes it, which writes the index.
    """
    return av.open(str(path), "w", format="mp4", options={"movflags": "faststart"})


def assumed_matrix(frame: VideoFrame) -> int:
    """Return the colour matrix of `frame`; BT.709 for an HD picture that names none, as players assume."""
    if frame.colorspace == _UNSPECIFIED and min(frame.width, frame.height) >= _HD_SIDE:
        return _BT709
    return frame.colorspace


class CopiedTrack:
    """A track whose packets go into the new file as they are."""

    def __init__(self, out: OutputContainer, source: Stream) -> None:
        self._out = out
        self._stream = out.add_stream_from_template(source)
        self._stream.metadata.clear()

    def take(self, packet: "Packet[Any]") -> None:
        """Write `packet`, which must not be used afterwards.

        The empty packets that end a stream are dropped.
        """
        if packet.dts is not None and packet.size:
            packet.stream = self._stream
            self._out.mux(packet)


class VideoTrack:
    """An H.264 track of `size` (as shown, even numbers), encoded from frames;

    it begins with `first`, at time 0.
    """

    def __init__(
        self,
        out: OutputContainer,
        source: VideoStream,
        size: tuple[int, int],
        *,
        first: VideoFrame,
        options: dict[str, str],
    ) -> None:
        assert source.time_base is not None  # the source's frames carry times in it
        rate = source.average_rate or Fraction(24)
        stream = out.add_stream("libx264", rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        codec = stream.codec_context
        codec.time_base = source.time_base  # keeps a variable frame rate as it is
        codec.gop_size = max(1, round(rate * _KEYFRAME_SECONDS))
        codec.thread_type = "AUTO"
        # A smaller picture without these would be taken for standard definition and change its colours.
        untagged = assumed_matrix(first) != first.colorspace
        codec.color_range = 1
        codec.colorspace = assumed_matrix(first)
        codec.color_primaries = _BT709 if untagged else first.color_primaries
        codec.color_trc = _BT709 if untagged else first.color_trc
        self._out, self._stream, self._turn = out, stream, turned(first)
        self._size = size[::-1] if self._turn % 180 else size
        self._start = first.pts or 0
        self._scaler = VideoReformatter()

    def take(self, frame: VideoFrame) -> VideoFrame:
        """Encode `frame`; return it scaled and upright, as limited-range yuv420p.

        The original stays as it was.
        """
        width, height = self._size
        small = self._scaler.reformat(
            frame,
            width,
            height,
            format="yuv420p",
            interpolation=Interpolation.AREA if width < frame.width else Interpolation.BICUBIC,
            dst_color_range="MPEG",
        )
        if small is frame:  # nothing to change; but the encoder's copy needs times of its own
            small = frame.reformat(format="yuv420p", width=width, height=height)
        if self._turn:
            small = _turn(small, self._turn)
        small.pts = (frame.pts or 0) - self._start
        small.time_base = frame.time_base
        small.pict_type = 0  # the source's choice of keyframes is not ours
        self._out.mux(self._stream.encode(small))
        return small

    def finish(self) -> None:
        self._out.mux(self._stream.encode(None))


class AudioTrack:
    """An AAC track, at most stereo, of `bit_rate` bits a second, beginning `start` seconds into the
    source.
    """

    def __init__(self, out: OutputContainer, source: AudioStream, *, start: Fraction, bit_rate: int) -> None:
        rate = source.codec_context.sample_rate
        stream = out.add_stream("aac", rate=rate if rate in _AUDIO_RATES else 48_000)
        stream.codec_context.layout = "mono" if source.codec_context.channels == 1 else "stereo"
        stream.codec_context.bit_rate = bit_rate
        self._out, self._stream, self._start = out, stream, start

    def take(self, frame: AudioFrame) -> None:
        """Encode `frame`, timed by the new file's clock. The frame stays as it was."""
        time = frame.pts
        if time is not None and frame.time_base:
            frame.pts = time - int(self._start / frame.time_base)
        self._out.mux(self._stream.encode(frame))
        frame.pts = time

    def finish(self) -> None:
        self._out.mux(self._stream.encode(None))


def turned(frame: VideoFrame) -> int:
    """Return the quarter turns, in degrees counter-clockwise, that `frame` asks to be shown with:

    0, 90, 180 or 270.
    """
    return round(frame.rotation / 90) * 90 % 360


def _turn(frame: VideoFrame, degrees: int) -> VideoFrame:
    planes = []
    for index, plane in enumerate(frame.planes):
        width = frame.width if index == 0 else frame.width // 2
        height = frame.height if index == 0 else frame.height // 2
        rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)  # type: ignore[call-overload]  # a plane is a buffer
        planes.append(np.rot90(rows[:height, :width], degrees // 90).ravel())
    width, height = (frame.height, frame.width) if degrees % 180 else (frame.width, frame.height)
    return VideoFrame.from_ndarray(np.concatenate(planes).reshape(height * 3 // 2, width), "yuv420p")
