"""Sound: a soft bed that follows the scene, synthesised whole and looped without a seam.

Noise is shaped in the frequency domain, where a signal is periodic by construction, and tones turn a whole
number of times in the clip; so the end leads into the beginning. Loudness is measured as ITU-R BS.1770-4 says
and set to -18 LUFS.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from soho.diorama.raster import Field
from soho.diorama.scene import Mood, Scene, Setting, Time, Weather

RATE = 48_000
LOUDNESS = -18.0  # LUFS
PEAK = 0.80  # full scale; leaves room for what AAC adds
EDGE = 0.012  # seconds of fade at both ends, below what is heard as a gap in a loop

Wave = npt.NDArray[np.float64]


def shaped_noise(chance: np.random.Generator, samples: int, low: float, high: float, tilt: float) -> Wave:
    """Periodic noise between two pitches (Hz), falling `tilt` dB an octave above the lower one; unit RMS."""
    f = np.fft.rfftfreq(samples, 1 / RATE)
    gain = (np.maximum(f, 1) / low) ** (-tilt / 6.02)
    gain *= 1 / (1 + (low / np.maximum(f, 0.5)) ** 4) / (1 + (f / high) ** 4)
    spectrum = gain * np.exp(2j * np.pi * chance.random(len(f)))
    spectrum[0] = 0
    wave = np.fft.irfft(spectrum, samples)
    return wave / max(1e-9, float(np.sqrt(np.mean(wave**2))))


def swell(chance: np.random.Generator, samples: int, slowest: int, fastest: int, depth: float) -> Wave:
    """A slow periodic envelope around 1: a few waves of `slowest` to `fastest` turns a clip."""
    t = np.arange(samples) / samples
    wave = sum(np.sin(2 * np.pi * (k * t + chance.random())) / (1 + k) for k in range(slowest, fastest + 1))
    peak = float(np.max(np.abs(wave))) or 1.0
    return np.asarray(np.clip(1 + depth * np.asarray(wave) / peak, 0.0, 2.0), np.float64)


def stereo(left: Wave, right: Wave, level: float) -> Wave:
    """Two channels at a level."""
    return np.stack([left, right]) * level


def wind(chance: np.random.Generator, samples: int, seconds: float, level: float) -> Wave:
    """Wind: dark noise that comes and goes, a little differently on each side."""
    turns = max(1, round(seconds / 4))
    envelope = swell(chance, samples, 1, turns + 1, 0.55)
    sides = [
        shaped_noise(chance, samples, 90, 900, 5) * envelope * swell(chance, samples, 1, 3, 0.2) for _ in "lr"
    ]
    return stereo(sides[0], sides[1], level)


def waves(chance: np.random.Generator, samples: int, seconds: float, level: float) -> Wave:
    """Surf: noise that breaks and draws back every three or four seconds."""
    t = np.arange(samples) / samples
    breaks = max(1, round(seconds / 3.6))
    phase = (breaks * t + float(chance.random())) % 1
    envelope = 0.22 + np.where(
        phase < 0.3, np.sin(phase / 0.3 * np.pi / 2) ** 2, np.cos((phase - 0.3) / 0.7 * np.pi / 2) ** 2
    )
    sides = [shaped_noise(chance, samples, 220, 5200, 3.2) * envelope for _ in "lr"]
    return stereo(sides[0], sides[1], level) + wind(chance, samples, seconds, level * 0.25)


def rainfall(chance: np.random.Generator, samples: int, level: float) -> Wave:
    """Rain: bright hiss with drops in it."""
    sides = []
    for _ in "lr":
        wave = shaped_noise(chance, samples, 700, 9000, 1.2) * swell(chance, samples, 1, 3, 0.12)
        drops = np.zeros(samples)
        at = chance.integers(0, samples, samples // 900)
        np.add.at(drops, at, chance.exponential(1.0, len(at)))
        wave += np.fft.irfft(np.fft.rfft(drops) * drop_response(samples), samples) * 1.4
        sides.append(wave)
    return stereo(sides[0], sides[1], level)


def drop_response(samples: int) -> npt.NDArray[np.complex128]:
    """The spectrum of one drop: a short ringing tick."""
    t = np.arange(min(samples, RATE // 50)) / RATE
    tick = np.sin(2 * np.pi * 2900 * t) * np.exp(-t / 0.0016) * np.minimum(1, t / 0.0003)
    return np.fft.rfft(np.pad(tick, (0, samples - len(tick))))


NEAREST_THUNDER = 0.3  # seconds between a stroke and its sound, about 100 m away


def thunder(chance: np.random.Generator, samples: int, moments: tuple[float, ...], level: float) -> Wave:
    """A crack and a roll that follow each stroke (shares of the clip) by the time that sound needs: the
    farther, the later, the duller and the longer.
    """
    t = np.arange(samples) / RATE
    total = np.zeros((2, samples))
    for at in moments:
        far = float(chance.random())
        since = (t - at * samples / RATE - NEAREST_THUNDER - 0.3 * far) % (samples / RATE)
        envelope = (
            np.minimum(1, since / 0.06)
            * np.exp(-since / (0.8 + 0.4 * far))
            * swell(chance, samples, 3, 14, 0.6)
        )
        total += (
            stereo(
                shaped_noise(chance, samples, 35, 420, 4), shaped_noise(chance, samples, 35, 420, 4), level
            )
            * envelope
        )
        crack = np.minimum(1, since / 0.004) * np.exp(-since / 0.10)
        total += (
            stereo(
                shaped_noise(chance, samples, 150, 3200, 3),
                shaped_noise(chance, samples, 150, 3200, 3),
                0.9 * (1 - 0.75 * far) * level,
            )
            * crack
        )
    return total


def crickets(chance: np.random.Generator, samples: int, seconds: float, level: float) -> Wave:
    """Crickets: a few high voices, each chirping at its own pace."""
    t = np.arange(samples) / samples
    total = np.zeros((2, samples))
    for _ in range(4):
        turns, pan = round(float(chance.uniform(3900, 4900)) * seconds), float(chance.uniform(0.15, 0.85))
        chirps = max(1, round(float(chance.uniform(1.2, 2.1)) * seconds))
        phase = (chirps * t + chance.random()) % 1
        gate = np.where(phase < 0.34, np.sin(np.pi * phase / 0.34) ** 2, 0) * (
            0.5 + 0.5 * np.sin(2 * np.pi * phase * 3 / 0.34 - 1.5)
        )
        voice = np.sin(2 * np.pi * turns * t) * gate
        total += np.stack([voice * (1 - pan), voice * pan]) * level
    return total


def birdsong(chance: np.random.Generator, samples: int, seconds: float, level: float) -> Wave:
    """Now and then a short phrase of whistled notes, far off."""
    total = np.zeros((2, samples))
    for _ in range(max(1, round(seconds / 2.6))):
        start, pan = float(chance.uniform(0, max(0.1, seconds - 1.2))), float(chance.uniform(0.2, 0.8))
        pitch = float(chance.uniform(2300, 3600))
        for note in range(int(chance.integers(3, 6))):
            length = float(chance.uniform(0.06, 0.13))
            t = np.arange(int(length * RATE)) / RATE
            bend = float(chance.uniform(-0.25, 0.25))
            song = (
                np.sin(2 * np.pi * pitch * (t + bend * t**2 / (2 * length))) * np.sin(np.pi * t / length) ** 2
            )
            at = int((start + note * 0.17) * RATE)
            room = min(len(song), samples - at)
            if room > 0:
                total[:, at : at + room] += np.stack([song[:room] * (1 - pan), song[:room] * pan]) * level
    return total


CHORDS = {
    Time.DAWN: (146.8, 220.0, 277.2, 329.6),
    Time.MORNING: (130.8, 196.0, 261.6, 329.6),
    Time.NOON: (146.8, 220.0, 293.7, 370.0),
    Time.GOLDEN: (123.5, 185.0, 246.9, 311.1),
    Time.SUNSET: (110.0, 164.8, 246.9, 277.2),
    Time.DUSK: (98.0, 146.8, 220.0, 261.6),
    Time.NIGHT: (87.3, 130.8, 207.7, 261.6),
}


# Steps in semitones over the hour's lowest tone; a mood speaks louder than the hour.
MOODS = {
    Mood.CALM: (0, 7, 12, 16),
    Mood.JOYFUL: (0, 7, 16, 21),
    Mood.MELANCHOLY: (0, 7, 15, 19),
    Mood.MYSTERIOUS: (0, 6, 14, 20),
    Mood.ROMANTIC: (0, 11, 16, 19),
    Mood.DRAMATIC: (0, 7, 12, 15),
    Mood.EERIE: (0, 6, 13, 14),
    Mood.DREAMY: (0, 7, 14, 23),
}


def chord(scene: Scene) -> tuple[float, ...]:
    """The tones (Hz) of the bed: the hour's, or the mood's over the hour's lowest."""
    tones = CHORDS[scene.time]
    if scene.mood is None:
        return tones
    root = tones[0] * (0.75 if scene.mood in (Mood.DRAMATIC, Mood.EERIE) else 1.0)
    return tuple(root * 2 ** (step / 12) for step in MOODS[scene.mood])


