"""Diorama: a procedural renderer that turns a prompt into a landscape, as a film with sound or as a still.

It is a program that paints, not a neural model: it reads the prompt with a lexicon, settles a typed `Scene`,
cuts the scene's layers once, and moves a camera through them. What it understood and what it could not draw
stand in the scene. It needs no network, no GPU and no key, imports nothing of Django, and runs anywhere
numpy, OpenCV, Pillow and PyAV do.

    scene = read("A sunset over mountains with vibrant colors", seed=7, width=1080, height=1920)
    print(scene.explain())
    render_video(scene.prompt, Path("sunset.mp4"), seed=7)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from soho.diorama.reading import read
from soho.diorama.scene import Camera, Heard, Scene, Setting, Time, Water, Weather

__all__ = [
    "Camera",
    "Heard",
    "Scene",
    "Setting",
    "Time",
    "Water",
    "Weather",
    "read",
    "render_image",
    "render_preview",
    "render_video",
]

LONGEST = 60.0  # seconds
BEST_MOMENT = 0.30  # the share of the clip that a still shows

Progress = Callable[[int, int], None]


def render_video(
    prompt: str,
    out: Path,
    *,
    seed: int,
    width: int = 1080,
    height: int = 1920,
    seconds: float = 8.0,
    fps: int = 24,
    progress: Progress | None = None,
) -> Scene:
    """Render the prompt as an MP4 at `out` (H.264, BT.709, a key frame every 2 s; stereo AAC) and return its
    scene.

    The film has round(seconds * fps) frames and sound of the same length. Equal arguments draw equal frames.
    `progress` is called as progress(done, total) after every frame, in the calling thread; what it raises
    ends the rendering and propagates. The file appears at `out` only when it is whole. Raises ValueError that
    names the argument for a width or height that is odd or not 64 to 4096, seconds not in (0, 60], or fps not
    1 to 120.
    """
    if isinstance(fps, bool) or not isinstance(fps, int) or not 1 <= fps <= 120:
        raise ValueError(f"fps must be a whole number from 1 to 120, not {fps!r}")
    if not (math.isfinite(seconds) and 0 < seconds <= LONGEST):
        raise ValueError(f"seconds must be above 0 and at most {LONGEST:g}, not {seconds!r}")
    scene = read(prompt, seed, width, height)
    from soho.diorama.encode import VideoFile
    from soho.diorama.film import Film
    from soho.diorama.sound import soundtrack
    from soho.diorama.weather import strikes

    total = max(1, round(seconds * fps))
    with ThreadPoolExecutor(1) as pool:
        heard = pool.submit(soundtrack, scene, total / fps, strikes(scene))
        film = Film(scene, total / fps)
        sound = heard.result()
    with VideoFile(Path(out), (width, height), fps, sound) as video:
        for number in range(total):
            video.write(film.frame(number / total, number, video.blank()))
            if progress:
                progress(number + 1, total)
    return scene


def render_preview(prompt: str, out: Path, *, seed: int, width: int = 1080, height: int = 1920) -> Scene:
    """Render a draft preview of the film of `width` x `height` that this prompt and seed make, as an MP4 at
    `out`, and return its scene, which is the full film's but for the size.

    It is 360 pixels on its shorter side, 4 s long, with 12 frames a second and sound. The file appears at
    `out` only when it is whole. Raises ValueError that names the argument for a width or height that is odd
    or not 64 to 4096.
    """
    from soho.diorama.film import Film
    from soho.diorama.preview import FPS, SECONDS, QuickFile, preview_size
    from soho.diorama.sound import soundtrack

    size = preview_size(width, height)
    scene = read(prompt, seed, *size)
    total = round(SECONDS * FPS)
    film = Film(scene, SECONDS)
    sound = soundtrack(scene, SECONDS, tuple(bolt.at for bolt in film.bolts))
    with QuickFile(Path(out), size, FPS, sound) as video:
        for number in range(total):
            video.write(film.frame(number / total, number, video.blank()))
    return scene


def render_image(
    prompt: str,
    out: Path,
    *,
    seed: int,
    width: int = 1080,
    height: int = 1080,
    progress: Progress | None = None,
) -> Scene:
    """Render the prompt as a still at `out`, in the format of its suffix (.png, .jpg, .webp), and return its
    scene.

    `progress` is called with (1, 2) when the layers are painted and (2, 2) when the picture is drawn; what it
    raises propagates and leaves no file. Raises ValueError that names the argument for a bad size or suffix.
    """
    from soho.diorama.canvas import rgb_of
    from soho.diorama.film import Film
    from soho.diorama.still import format_of, write_still

    format_of(Path(out))
    scene = read(prompt, seed, width, height)
    film = Film(scene, 8.0, grid=1)
    if progress:
        progress(1, 2)
    rgb = rgb_of(film.frame(BEST_MOMENT))
    if progress:
        progress(2, 2)
    write_still(rgb, Path(out))
    return scene
