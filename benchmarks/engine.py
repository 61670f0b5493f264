"""What the engine adds: from the model's file on the disk to the draft, over the same work in bare PyAV.

Bare is: decode the clip once, encode the feed's rendition with the same settings, copy the packets into a
faststart MP4, write the middle frame as thumbnail and the first as poster, and put all four on the disk. No
gate, no database, no ledger, no lease, no progress.
"""

import io
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from PIL import Image

from benchmarks.figures import Figure, Report, paired_ratio, told
from benchmarks.ground import ground

SECONDS, FPS, SIZE = 8, 24, (1080, 1920)
ROUNDS = 5


def measure(rounds: int = ROUNDS) -> Report:
    """The figures: both sides in turns, on the same clip."""
    with ground(SOHO_PROVIDERS="benchmarks.instant", SOHO_GRANT_TOKENS="100000") as home:
        clip = home / "clip.mp4"
        make_clip(clip)
        os.environ["BENCH_CLIP"] = str(clip)
        clip_bytes = clip.stat().st_size
        from soho.accounts.actions import create_user

        person = create_user("alice", "a long winter walk")
        ours, bare, spent = [], [], []
        for turn in range(rounds + 1):
            before = time.process_time()
            made = _through_the_engine(person)
            cpu, plain = time.process_time() - before, _bare(clip, home)
            if turn:  # the first round loads codecs and opens connections
                ours.append(made)
                spent.append(cpu)
                bare.append(plain)
        sizes = _sizes()
    figures = [
        Figure("file on disk to draft", median(ours), "s"),
        Figure("the same, bare PyAV", median(bare), "s"),
        Figure("file on disk to draft / bare PyAV", paired_ratio(ours, bare), "x", 1.3),
        Figure("file on disk to draft, CPU", median(spent), "s", note="of all threads"),
        Figure("the clip", clip_bytes / 1e6, "MB"),
        Figure("the light rendition", sizes["_feed"] / 1e6, "MB"),
        Figure("thumbnail and poster", (sizes["_thumb"] + sizes["_poster"]) / 1e6, "MB"),
    ]
    return Report("engine", f"The engine, {SECONDS} s at {SIZE[0]}x{SIZE[1]}", figures)


def make_clip(path: Path) -> None:
    """Eight seconds of 1080x1920 at 24 frames a second with sound, some 4 MB, as hosted models give."""
    width, height = SIZE
    random = np.random.default_rng(7)
    grain = random.integers(0, 24, (height, width + FPS * SECONDS * 4, 3), np.uint8)
    # Broad waves that wander across fine grain: much moves, as in a film, and the encoders have work to do.
    across, down = np.meshgrid(np.arange(width) / width, np.arange(height) / height)
    with av.open(str(path), "w", options={"movflags": "faststart"}) as out:
        options = {"preset": "veryfast", "b": "4M", "maxrate": "4M", "bufsize": "8M"}
        picture = out.add_stream("libx264", rate=FPS, options=options)
        picture.width, picture.height, picture.pix_fmt = width, height, "yuv420p"
        picture.codec_context.gop_size = FPS * 2
        sound = out.add_stream("aac", rate=48_000)
        for index in range(SECONDS * FPS):
            waves = 110 + 80 * np.sin(6 * across + 4 * down + index / 12)
            frame = waves.astype(np.uint8)[..., None] + grain[:, index * 4 : index * 4 + width]
            out.mux(picture.encode(av.VideoFrame.from_ndarray(frame, "rgb24")))
        out.mux(picture.encode(None))
        tone = np.sin(np.arange(SECONDS * 48_000) * 440 * 2 * np.pi / 48_000).astype(np.float32) * 0.2
        for start in range(0, tone.size, 1024):
            piece = av.AudioFrame.from_ndarray(np.stack([tone[start : start + 1024]] * 2), "fltp", "stereo")
            piece.sample_rate, piece.pts = 48_000, start
            out.mux(sound.encode(piece))
        out.mux(sound.encode(None))


