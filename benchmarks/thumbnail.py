"""Thumbnails: ours in process against the `ffmpeg` command and Pillow, on the same clips, in turns.

Makes two clips of 8 s at 1080x1920 (one long group of pictures, and one of 2 s each), takes the middle frame
of each as a 640 px JPEG both ways, in pairs. Without `ffmpeg` there are only our own figures.
"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from statistics import median

import av
import numpy as np
from PIL import Image

from benchmarks.figures import Figure, Report, paired_ratio, told
from soho.media import probe, thumbnail_from_video

SECONDS, FPS, WIDTH, HEIGHT = 8, 24, 1080, 1920
ROUNDS = 7


def make_clip(path: Path, gop: int) -> Path:
    """Write a moving gradient with grain, as hard to decode as a real scene of about 4 Mbit/s."""
    rng = np.random.default_rng(7)
    grain = rng.integers(0, 24, (HEIGHT, WIDTH * 2), np.uint8)
    wave = (np.sin(np.arange(WIDTH * 2) / 90) * 60 + 100).astype(np.uint8)
    with av.open(str(path), "w") as out:
        video = out.add_stream(
            "libx264", rate=FPS, options={"preset": "veryfast", "b:v": "4M", "maxrate": "4M", "bufsize": "8M"}
        )
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.codec_context.gop_size = gop
        for index in range(SECONDS * FPS):
            at = index * 4
            picture = np.empty((HEIGHT * 3 // 2, WIDTH), np.uint8)
            picture[:HEIGHT] = grain[:, at : at + WIDTH] + wave[None, at * 2 % WIDTH : at * 2 % WIDTH + WIDTH]
            picture[HEIGHT:] = 128
            out.mux(video.encode(av.VideoFrame.from_ndarray(picture, "yuv420p")))
        out.mux(video.encode(None))
    return path


def run(command: list[str]) -> bytes:
    return subprocess.run(command, capture_output=True, check=True).stdout  # words of our own


def with_command(clip: Path, out: Path) -> None:
    """The plain way:

    `ffprobe` for the length, `ffmpeg` to seek, decode and hand over a frame, Pillow to shrink it.
    """
    asked = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(clip)]
    length = float(run(asked))
    cut = [
        "ffmpeg",
        "-v",
        "error",
        "-ss",
        str(length / 2),
        "-i",
        str(clip),
        "-frames:v",
        "1",
        "-f",
        "image2pipe",
    ]
    frame = run([*cut, "-c:v", "png", "-"])
    with Image.open(BytesIO(frame)) as image:
        image.resize((640, round(image.height * 640 / image.width)), Image.Resampling.LANCZOS).save(
            out, quality=85
        )


def seconds(make: Callable[[Path, Path], None], clip: Path, out: Path) -> float:
    start = time.perf_counter()
    make(clip, out)
    return time.perf_counter() - start


def measure(rounds: int = ROUNDS) -> Report:
    """Both ways in turns, on both clips."""
    theirs = shutil.which("ffmpeg") and shutil.which("ffprobe")
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, gop in (("one long GOP", SECONDS * FPS), ("a key frame every 2 s", 2 * FPS)):
            clip, out = make_clip(Path(folder, f"{gop}.mp4"), gop), Path(folder, "ours.jpg")
            pairs = []
            for _ in range(rounds):
                ours = seconds(thumbnail_from_video, clip, out)
                pairs.append((ours, seconds(with_command, clip, Path(folder, "theirs.jpg")) if theirs else 0))
            note = f"{out.stat().st_size / 1000:.0f} KB, from {probe(clip).size_bytes / 1e6:.1f} MB"
            ours_all, theirs_all = zip(*pairs, strict=True)
            figures.append(Figure(f"{name}: Soho", median(ours_all) * 1000, "ms", note=note))
            if theirs:
                figures += [
                    Figure(f"{name}: ffmpeg + Pillow", median(theirs_all) * 1000, "ms"),
                    Figure(f"{name}: Soho / ffmpeg + Pillow", paired_ratio(ours_all, theirs_all), "x", 1.0),
                ]
    without = "" if theirs else "`ffmpeg` was not there, so there is nothing to compare with."
    title = f"The middle frame of {SECONDS} s at {WIDTH}x{HEIGHT} as a JPEG 640 pixels wide"
    return Report("thumbnail", title, figures, remarks=without)


def main(arguments: Sequence[str] | None = None) -> Report:
    """Measures and prints."""
    return told(lambda quick: measure(1 if quick else ROUNDS), arguments)


if __name__ == "__main__":
    main()
