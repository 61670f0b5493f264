"""What makes a draft preview quick: there is less of it, and the encoder hurries.

Scene, painters, camera, sound and finish are the full film's own.
"""

from __future__ import annotations

import av

from soho.diorama.encode import VideoFile
from soho.diorama.reading import check_size

SIDE = 360  # pixels of the shorter side
SECONDS = 4.0
FPS = 12
LONGEST_SIDE = 4096  # pixels


class QuickFile(VideoFile):
    """An MP4 that is written in a hurry: larger than it could be, which at this size is no matter."""

    def _video(self, container: av.container.OutputContainer) -> av.VideoStream:
        stream = super()._video(container)
        stream.codec_context.options = {**stream.codec_context.options, "preset": "ultrafast"}
        return stream


def preview_size(width: int, height: int) -> tuple[int, int]:
    """The size of the preview of a film of `width` x `height`: the same shape, 360 pixels on the shorter
    side, both sides even.

    Raises ValueError that names the argument for a size that no film can have.
    """
    check_size("width", width)
    check_size("height", height)
    scale = SIDE / min(width, height)
    longer = min(LONGEST_SIDE, round(max(width, height) * scale / 2) * 2)
    return (SIDE, longer) if width <= height else (longer, SIDE)
