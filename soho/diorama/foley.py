"""Foley: the sounds of what can be seen close by. A fire, a waterfall, a city's hum, the world under water.

All of it is periodic in the clip, as the rest of the sound is: noise is shaped in the frequency domain and
single sounds run over the end into the beginning.
"""

from __future__ import annotations

import numpy as np

from soho.diorama.sound import RATE, Wave, shaped_noise, stereo, swell


def scattered(samples: int, sounds: list[tuple[int, Wave, float]]) -> Wave:
    """Single sounds in a clip, each (start, wave, place from left 0 to right 1), running on past its end."""
    total = np.zeros((2, samples))
    for start, wave, pan in sounds:
        at = (start + np.arange(min(len(wave), samples))) % samples
        heard = wave[:samples]
        total[0, at] += heard * (1 - pan)
        total[1, at] += heard * pan
    return total


def fire(chance: np.random.Generator, samples: int, seconds: float, level: float) -> Wave:
    """A fire: a low flutter, and crackles that come in clusters."""
    flutter = swell(chance, samples, 3, max(4, round(7 * seconds)), 0.5)
    body = stereo(
        shaped_noise(chance, samples, 70, 420, 4) * flutter,
        shaped_noise(chance, samples, 70, 420, 4) * flutter,
        0.5,
    )
    sounds = []
    for _ in range(max(1, round(3.2 * seconds))):
        middle = int(chance.integers(samples))
        for _ in range(int(chance.integers(1, 7))):
            start = middle + int(abs(chance.normal(0, 0.06)) * RATE)
            t = np.arange(int(0.03 * RATE)) / RATE
            pitch, decay = float(chance.uniform(800, 2800)), float(chance.uniform(0.0015, 0.007))
            hiss = np.convolve(chance.normal(0, 1.4, len(t)), np.hanning(8)[1:-1] / 3.5, "same")
            snap = (np.sin(2 * np.pi * pitch * t) + hiss) * np.exp(-t / decay) * np.minimum(1, t / 0.001)
            snap *= min(4.0, float(chance.exponential(1.9)))
            sounds.append((start % samples, snap, float(chance.uniform(0.3, 0.7))))
    return (body + scattered(samples, sounds)) * level


def waterfall(chance: np.random.Generator, samples: int, level: float) -> Wave:
    """Falling water: a broad steady roar."""
    sides = [shaped_noise(chance, samples, 160, 6500, 2.2) * swell(chance, samples, 2, 9, 0.10) for _ in "lr"]
    return stereo(sides[0], sides[1], level)


def city(chance: np.random.Generator, samples: int, seconds: float, level: float) -> Wave:
    """A city from afar: a hum of machines, and traffic that swells and passes."""
    traffic = [
        shaped_noise(chance, samples, 60, 700, 5) * swell(chance, samples, 1, max(2, round(seconds / 2)), 0.4)
        for _ in "lr"
    ]
    t = np.arange(samples) / samples
    hum = sum(
        np.sin(2 * np.pi * (round(tone * seconds) * t + chance.random())) / (1 + k)
        for k, tone in enumerate((60.0, 120.0, 180.0, 240.0))
    )
    return (stereo(traffic[0], traffic[1], 1.0) + 0.40 * np.asarray(hum)) * level


def deep(chance: np.random.Generator, samples: int, seconds: float, level: float) -> Wave:
    """Under water: a dark, slow pressure, and strings of bubbles whose pitch rises as they shrink."""
    sides = [shaped_noise(chance, samples, 45, 260, 6) * swell(chance, samples, 1, 3, 0.4) for _ in "lr"]
    sounds = []
    for _ in range(max(1, round(0.7 * seconds))):
        start, pan = int(chance.integers(samples)), float(chance.uniform(0.2, 0.8))
        pitch = float(chance.uniform(260, 620))
        for k in range(int(chance.integers(3, 9))):
            length = float(chance.uniform(0.05, 0.11))
            t = np.arange(int(length * RATE)) / RATE
            rising = pitch * (1 + 0.08 * k) * (t + 0.9 * t**2 / length / 2)
            blip = (
                np.sin(2 * np.pi * rising) * np.sin(np.pi * t / length) ** 2 * float(chance.uniform(0.5, 1.3))
            )
            start = (start + int(chance.uniform(0.04, 0.10) * RATE)) % samples
            sounds.append((start, blip, pan))
    return (stereo(sides[0], sides[1], 1.0) + scattered(samples, sounds)) * level