def _through_the_engine(person: Any) -> float:
    """Seconds between two notes of the engine: the file is there, and the attempt is over."""
    from soho.creations import actions, intake
    from soho.creations.models import Creation, Status
    from soho.generation.models import Attempt
    from soho.generation.run import work_once

    creation_id = actions.start(person, intake.order("video", "A sunset over mountains"), idempotency=None)
    work_once("video", worker="benchmark")
    creation = Creation.objects.get(pk=creation_id)
    if creation.status != Status.DRAFT:
        raise RuntimeError(f"The creation is {creation.status}: {creation.error_message}")
    attempt = Attempt.objects.get(creation=creation)
    assert attempt.generated_at is not None
    assert attempt.ended_at is not None
    return (attempt.ended_at - attempt.generated_at).total_seconds()


def _sizes() -> dict[str, int]:
    """Bytes of the last creation's objects beside the video, by the end of their names."""
    from soho.creations.models import Creation
    from soho.creations.objects import storage

    made = Creation.objects.latest("created_at")
    found = storage().keys(f"videos/{made.user_id}/{made.pk}_")
    return {f"_{Path(one.key).stem.partition('_')[2]}": one.size for one in found}


def _bare(clip: Path, home: Path) -> float:
    """Seconds that the same decoding, encoding, copying and writing takes without an engine."""
    with tempfile.TemporaryDirectory(dir=home) as name:
        folder = Path(name)
        began = time.perf_counter()
        shown = _decode_once(clip, folder)
        _jpeg(shown[0], 720, folder / "poster.jpg")
        _jpeg(shown[1], 640, folder / "thumbnail.jpg")
        stored = folder / "stored"
        stored.mkdir()
        for path in [one for one in folder.iterdir() if one.is_file()]:
            with path.open("rb") as source, (stored / path.name).open("wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
                target.flush()
                os.fsync(target.fileno())
        return time.perf_counter() - began


def _decode_once(clip: Path, folder: Path) -> tuple[av.VideoFrame, av.VideoFrame]:
    """Writes `rendition.mp4` and `media.mp4`; answers the first frame and the middle one."""
    with (
        av.open(str(clip)) as source,
        av.open(str(folder / "rendition.mp4"), "w", options={"movflags": "faststart"}) as rendition,
        av.open(str(folder / "media.mp4"), "w", options={"movflags": "faststart"}) as media,
    ):
        options = {"preset": "veryfast", "crf": "30", "maxrate": "640k", "bufsize": "960k"}
        video, audio = source.streams.video[0], source.streams.audio[0]
        video.thread_type = "AUTO"
        small = rendition.add_stream("libx264", rate=FPS, options=options)
        small.width, small.height, small.pix_fmt = 480, 854, "yuv420p"
        small.codec_context.time_base = video.time_base
        small.codec_context.gop_size = FPS * 2
        small.codec_context.thread_type = "AUTO"
        sound = rendition.add_stream("aac", rate=48_000)
        sound.codec_context.bit_rate = 64_000
        copies = {one.index: media.add_stream_from_template(one) for one in (video, audio)}
        half = Fraction(SECONDS, 2) / (video.time_base or Fraction(1))
        scaler = VideoReformatter()  # kept, because making one for each frame is slow
        first = middle = None
        for packet in source.demux(video, audio):
            for frame in packet.decode():
                if isinstance(frame, av.VideoFrame):
                    first = first or frame
                    middle = frame if (frame.pts or 0) <= half else middle
                    scaled = scaler.reformat(frame, 480, 854, format="yuv420p", interpolation="AREA")
                    scaled.pict_type = 0
                    rendition.mux(small.encode(scaled))
                else:
                    rendition.mux(sound.encode(frame))
            if packet.dts is not None and packet.size:
                packet.stream = copies[packet.stream_index]
                media.mux(packet)
        rendition.mux(small.encode(None))
        rendition.mux(sound.encode(None))
    assert first is not None
    assert middle is not None
    return first, middle


def _jpeg(frame: av.VideoFrame, width: int, path: Path) -> None:
    picture: Image.Image = frame.to_image()
    small = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
    data = io.BytesIO()
    small.save(data, "JPEG", quality=80)
    path.write_bytes(data.getvalue())


def main(arguments: Sequence[str] | None = None) -> Report:
    """Measures and prints."""
    return told(lambda quick: measure(1 if quick else ROUNDS), arguments)


if __name__ == "__main__":
    main()
