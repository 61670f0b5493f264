"""The sound follows the scene: judged by its spectrum, its level over time and its ends."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from soho.diorama import read
from soho.diorama.film import Film
from soho.diorama.raster import Field
from soho.diorama.scene import Mood
from soho.diorama.sound import NEAREST_THUNDER, RATE, Wave, chord, soundtrack, thunder
from soho.diorama.weather import strikes

from .frames import SIZE

SECONDS = 4.0
PROMPTS = (
    "ocean waves at noon",
    "hills at noon in the wind",
    "city at night",
    "forest in the rain",
    "meadow at night",
    "meadow at noon, no clouds",
    "underwater",
    "space",
    "a campfire in the desert at night",
    "storm with lightning over the mountains",
    "an eerie lake in the fog",
)


@cache
def heard(prompt: str, seconds: float = SECONDS) -> Field:
    return soundtrack(read(prompt, 7, *SIZE), seconds, (0.2, 0.7) if "storm" in prompt else ())


def share(sound: Field, low: float, high: float) -> float:
    """How much of the power lies between two pitches."""
    power = (np.abs(np.fft.rfft(sound)) ** 2).sum(0)
    f = np.fft.rfftfreq(sound.shape[1], 1 / RATE)
    return float(power[(f >= low) & (f < high)].sum() / power.sum())


def impulse(b: tuple[float, ...], a: tuple[float, ...], taps: int = 16384) -> Wave:
    """What a filter of the recommendation answers to a click, sample by sample."""
    out = [0.0, 0.0]
    for n in range(taps):
        out.append((b[n] if n < 3 else 0.0) - a[0] * out[-1] - a[1] * out[-2])
    return np.array(out[2:])


@cache
def weighting(size: int) -> npt.NDArray[np.complex128]:
    """The K-weighting as a spectrum of `size` samples."""
    shelf = impulse(
        (1.53512485958697, -2.69169618940638, 1.19839281085285), (-1.69065929318241, 0.73248077421585)
    )
    high = impulse((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))
    return np.fft.rfft(shelf, size) * np.fft.rfft(high, size)


def lufs(sound: Field) -> float:
    """Integrated loudness after BS.1770-4, filtered by the filters' own answers to a click: another way than
    the renderer's.
    """
    size = 1 << (sound.shape[1] + 32768).bit_length()
    weighted = np.fft.irfft(np.fft.rfft(sound, size) * weighting(size), size)[:, : sound.shape[1]]
    blocks = [weighted[:, s : s + 19200] for s in range(0, sound.shape[1] - 19199, 4800)]
    power = np.array([float((block**2).mean(1).sum()) for block in blocks])
    level = -0.691 + 10 * np.log10(power + 1e-12)
    gate = -0.691 + 10 * np.log10(power[level > -70].mean()) - 10
    return float(-0.691 + 10 * np.log10(power[level > max(-70, gate)].mean()))


def test_the_measure_itself_is_that_of_the_standard() -> None:
    """Given a full-scale sine of 997 Hz in one channel, then it measures -3.01 LUFS."""
    tone = np.sin(2 * np.pi * 997 * np.arange(3 * RATE) / RATE)
    assert lufs(np.stack([tone, 0 * tone]).astype(np.float32)) == pytest.approx(-3.01, abs=0.05)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_every_scene_is_as_loud_as_broadcast_and_never_clips(prompt: str) -> None:
    sound = heard(prompt)
    assert sound.shape == (2, round(SECONDS * RATE))
    assert -20 <= lufs(sound) <= -16
    assert np.abs(sound).max() < 0.9


def true_peak(sound: Field) -> float:
    """The highest level between samples too, in dB of full scale: four times oversampled."""
    samples = sound.shape[1]
    spectrum = np.pad(np.fft.rfft(sound), ((0, 0), (0, 3 * samples // 2)))
    return float(20 * np.log10(np.abs(np.fft.irfft(spectrum, 4 * samples) * 4).max()))


@pytest.mark.parametrize("prompt", PROMPTS)
def test_no_true_peak_is_above_what_players_take_and_no_sample_leaps(prompt: str) -> None:
    """Given any scene, then its true peak keeps a decibel below full scale (EBU R 128), and no two samples
    are further apart than a loud tone's of 3 kHz."""
    sound = heard(prompt)
    assert true_peak(sound) <= -1
    assert np.abs(np.diff(sound)).max() < 2 * np.sin(np.pi * 3000 / RATE)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_nothing_clicks_at_the_ends_nor_where_the_loop_closes(prompt: str) -> None:
    """Given the clip twice in a row, then the seam holds no jump that its inside has not."""
    sound = heard(prompt)
    assert np.abs(sound[:, [0, -1]]).max() < 1e-3
    twice = np.concatenate([sound, sound], 1)
    steps = np.abs(np.diff(twice))
    seam = steps[:, sound.shape[1] - 240 : sound.shape[1] + 240].max()
    assert seam <= steps[:, 4800:-4800].max()


