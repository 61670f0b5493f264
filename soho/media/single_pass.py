"""One reading of a video from its first packet to its last, feeding each frame to all who need it."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.frame import VideoFrame

from soho.media.container import reading, video_track
from soho.media.picture import write_jpeg
from soho.media.probe import Timeline, display_size
from soho.media.quality import QualityGate, check_complete
from soho.media.thumbnail import fit, upright
from soho.media.tracks import AudioTrack, CopiedTrack, VideoTrack, open_mp4, turned

RENDITION_WIDTH = 480
RENDITION_FPS = 30
POSTER_WIDTH = 720
POSTER_MAX_BYTES = 120_000
_MAX_HEIGHT = 2048
_CHECKPOINT_FRAMES = 8

# For the feed: 8 s stay well under 1 MB even where the picture is all noise, because the rate is capped.
_FEED_VIDEO = {"preset": "veryfast", "crf": "30", "maxrate": "640k", "bufsize": "960k"}
_FEED_AUDIO_BITS = 64_000
# For the media itself, when what came is not what every browser plays.
_FULL_VIDEO = {"preset": "veryfast", "crf": "20"}
_FULL_AUDIO_BITS = 128_000


class SinglePass:
    """Makes `media`, `rendition` and `poster` in `workdir` and finds the `middle` frame, decoding `source`
    once.

    `source` is freshly opened; `timeline` and its `first` frame were read before. `copied` says that the
    media's picture is taken over packet by packet; `size` is the media's, in pixels as shown.
    """

    def __init__(self, source: InputContainer, timeline: Timeline, first: VideoFrame, workdir: Path) -> None:
        self.media = workdir / "media.mp4"
        self.rendition = workdir / "rendition.mp4"
        self.poster = workdir / "poster.jpg"
        self.middle = first
        self._source, self._timeline, self._first = source, timeline, first
        self._video = video_track(source)
        self._audio = source.streams.audio[0] if source.streams.audio and timeline.audio_packets else None
        self.shown = display_size(self._video, turned(first))
        self.copied = self._is_playable()
        self.size = self.shown if self.copied else _even(self.shown)
        self._gate = QualityGate()
        self._whole = 0
        self._next_kept = timeline.times[0]

    def run(self, checkpoint: Callable[[], None]) -> None:
        """Read to the end, close the outputs, and raise `MediaError` if the frames do not pass the gate."""
        with open_mp4(self.media) as media, open_mp4(self.rendition) as rendition:
            self._add_tracks(media, rendition)
            for packet in self._packets():
                frames = self._decode(packet)
                for frame in frames:
                    if isinstance(frame, VideoFrame):
                        self._see(frame, checkpoint)
                    else:
                        self._hear(frame)
                if copy := self._copies.get(packet.stream_index):
                    copy.take(packet)
            # A verdict first: closing a container that no frame reached would fail for a lesser reason.
            if self._gate.frames:
                check_complete(self._whole, len(self._timeline.times))
            self._gate.verdict()
            for picture in self._pictures:
                picture.finish()
            for sound in self._sounds:
                sound.finish()
        write_jpeg(
            upright(self._first, fit(self.shown, min(POSTER_WIDTH, self.shown[0]), _MAX_HEIGHT)),
            self.poster,
            max_bytes=POSTER_MAX_BYTES,
        )

    def _add_tracks(self, media: OutputContainer, rendition: OutputContainer) -> None:
        small = _even(fit(self.shown, min(RENDITION_WIDTH, self.shown[0]), _MAX_HEIGHT))
        self._small = VideoTrack(rendition, self._video, small, first=self._first, options=_FEED_VIDEO)
        self._full: VideoTrack | None = None
        self._sounds: list[AudioTrack] = []
        self._copies: dict[int, CopiedTrack] = {}
        start = self._timeline.times[0] * self._timeline.time_base
        if self.copied:
            self._copies[self._video.index] = CopiedTrack(media, self._video)
        else:
            self._full = VideoTrack(media, self._video, self.size, first=self._first, options=_FULL_VIDEO)
        self._pictures = [self._small] if self._full is None else [self._small, self._full]
        if self._audio is None:
            return
        self._sounds.append(AudioTrack(rendition, self._audio, start=start, bit_rate=_FEED_AUDIO_BITS))
        if self.copied and self._audio.codec_context.codec.canonical_name == "aac":
            self._copies[self._audio.index] = CopiedTrack(media, self._audio)
        else:
            # A copied picture keeps the source's clock, so its sound does too.
            begin = Fraction(0) if self.copied else start
            self._sounds.append(AudioTrack(media, self._audio, start=begin, bit_rate=_FULL_AUDIO_BITS))

    def _is_playable(self) -> bool:
        codec = self._video.codec_context
        return (
            "mp4" in self._source.format.name
            and codec.codec.canonical_name == "h264"
            and codec.pix_fmt in ("yuv420p", "yuvj420p")
        )

    def _packets(self) -> "Iterator[Packet[Any]]":
        tracks = [self._video] if self._audio is None else [self._video, self._audio]
        packets = self._source.demux(*tracks)
        while True:
            with reading():
                packet = next(packets, None)
            if packet is None:
                return
            yield packet

    def _decode(self, packet: "Packet[Any]") -> Sequence[VideoFrame | AudioFrame]:
        try:
            return packet.decode()
        except av.FFmpegError:
            return []  # lost frames are counted at the end; a few are no reason to throw the rest away

    def _see(self, frame: VideoFrame, checkpoint: Callable[[], None]) -> None:
        if self._whole % _CHECKPOINT_FRAMES == 0:
            checkpoint()
        self._whole += not frame.is_corrupt
        if frame.pts is None:
            return
        if frame.pts <= self._timeline.middle:
            self.middle = frame
        if self._full is not None:
            self._full.take(frame)
        if frame.pts >= self._next_kept:  # a feed needs no more than 30 frames a second
            self._next_kept = frame.pts + int(0.9 / (RENDITION_FPS * self._timeline.time_base))
            self._gate.see(self._small.take(frame))

    def _hear(self, frame: AudioFrame) -> None:
        for track in self._sounds:
            track.take(frame)


def _even(size: tuple[int, int]) -> tuple[int, int]:
    # 4:2:0 halves the colours in both directions.
    return (size[0] + 1) // 2 * 2, (size[1] + 1) // 2 * 2