def bed(
    chance: np.random.Generator, samples: int, seconds: float, tones: tuple[float, ...], level: float
) -> Wave:
    """A quiet chord: soft tones that breathe one after another."""
    t = np.arange(samples) / samples
    total = np.zeros((2, samples))
    for tone in tones:
        for side in (0, 1):
            turns = max(1, round((tone + (0.35 if side else -0.35)) * seconds))
            voice = sum(np.sin(2 * np.pi * (k * turns * t + chance.random())) / k**2.2 for k in (1, 2, 3))
            total[side] += np.asarray(voice) * swell(chance, samples, 1, 2, 0.6) * (110 / tone) ** 0.3
    return total * level


GREEN = {Setting.HILLS, Setting.FOREST, Setting.MEADOW, Setting.LAKE}


def soundtrack(scene: Scene, seconds: float, moments: tuple[float, ...] = ()) -> Field:
    """The sound of a scene as (2, samples) float32 at 48 kHz, exactly as long as asked. `moments` are
    lightning strokes.
    """
    samples = max(2, round(seconds * RATE))
    chance = scene.chance("sound")
    alone = scene.setting in (Setting.SPACE, Setting.UNDERWATER)
    mix = bed(chance, samples, seconds, chord(scene), 0.6 if alone else 0.30)
    mix += place(chance, samples, seconds, scene)
    if scene.has(Weather.RAIN):
        mix += rainfall(chance, samples, 0.7)
    if scene.has(Weather.STORM):
        mix += thunder(chance, samples, moments, 1.9)
    mix += creatures(chance, samples, seconds, scene)
    return mastered(mix)


