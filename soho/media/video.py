"""From a model's file to what is stored: one pass of decoding gives the verdict and every picture."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from av.video.frame import VideoFrame
from PIL import Image

from soho.media.container import MAX_BYTES, open_video
from soho.media.probe import Probe, describe, survey
from soho.media.quality import check_length
from soho.media.single_pass import SinglePass
from soho.media.thumbhash import thumbhash
from soho.media.thumbnail import fit, thumbnail_from_frame, upright

MakeThumbnail = Callable[[VideoFrame, tuple[int, int], Path], Image.Image]
"""Called with the frame, its size as shown and where to write; returns the picture at full quality."""


@dataclass(frozen=True, slots=True)
class VideoResult:
    """What `process_video` made, all inside its `workdir`.

    `media` is a faststart MP4 (H.264, AAC); `copied` says that its picture was not encoded again. `thumbnail`
    is the frame at half time, or None with `thumbnail_error` saying why. `rendition` is the feed's light
    version; `poster` is its first frame, so that playback starts without a jump. `placeholder` is a ThumbHash
    in base64. `probe` describes `media`.
    """

    probe: Probe
    media: Path
    copied: bool
    thumbnail: Path | None
    thumbnail_error: str | None
    rendition: Path
    poster: Path
    placeholder: str


def process_video(
    path: Path,
    workdir: Path,
    *,
    expected_seconds: float | None = None,
    max_bytes: int = MAX_BYTES,
    checkpoint: Callable[[], None] = lambda: None,
    make_thumbnail: MakeThumbnail = thumbnail_from_frame,
) -> VideoResult:
    """Judge the video `path` and make everything that is stored of it, decoding it once.

    1. Read every packet's time: wrong length and missing parts show here, before anything is decoded.
    2. Decode once: the gate looks at each frame, the middle one is kept, the rendition is encoded, and the
       media is copied (or encoded, where it is not H.264/AAC in 4:2:0 MP4).
    3. Give the verdict, then write the thumbnail. A thumbnail that cannot be made is no error.

    `checkpoint` is called every few frames; what it raises ends the work and comes out of here. Files are
    written to `workdir`, which exists and which the caller removes, whatever happens. Raises `MediaError`
    with any of its codes and `OSError` when `workdir` cannot be written.
    """
    with open_video(path, max_bytes=max_bytes) as source:
        timeline, first = survey(source)
        probe = describe(source, first, timeline, path.stat().st_size)
    check_length(timeline.seconds, expected_seconds)
    checkpoint()
    with open_video(path, max_bytes=max_bytes) as source:
        work = SinglePass(source, timeline, first, workdir)
        work.run(checkpoint)
    thumbnail, error, picture = _thumbnail(work, workdir / "thumbnail.jpg", make_thumbnail)
    return VideoResult(
        probe=_probe_of_media(probe, work),
        media=work.media,
        copied=work.copied,
        thumbnail=thumbnail,
        thumbnail_error=error,
        rendition=work.rendition,
        poster=work.poster,
        placeholder=thumbhash(picture),
    )


def _probe_of_media(source: Probe, work: SinglePass) -> Probe:
    width, height = work.size
    return dataclasses.replace(
        source,
        container="mp4",
        width=width,
        height=height,
        video_codec="h264",
        pix_fmt=source.pix_fmt if work.copied else "yuv420p",
        audio_codec="aac" if source.has_audio else None,
        size_bytes=work.media.stat().st_size,
        rotation=source.rotation if work.copied else 0,
    )


def _thumbnail(
    work: SinglePass, out: Path, make: MakeThumbnail
) -> tuple[Path | None, str | None, Image.Image]:
    try:
        return out, None, make(work.middle, work.shown, out)
    except Exception as error:  # noqa: BLE001  # a boundary: whatever stops the thumbnail, the video is still good
        return None, f"{type(error).__name__}: {error}", upright(work.middle, fit(work.shown, 100, 100))
