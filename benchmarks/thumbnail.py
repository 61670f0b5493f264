"""Thumbnails: ours in process against the `ffmpeg` command and Pillow, on the same clips, in turns.

    python benchmarks/thumbnail.py [rounds]

Makes two clips of 8 s at 1080x1920 (one long group of pictures, and one of 2 s each), takes the middle frame
of each as a 640 px JPEG both ways, in pairs, and prints medians and their ratio. Without `ffmpeg` it says so
and prints ours.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import av
import numpy as np
from PIL import Image

from soho.media import probe, thumbnail_from_video

SECONDS, FPS, WIDTH, HEIGHT = 8, 24, 1080, 1920


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


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    command = shutil.which("ffmpeg") and shutil.which("ffprobe")
    with tempfile.TemporaryDirectory() as folder:
        for name, gop in (("one long GOP", SECONDS * FPS), ("2 s GOP", 2 * FPS)):
            clip = make_clip(Path(folder, f"{gop}.mp4"), gop)
            out = Path(folder, "ours.jpg")
            pairs = []
            for _ in range(rounds):
                ours = seconds(thumbnail_from_video, clip, out)
                theirs = seconds(with_command, clip, Path(folder, "theirs.jpg")) if command else 0.0
                pairs.append((ours, theirs))
            ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
            line = f"{name:13} {probe(clip).size_bytes / 1e6:.1f} MB   soho {ours * 1e3:6.0f} ms"
            line += f", {out.stat().st_size:,} bytes"
            if command:
                ratio = statistics.median(ours / theirs for ours, theirs in pairs)
                line += f"   ffmpeg + Pillow {theirs * 1e3:6.0f} ms   ratio {ratio:.2f}"
            print(line)
    if not command:
        print("ffmpeg is not installed here, so there is nothing to compare with.")


if __name__ == "__main__":
    main()
