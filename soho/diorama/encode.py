"""Encoding: frames go straight into H.264 as they are drawn, sound beside them, in one MP4 that plays from
its first byte.

The encoder runs in a thread of its own behind a short queue, so drawing and encoding share two cores and
memory holds a handful of frames, however long the film.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import av
import numpy as np

from soho.diorama.canvas import Canvas
from soho.diorama.raster import Field
from soho.diorama.sound import RATE

COMMENT = "Soho Diorama, procedural renderer"
WAITING = 4  # frames between the painter and the encoder
BITS_AT_FULL_SIZE = 6_000_000  # a second, at 1080x1920
BT709 = 1  # the number that H.264 gives BT.709 primaries, transfer and matrix alike
LIMITED_RANGE = 1


class VideoFile:
    """An MP4 being written. As a context it finishes the file on success and removes it on any error.

    `blank()` lends a canvas whose planes are one NV12 picture; `write(canvas)` hands it to the encoder.
    """

    def __init__(self, out: Path, size: tuple[int, int], fps: int, sound: Field) -> None:
        self.out, self.size, self.fps, self.sound = out, size, fps, sound
        self.part = out.with_name(f".{out.name}.part")
        self.frames: queue.Queue[np.ndarray[Any, Any] | None] = queue.Queue(WAITING)
        self.spare: queue.SimpleQueue[np.ndarray[Any, Any]] = queue.SimpleQueue()
        self.failure: BaseException | None = None
        self.abandoned = False
        self.thread = threading.Thread(target=self._run, name="diorama-encoder", daemon=True)

    def __enter__(self) -> VideoFile:
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abandoned = kind is not None
        self._put(None)
        self.thread.join()
        if kind is not None or self.failure is not None:
            self.part.unlink(missing_ok=True)
            if kind is None and self.failure is not None:
                raise self.failure
            return
        os.replace(self.part, self.out)

    def blank(self) -> Canvas:
        """A canvas to draw the next frame on; its planes are recycled, so every pixel must be drawn."""
        width, height = self.size
        try:
            picture = self.spare.get_nowait()
        except queue.Empty:
            picture = np.empty((height * 3 // 2, width), np.uint8)
        return Canvas(picture[:height], picture[height:].reshape(height // 2, width // 2, 2), 2)

    def write(self, canvas: Canvas) -> None:
        """Queue a frame from `blank`. Raises what the encoder raised, if it failed meanwhile."""
        picture = canvas.luma.base
        assert isinstance(picture, np.ndarray)
        self._put(picture)

    def _put(self, picture: np.ndarray[Any, Any] | None) -> None:
        while self.thread.is_alive():
            with contextlib.suppress(queue.Full):
                self.frames.put(picture, timeout=0.2)
                return
        if picture is not None:
            raise self.failure or RuntimeError("the encoder ended early")

    def _run(self) -> None:
        try:
            self._encode()
        except BaseException as error:  # noqa: BLE001 - carried over to the thread that waits for this one
            self.failure = error

    def _encode(self) -> None:
        options = {"movflags": "+faststart", "fflags": "+bitexact"}
        with av.open(str(self.part), "w", format="mp4", options=options) as container:
            container.metadata.update(comment=COMMENT, encoder=COMMENT)
            video, audio = self._video(container), container.add_stream("aac", rate=RATE)
            audio.bit_rate, audio.layout = 128_000, "stereo"
            played = 0
            for index, frame in enumerate(self._pictures()):
                container.mux(video.encode(frame))
                until = min(self.sound.shape[1], (index + 1) * RATE // self.fps)
                container.mux(audio.encode(sound_frame(self.sound[:, played:until], played)))
                played = until
            if self.abandoned:
                return
            if played < self.sound.shape[1]:
                container.mux(audio.encode(sound_frame(self.sound[:, played:], played)))
            container.mux(video.encode(None))
            container.mux(audio.encode(None))

    def _pictures(self) -> Iterator[av.VideoFrame]:
        index = 0
        while (picture := self.frames.get()) is not None and not self.abandoned:
            frame = av.VideoFrame.from_ndarray(picture, format="nv12")
            frame.pts, frame.time_base = index, Fraction(1, self.fps)
            frame.colorspace, frame.color_range = BT709, LIMITED_RANGE
            self.spare.put(picture)
            index += 1
            yield frame

    def _video(self, container: av.container.OutputContainer) -> av.VideoStream:
        width, height = self.size
        bits = max(300_000, int(BITS_AT_FULL_SIZE * (width * height / (1080 * 1920)) ** 0.85))
        options = {
            "preset": "superfast",
            "threads": "2",
            "aq-mode": "3",
            "maxrate": str(bits * 4 // 3),
            "bufsize": str(bits * 2),
            "profile": "high",
        }
        stream = container.add_stream("libx264", rate=self.fps, options=options)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = width, height, "nv12", bits
        context = stream.codec_context
        context.gop_size = 2 * self.fps
        context.colorspace = context.color_primaries = context.color_trc = BT709
        context.color_range = LIMITED_RANGE
        stream.time_base = context.time_base = Fraction(1, self.fps)
        return stream


def sound_frame(samples: Field, start: int) -> av.AudioFrame:
    """Planar stereo samples as a frame that begins at sample `start`."""
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout="stereo")
    frame.rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
    return frame
