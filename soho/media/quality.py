"""The quality gate: is there something to see, does it move, and is it as long as promised?"""

from typing import Any

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from soho.media.errors import MediaError

Luma = npt.NDArray[np.uint8]

_STEP = 4
"""Every fourth pixel in each direction: of a 480 px wide rendition, some 25,000 a frame."""
_BLACK_LUMA = 32
"""Of 16..235. A night scene has lit windows, stars, a horizon above it; an encoder's failure has not."""
_BRIGHT_SHARE = 0.001
_BLACK_FRAMES = 0.98
_MOVED_LUMA = 10
"""Above what a low-bitrate encoder changes between two codings of the same picture."""
_MOVED_SHARE = 0.0005
_MOVED_MEAN = 2.5
"""A slow change of light all over, where no single pixel goes far."""
LENGTH_TOLERANCE_SECONDS = 0.5
LENGTH_TOLERANCE_SHARE = 0.15
_LOST_SHARE = 0.02


def luma_sample(frame: VideoFrame) -> Luma:
    """Return a copy of every fourth pixel of the luma plane of a planar YUV `frame`, as `(height/4,
    width/4)`.
    """
    plane = frame.planes[0]
    rows: Luma = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)  # type: ignore[call-overload]  # a plane is a buffer
    return rows[: frame.height : _STEP, : frame.width : _STEP].copy()


def is_black(luma: Luma) -> bool:
    """Say whether practically no pixel of a limited-range luma sample is brighter than black."""
    return bool(np.count_nonzero(luma > _BLACK_LUMA) <= _BRIGHT_SHARE * luma.size)


class QualityGate:
    """Sees every frame once, small, and remembers only the first one and two counts."""

    def __init__(self) -> None:
        self.frames = 0
        self._black = 0
        self._first: npt.NDArray[np.int16] | None = None
        self._moved = False

    def see(self, frame: VideoFrame) -> None:
        """Take note of a planar, limited-range YUV `frame`, about 480 px wide."""
        luma = luma_sample(frame)
        self.frames += 1
        self._black += is_black(luma)
        if self._first is None:
            self._first = luma.astype(np.int16)
        elif not self._moved:  # once it has moved it cannot un-move, so the rest costs nothing
            change: npt.NDArray[Any] = np.abs(luma - self._first)
            far = np.count_nonzero(change > _MOVED_LUMA) > _MOVED_SHARE * change.size
            self._moved = bool(far or change.mean() > _MOVED_MEAN)

    def verdict(self) -> None:
        """Raise `MediaError` (`undecodable`, `black` or `frozen`) unless there was something to see and it
        moved.
        """
        if self.frames == 0:
            raise MediaError("undecodable", "No frame of the video could be decoded.")
        if self._black >= _BLACK_FRAMES * self.frames:
            raise MediaError("black", "The video is black from beginning to end.")
        if not self._moved:
            raise MediaError("frozen", "Nothing moves in the video.")


def check_length(seconds: float, expected: float | None) -> None:
    """Raise `MediaError` (`wrong_length`) if `seconds` is off `expected` by more than 0.5 s and more than
    15 %.
    """
    if expected is None:
        return
    if abs(seconds - expected) > max(LENGTH_TOLERANCE_SECONDS, LENGTH_TOLERANCE_SHARE * expected):
        raise MediaError("wrong_length", f"The video is {seconds:.1f} s long, not {expected:.1f} s.")


def check_complete(frames: int, promised: int) -> None:
    """Raise `MediaError` (`truncated`) if more than 2 % of the `promised` frames, and more than one, are
    missing.
    """
    if promised - frames > max(1, _LOST_SHARE * promised):
        raise MediaError("truncated", f"The video breaks off: {frames} of its {promised} frames are there.")
