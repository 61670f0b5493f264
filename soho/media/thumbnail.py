"""Thumbnails: 640 px wide JPEGs of 10 to 50 KB, from the exact middle of a video or from a picture."""

from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter
from PIL import Image, ImageDraw

from soho.media.container import MAX_BYTES, open_video, reading, video_track
from soho.media.errors import MediaError
from soho.media.picture import write_jpeg
from soho.media.probe import display_size, read_timeline
from soho.media.tracks import assumed_matrix, turned

THUMBNAIL_WIDTH = 640
THUMBNAIL_MAX_HEIGHT = 1920
THUMBNAIL_MAX_BYTES = 50_000
STILL_WIDTH = 1600
STILL_MAX_HEIGHT = 1920
STILL_MAX_BYTES = 300_000
_WORTH_IT = 1.25
"""How much wider than its thumbnail a picture must be for a rendition between the two."""


def fit(size: tuple[int, int], width: int, max_height: int) -> tuple[int, int]:
    """Return the size with `size`'s proportions that is `width` wide, or less where it would pass
    `max_height`.
    """
    scale = min(width / size[0], max_height / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def upright(frame: VideoFrame, size: tuple[int, int]) -> Image.Image:
    """Return `frame` as RGB, turned as it asks, scaled to `size` `(width, height)` as shown."""
    turn = turned(frame)
    width, height = size[::-1] if turn % 180 else size
    scaled = VideoReformatter().reformat(
        frame,
        width,
        height,
        format="rgb24",
        src_colorspace=assumed_matrix(frame),
        interpolation=Interpolation.AREA,
    )
    picture = np.rot90(scaled.to_ndarray(), turn // 90)
    return Image.fromarray(np.ascontiguousarray(picture))


def thumbnail_from_frame(frame: VideoFrame, shown: tuple[int, int], out: Path) -> Image.Image:
    """Write the thumbnail of `frame`, whose size as shown is `shown`, to `out`; return the picture at full
    quality.

    640 px wide, at most 50 KB. Raises `OSError` if `out` cannot be written.
    """
    picture = upright(frame, fit(shown, THUMBNAIL_WIDTH, THUMBNAIL_MAX_HEIGHT))
    write_jpeg(picture, out, max_bytes=THUMBNAIL_MAX_BYTES)
    return picture


def thumbnail_from_picture(picture: Image.Image, out: Path) -> None:
    """Write the thumbnail of an RGB `picture` to `out`. Raises `OSError` if `out` cannot be written."""
    size = fit(picture.size, THUMBNAIL_WIDTH, THUMBNAIL_MAX_HEIGHT)
    small = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    write_jpeg(small, out, max_bytes=THUMBNAIL_MAX_BYTES)


def still_from_picture(picture: Image.Image, out: Path) -> bool:
    """Write the light version of an RGB `picture` for large screens to `out`, a JPEG of at most 1600 px width
    and 300 KB; False, and nothing is written, when the picture is hardly wider than its thumbnail.

    Raises `OSError` if `out` cannot be written.
    """
    if picture.width < THUMBNAIL_WIDTH * _WORTH_IT:
        return False
    size = fit(picture.size, min(STILL_WIDTH, picture.width), STILL_MAX_HEIGHT)
    small = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    write_jpeg(small, out, max_bytes=STILL_MAX_BYTES)
    return True


def thumbnail_from_video(path: Path, out: Path, *, max_bytes: int = MAX_BYTES) -> None:
    """Write the thumbnail of the frame on screen at half time of the video `path` to `out`.

    Seeks to the keyframe before that instant and decodes only from there. Raises `MediaError` as `probe`
    does, and `OSError` if `out` cannot be written.
    """
    with open_video(path, max_bytes=max_bytes) as container:
        middle = read_timeline(container).middle
        track = video_track(container)
        nearest: VideoFrame | None = None
        with reading():
            container.seek(middle, stream=track)
            for frame in container.decode(track):
                if frame.pts is None or (frame.pts > middle and nearest is not None):
                    break
                nearest = frame
                if frame.pts >= middle:
                    break
        if nearest is None:
            raise MediaError("undecodable", "The middle of the video cannot be decoded.")
        thumbnail_from_frame(nearest, display_size(track, turned(nearest)), out)


def placeholder_thumbnail(out: Path, size: tuple[int, int] = (THUMBNAIL_WIDTH, 1138)) -> None:
    """Draw a neutral thumbnail to `out`, for a video that has none of its own: a dusky gradient and a play
    mark.

    `size` is `(width, height)` of the video; the drawing is 640 px wide in the same proportions.
    """
    width, height = fit(size, THUMBNAIL_WIDTH, THUMBNAIL_MAX_HEIGHT)
    dusk = Image.linear_gradient("L").resize((width, height))
    picture = Image.composite(
        Image.new("RGB", dusk.size, "#3a3f4d"), Image.new("RGB", dusk.size, "#171a21"), dusk
    )
    radius = min(width, height) / 9
    x, y = width / 2, height / 2
    corners = [(x - 0.5 * radius, y - radius), (x - 0.5 * radius, y + radius), (x + radius, y)]
    ImageDraw.Draw(picture).polygon(corners, fill="#8a90a0")
    write_jpeg(picture, out, max_bytes=THUMBNAIL_MAX_BYTES)