def place(chance: np.random.Generator, samples: int, seconds: float, scene: Scene) -> Wave:
    """What the place itself sounds like: its air, its water, its streets, and a fire or a fall in it."""
    from soho.diorama import foley

    total = np.zeros((2, samples))
    if scene.setting is Setting.UNDERWATER:
        total += foley.deep(chance, samples, seconds, 0.9)
    elif scene.setting in (Setting.OCEAN, Setting.BEACH):
        total += waves(chance, samples, seconds, 0.85)
    elif scene.setting is not Setting.SPACE:
        open_air = scene.setting in (Setting.MOUNTAINS, Setting.SNOWFIELD, Setting.DESERT)
        strong = scene.has(Weather.WIND, Weather.STORM)
        total += wind(chance, samples, seconds, 0.85 if strong else 0.7 if open_air else 0.35)
    if scene.setting is Setting.CITY:
        total += foley.city(chance, samples, seconds, 0.5)
    if scene.thing("campfire"):
        total += foley.fire(chance, samples, seconds, 0.8)
    if scene.thing("waterfall"):
        total += foley.waterfall(chance, samples, 0.7)
    return total


def creatures(chance: np.random.Generator, samples: int, seconds: float, scene: Scene) -> Wave:
    """Birds by day and crickets by night, where it is green and nothing falls, or where words name birds."""
    total = np.zeros((2, samples))
    if scene.has(Weather.RAIN, Weather.SNOW) or scene.setting in (Setting.SPACE, Setting.UNDERWATER):
        return total
    dark = scene.time in (Time.DUSK, Time.NIGHT)
    if scene.setting in GREEN and dark and not scene.winter:
        total += crickets(chance, samples, seconds, 0.16)
    elif not dark and (scene.thing("bird") or scene.setting in GREEN):
        total += birdsong(chance, samples, seconds, 0.30)
    return total


def mastered(mix: Wave) -> Field:
    """Set to the loudness, held under the peak by a smooth curve, and eased in and out so that nothing
    clicks.
    """
    for _ in range(2):
        mix = mix * 10 ** ((LOUDNESS - loudness(mix)) / 20)
        mix = np.where(
            np.abs(mix) < 0.45,
            mix,
            np.sign(mix) * (0.45 + (PEAK - 0.45) * np.tanh((np.abs(mix) - 0.45) / (PEAK - 0.45))),
        )
    edge = min(int(EDGE * RATE), mix.shape[1] // 4)
    ramp = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, edge))
    mix[:, :edge] *= ramp
    mix[:, mix.shape[1] - edge :] *= ramp[::-1]
    return mix.astype(np.float32)


def loudness(mix: Wave) -> float:
    """Integrated loudness in LUFS after ITU-R BS.1770-4: K-weighting, 400 ms blocks that overlap by three
    quarters, both gates. The weighting is applied to the spectrum, with the response of the recommendation's
    two filters at 48 kHz.
    """
    samples = mix.shape[1]
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(samples))
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    weighted = np.fft.irfft(np.fft.rfft(mix) * shelf * high, samples)
    block, hop = min(samples, RATE * 2 // 5), RATE // 10
    starts = range(0, samples - block + 1, hop)
    power = np.array([np.mean(weighted[:, s : s + block] ** 2, axis=1).sum() for s in starts])
    levels = -0.691 + 10 * np.log10(np.maximum(power, 1e-12))
    heard = power[levels > -70]
    if not len(heard):
        return -70.0
    gate = -0.691 + 10 * np.log10(heard.mean()) - 10
    kept = power[levels > max(gate, -70)]
    return float(-0.691 + 10 * np.log10(kept.mean()))