def test_each_place_has_its_own_spectrum() -> None:
    assert share(heard("underwater"), 0, 700) > 0.95
    assert (
        share(heard("forest in the rain"), 1500, 12000)
        > share(heard("hills at noon in the wind"), 1500, 12000) + 0.1
    )
    assert share(heard("meadow at night"), 3500, 5200) > 5 * share(heard("city at night"), 3500, 5200)
    assert share(heard("meadow at noon, no clouds"), 1800, 4200) > 5 * share(
        heard("city at night"), 1800, 4200
    )
    hum = sum(share(heard("city at night"), tone - 1, tone + 1) for tone in (60, 120, 180, 240))
    assert hum > 2 * sum(share(heard("hills at noon in the wind"), t - 1, t + 1) for t in (60, 120, 180, 240))


def test_a_storms_thunder_follows_its_lightning() -> None:
    """Given a film's own strokes, then it is louder after each than right before it."""
    film = Film(read("storm with lightning over the mountains", 7, *SIZE), 8.0)
    moments = tuple(bolt.at for bolt in film.bolts)
    assert len(moments) >= 2
    quiet, loud = (soundtrack(film.scene, 8.0, at) for at in ((), moments))
    low = [
        np.fft.irfft(np.where(np.fft.rfftfreq(s.shape[1], 1 / RATE) < 400, np.fft.rfft(s), 0))
        for s in (quiet, loud)
    ]
    for at in moments:
        strike = int(at * 8 * RATE)
        before = slice(max(0, strike - RATE // 4), strike)
        after = slice(strike + int(0.60 * RATE), strike + int(1.10 * RATE))
        rises = [float(s[:, after].std() / s[:, before].std()) for s in low]
        assert rises[1] > 1.25 * rises[0]


def test_no_lightning_strikes_under_water() -> None:
    """Given a storm over divers' heads, then picture and sound have no stroke; above the water both do."""
    for place, struck in (("underwater", False), ("over the sea", True)):
        scene = read(f"a storm with lightning {place}", 7, *SIZE)
        assert bool(strikes(scene)) is struck
        assert tuple(bolt.at for bolt in Film(scene, 1.0).bolts) == strikes(scene)


def test_thunder_comes_later_than_its_light() -> None:
    """Given a stroke, then nothing is heard of it until sound can have come from the nearest one, and all of
    them are heard within a second."""
    delays = []
    for seed in range(6):
        roll = thunder(np.random.default_rng(seed), 8 * RATE, (0.5,), 1.0)[0]
        loud = np.abs(roll[4 * RATE :]) > 0.1 * np.abs(roll).max()
        assert np.abs(roll[4 * RATE : int((4 + NEAREST_THUNDER) * RATE)]).max() < 0.03 * np.abs(roll).max()
        delays.append(float(np.argmax(loud)) / RATE)
    assert all(NEAREST_THUNDER <= delay < 1 for delay in delays)
    assert max(delays) > min(delays) + 0.1


def test_a_fire_crackles() -> None:
    """Given a campfire, then short sounds stand far out of the bed, which has none without it."""
    sharp = []
    for prompt in ("a campfire in the desert at night", "the desert at night"):
        spectrum = np.fft.rfft(heard(prompt)[0])
        spectrum[np.fft.rfftfreq(round(SECONDS * RATE), 1 / RATE) < 1500] = 0
        wave = np.fft.irfft(spectrum)
        sharp.append(float((wave**4).mean() / (wave**2).mean() ** 2))
    assert sharp[0] > 2 * sharp[1]


def test_a_mood_chooses_the_chord() -> None:
    scene = read("hills at noon", 7, *SIZE)
    chords = {mood: chord(replace(scene, mood=mood)) for mood in Mood}
    assert len(set(chords.values())) == len(Mood)
    for mood, tones in chords.items():
        assert tones == tuple(sorted(tones))
        sound = soundtrack(replace(scene, mood=mood), SECONDS)
        assert all(share(sound, tone - 2, tone + 2) > share(sound, tone + 2, tone + 6) for tone in tones[:2])


def test_the_same_scene_sounds_the_same() -> None:
    scene = read("a campfire by a lake at night", 7, *SIZE)
    assert np.array_equal(soundtrack(scene, 1.0), soundtrack(scene, 1.0))
    assert soundtrack(scene, 0.1).shape == (2, 4800)
