"""Writing what a pipeline made: frames and sound into one MP4, a picture into a PNG."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import VideoReformatter

BT709, LIMITED_RANGE = 1, 1
QUALITY = "16"  # x264's crf: hardly to be told from the frames; everything smaller is made from this file
# AAC knows these; sound at any other rate is resampled.
RATES = (48_000, 44_100, 32_000, 24_000, 16_000)


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples between -1 and 1, `(channels, samples)`, one or two channels, at `rate` a second."""

    samples: npt.NDArray[np.float32]
    rate: int


def write_film(
    out: Path,
    frames: npt.NDArray[np.uint8],
    fps: float,
    sound: Sound | None,
    written: Callable[[int, int], None],
) -> None:
    """Encodes RGB `frames` `(n, height, width, 3)` at `fps`, and `sound`, as H.264 and AAC into `out`.

    Calls `written(frame, frames)` before each frame; what it raises passes through. Sides are cut to even.
    """
    rate = Fraction(fps).limit_denominator(1001)
    height, width = (side // 2 * 2 for side in frames.shape[1:3])
    with av.open(str(out), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        video = _video_stream(container, (width, height), rate)
        track = SoundTrack(container, sound, seconds=len(frames) / rate) if sound else None
        reformatter = VideoReformatter()
        for index, picture in enumerate(frames):
            written(index, len(frames))
            rgb = np.ascontiguousarray(picture[:height, :width])
            frame = reformatter.reformat(
                av.VideoFrame.from_ndarray(rgb, format="rgb24"), format="yuv420p", dst_colorspace=BT709
            )
            frame.pts, frame.time_base = index, 1 / rate
            frame.colorspace, frame.color_range = BT709, LIMITED_RANGE
            container.mux(video.encode(frame))
            if track:
                track.play_until((index + 1) / rate)
        container.mux(video.encode(None))
        if track:
            track.finish()


def _video_stream(
    container: av.container.OutputContainer, size: tuple[int, int], rate: Fraction
) -> av.VideoStream:
    stream = container.add_stream("libx264", rate=rate, options={"crf": QUALITY, "preset": "fast"})
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.gop_size = max(1, round(2 * rate))
    context.colorspace = context.color_primaries = context.color_trc = BT709
    context.color_range = LIMITED_RANGE
    stream.time_base = context.time_base = 1 / rate
    return stream


class SoundTrack:
    """An AAC track of `sound`, written beside the pictures as they come. It ends with them at the latest:

    players would freeze the last picture meanwhile.
    """

    def __init__(self, container: av.container.OutputContainer, sound: Sound, *, seconds: Fraction) -> None:
        self._container = container
        self._rate = sound.rate if sound.rate in RATES else RATES[0]
        self._stream = container.add_stream("aac", rate=self._rate)
        self._stream.bit_rate, self._stream.layout = 192_000, "stereo"
        samples = np.nan_to_num(sound.samples, nan=0.0).clip(-1, 1).astype(np.float32)
        if samples.shape[0] == 1:
            samples = np.repeat(samples, 2, axis=0)
        self._parts = _cut(samples[:2, : int(seconds * sound.rate)], sound.rate, self._rate)
        self._played = 0

    def play_until(self, seconds: Fraction) -> None:
        """Writes what sounds before `seconds`."""
        while self._parts and self._played < seconds * self._rate:
            part = self._parts.pop(0)
            self._played += part.samples
            self._container.mux(self._stream.encode(part))

    def finish(self) -> None:
        """Writes the rest and ends the track."""
        for part in self._parts:
            self._container.mux(self._stream.encode(part))
        self._container.mux(self._stream.encode(None))


def _cut(samples: npt.NDArray[np.float32], rate: int, wanted: int) -> list[av.AudioFrame]:
    """Planar stereo at `rate` as frames of an encoder's size at the rate `wanted`."""
    if not samples.shape[1]:
        return []
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout="stereo")
    frame.rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=wanted, frame_size=1024)
    return [*resampler.resample(frame), *resampler.resample(None)]
