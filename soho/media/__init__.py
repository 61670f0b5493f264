"""Probe, quality gate, thumbnail, renditions:

pure functions over local files, in process with FFmpeg's libraries.
"""

from soho.media.container import is_faststart
from soho.media.errors import MediaCode, MediaError
from soho.media.image import ImageResult, process_image
from soho.media.probe import Probe, probe
from soho.media.thumbnail import placeholder_thumbnail, thumbnail_from_frame, thumbnail_from_video
from soho.media.video import VideoResult, process_video

__all__ = [
    "ImageResult",
    "MediaCode",
    "MediaError",
    "Probe",
    "VideoResult",
    "is_faststart",
    "placeholder_thumbnail",
    "probe",
    "process_image",
    "process_video",
    "thumbnail_from_frame",
    "thumbnail_from_video",
]
