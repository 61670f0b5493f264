"""Light: what each hour does to sky, air and ground, and how palette words and weather bend it.

Colours are sRGB in 0..1. A `Light` is all that painting needs to know about the hour, so every layer agrees
with the sky.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import numpy.typing as npt

from soho.diorama.raster import Field
from soho.diorama.scene import Scene, Setting, Time, Weather

Colour = npt.NDArray[np.float32]


def colour(code: str) -> Colour:
    """`#rrggbb` as three floats."""
    return np.array([int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)


@dataclass(frozen=True, slots=True)
class Light:
    """The light of a scene.

    `sky` holds stops from the zenith (0) to the horizon (1). `haze` is what distance fades to, `glow` what
    the haze becomes around the sun, `key` the colour of direct light, `shade` what unlit ground sinks to, by
    `dusk` (0 none, 1 silhouettes). `sun_height` is the sun's height above the horizon as a share of the sky.
    """

    sky: tuple[tuple[float, Colour], ...]
    haze: Colour
    glow: Colour
    key: Colour
    shade: Colour
    cloud_lit: Colour
    cloud_dark: Colour
    dusk: float
    sun_height: float
    sun_power: float
    lamps: float


def hour(stops: str, tones: str, dusk: float, sun_height: float, sun_power: float, lamps: float) -> Light:
    """Write a light down in one line: sky stops `position:colour`, then haze glow key shade cloud-lit
    cloud-dark.
    """
    sky = [stop.split(":") for stop in stops.split()]
    haze, glow, key, shade, lit, dark = (colour(code) for code in tones.split())
    ramp = tuple((float(at), colour(code)) for at, code in sky)
    return Light(ramp, haze, glow, key, shade, lit, dark, dusk, sun_height, sun_power, lamps)


HOURS = {
    Time.DAWN: hour(
        "0:#31477c .32:#6478ad .58:#b596b8 .76:#eeb0a3 .9:#fcd2a8 1:#fde6c4",
        "#e3b6b6 #ffd9ac #ffc79a #2c2f55 #ffd8c4 #8d83ac",
        0.55, 0.10, 0.8, 0.25,
    ),
    Time.MORNING: hour(
        "0:#2f78c4 .4:#6fb0e2 .75:#b7dcf0 1:#f3efdd",
        "#c9dfec #fff3d2 #fff0cf #31506b #ffffff #a9bfd4",
        0.12, 0.42, 0.75, 0.0,
    ),
    Time.NOON: hour(
        "0:#1463b8 .45:#3f93da .8:#93cbf0 1:#d5ecf6",
        "#b9daee #f3faff #fff8e6 #2b4a63 #ffffff #9db8d2",
        0.05, 0.72, 0.6, 0.0,
    ),
    Time.GOLDEN: hour(
        "0:#4579b5 .35:#88a9c6 .6:#dcc39c .8:#fbc877 1:#ffdf9f",
        "#edc691 #ffe2a0 #ffc25e #4a3a4a #fff0cf #c29a86",
        0.30, 0.22, 1.0, 0.05,
    ),
    Time.SUNSET: hour(
        "0:#1b1e54 .22:#45307c .42:#92398a .58:#db4a74 .72:#f9744f .86:#ffac45 1:#ffdb77",
        "#dc6678 #ffb45e #ffae4a #22113f #ffb070 #6f2f72",
        0.72, 0.11, 1.0, 0.35,
    ),
    Time.DUSK: hour(
        "0:#0e1438 .35:#24306b .6:#56508f .8:#a8729b .93:#e39a8c 1:#f2bb95",
        "#77689a #f0a58e #d88fa0 #10142f #b48ab0 #343a6c",
        0.84, 0.02, 0.0, 0.8,
    ),
    Time.NIGHT: hour(
        "0:#050a1f .4:#0c1738 .75:#1b2c58 1:#34497a",
        "#2d4577 #6384bb #b4ccf2 #070c20 #5b73a6 #14214a",
        0.70, 0.55, 0.0, 1.0,
    ),
}  # fmt: skip

SPACE = hour(
    "0:#04040d .45:#0b0a22 .8:#1a1238 1:#2c1a4c",
    "#33235a #8f6ac0 #ffe6c2 #07060f #8a5bb5 #1c1238",
    0.35, 0.5, 0.0, 0.0,
)  # fmt: skip


UNDERWATER = hour(
    "0:#9df0e6 .10:#5fd0dc .38:#2592bd .70:#115f95 1:#0c4678",
    "#1a6c9c #b4f7ee #e2fff4 #06263f #d8fff6 #2a8fb0",
    0.22, 1.1, 0.8, 0.0,
)  # fmt: skip
# How much of the day's light reaches down, and which colour it is given.
DEPTHS = {
    Time.DAWN: (0.88, "#ffb9a0"),
    Time.GOLDEN: (0.95, "#ffcb70"),
    Time.SUNSET: (0.84, "#ff7d55"),
    Time.DUSK: (0.56, "#8f7ad8"),
    Time.NIGHT: (0.30, "#5f86d8"),
}


def underwater(time: Time) -> Light:
    """The light under water: the hour tints what comes through the surface, and dims all of it."""
    share, hue = DEPTHS.get(time, (1.0, "#ffffff"))
    tint = colour(hue)
    light = everywhere(UNDERWATER, lambda c: c * np.float32(share))
    if share == 1:
        return light

    def towards(c: Colour, amount: float) -> Colour:
        return cast(Colour, c + (tint * np.float32(share) - c) * np.float32(amount))

    high = tuple((at, towards(c, 0.10 + 0.62 * max(0.0, 1 - at / 0.62))) for at, c in light.sky)
    return replace(
        light,
        sky=high,
        key=towards(light.key, 0.45),
        glow=towards(light.glow, 0.45),
        cloud_lit=towards(light.cloud_lit, 0.45),
        haze=towards(light.haze, 0.16),
        sun_power=0.8 * share,
        dusk=0.22 + 0.45 * (1 - share),
    )


def light_of(scene: Scene) -> Light:
    """The light of a scene: its hour, bent by weather, palette words and vividness, in that order."""
    light = HOURS[scene.time]
    if scene.setting is Setting.SPACE:
        light = SPACE
    elif scene.setting is Setting.UNDERWATER:
        light = underwater(scene.time)
    if scene.has(Weather.STORM):
        low = scene.time in (Time.DAWN, Time.GOLDEN, Time.SUNSET, Time.DUSK)
        grey, brightness, slate = (
            (0.30, 0.62, 0.30)
            if low
            else (0.40, 0.85, 0.35)
            if scene.time is Time.NIGHT
            else (0.62, 0.50, 0.80)
        )
        light = thundery(overcast(light, grey, brightness), slate)
    elif scene.has(Weather.OVERCAST):
        light = overcast(light, 0.62, 0.86)
    if scene.has(Weather.SNOW, Weather.FOG):
        low = scene.time in (Time.DAWN, Time.GOLDEN, Time.SUNSET)
        blizzard = scene.has(Weather.SNOW) and scene.has(Weather.WIND)
        grey = (0.22 if low else 0.45) if scene.has(Weather.FOG) else 0.72 if blizzard else 0.35
        light = overcast(light, grey, 0.97 if blizzard else 1.0)
    if scene.has(Weather.FOG) and scene.time is Time.NIGHT:  # a hidden moon behind it
        pale = light.haze + (light.glow - light.haze) * np.float32(0.75)
        light = replace(light, haze=pale, sun_power=0.42)
    if scene.has(Weather.FOG):
        sunk = tuple(
            (at, (c + (light.haze - c) * np.float32(0.25 + 0.5 * at)).astype(np.float32))
            for at, c in light.sky
        )
        light = replace(light, sky=sunk)
    if scene.palette:
        light = tinted(light, [colour(code) for code in scene.palette])
    return everywhere(light, lambda c: saturate(c, vivid_factor(scene.vivid)))


def vivid_factor(vivid: float) -> float:
    """How far colours move from grey where more is wanted; the finish takes colour away where less is."""
    return 1 + 0.55 * max(vivid, 0.0)


def saturate(c: Colour, factor: float) -> Colour:
    """Move a colour away from (or towards) the grey of its own lightness."""
    grey = np.float32(c @ np.array([0.2126, 0.7152, 0.0722], np.float32))
    return cast(Colour, np.clip(grey + (c - grey) * np.float32(factor), 0, 1))


def everywhere(light: Light, change: object) -> Light:
    """The light with `change` applied to each of its colours."""
    assert callable(change)
    return replace(
        light,
        sky=tuple((at, change(c)) for at, c in light.sky),
        **{
            name: change(getattr(light, name))
            for name in ("haze", "glow", "key", "shade", "cloud_lit", "cloud_dark")
        },
    )


def overcast(light: Light, grey: float, brightness: float) -> Light:
    """Colours drawn towards the grey of a covered sky, and a sun that no longer shows."""

    def cover(c: Colour) -> Colour:
        own = np.float32(c @ np.array([0.2126, 0.7152, 0.0722], np.float32))
        cold = own * np.array([0.88, 1.0, 1.12], np.float32)
        return cast(Colour, np.clip((c + (cold - c) * np.float32(grey)) * np.float32(brightness), 0, 1))

    covered = everywhere(light, cover)
    return replace(
        covered,
        cloud_dark=covered.cloud_dark * np.float32(1 - 0.55 * grey),
        sun_power=light.sun_power * (1 - grey),
    )


THUNDER = "0:#0b1220 .35:#1c2a3a .62:#34505c .82:#6f8f8c .94:#b9c2a2 1:#d2cfa6"


def thundery(light: Light, amount: float) -> Light:
    """A storm's sky: slate overhead, and a slit of clear light between the clouds' edge and the horizon."""
    stops = [stop.split(":") for stop in THUNDER.split()]
    at, tones = [float(place) for place, _ in stops], np.array([colour(code) for _, code in stops])
    places, own = [place for place, _ in light.sky], np.array([tone for _, tone in light.sky])
    level = np.float32(np.clip(own.mean() / 0.25, 0.30, 1.0))

    def between(place: float, where: list[float], among: Field) -> Colour:
        return np.array([np.interp(place, where, among[:, i]) for i in range(3)], np.float32)

    def slate(place: float, tone: Colour, share: float) -> Colour:
        wanted = between(place, at, tones) * level
        return cast(Colour, tone + (wanted - tone) * np.float32(share * amount))

    return replace(
        light,
        sky=tuple((place, slate(place, between(place, places, own), 1.0)) for place in at),
        haze=slate(0.80, light.haze, 0.95),
        glow=slate(1.00, light.glow, 0.75),
        cloud_lit=slate(0.86, light.cloud_lit, 0.70),
        cloud_dark=slate(0.12, light.cloud_dark, 0.75),
    )


def tinted(light: Light, palette: list[Colour]) -> Light:
    """The sky, haze and clouds drawn towards the palette: first colour high, last low, lightness kept."""

    def towards(c: Colour, at: float, amount: float) -> Colour:
        place = at * (len(palette) - 1)
        before = min(int(place), len(palette) - 1)
        after = min(before + 1, len(palette) - 1)
        wanted = palette[before] + (palette[after] - palette[before]) * np.float32(place - before)
        weights = np.array([0.2126, 0.7152, 0.0722], np.float32)
        own, theirs = float(c @ weights), max(float(wanted @ weights), 0.02)
        level = 0.35 * theirs + 0.65 * own
        matched = np.clip(wanted * np.float32(level / theirs), 0, 1)
        return cast(Colour, c + (matched - c) * np.float32(amount))

    last = 0.999
    return replace(
        light,
        sky=tuple((at, towards(c, at * last, 0.62)) for at, c in light.sky),
        haze=towards(light.haze, 0.7, 0.55),
        glow=towards(light.glow, last, 0.5),
        key=towards(light.key, last, 0.35),
        shade=towards(light.shade, 0.0, 0.4),
        cloud_lit=towards(light.cloud_lit, last, 0.4),
        cloud_dark=towards(light.cloud_dark, 0.3, 0.5),
    )


def sky_ramp(light: Light, rows: int) -> Field:
    """The sky from zenith to horizon as (rows, 3), eased so that no stop shows as a line."""
    at = np.linspace(0, 1, rows)
    stops = np.array([s for s, _ in light.sky])
    colours = np.array([c for _, c in light.sky])
    ramp = np.stack([np.interp(at, stops, colours[:, i]) for i in range(3)], 1)
    reach = max(3, rows // 14) | 1
    window = np.hanning(reach + 2)[1:-1]
    padded = np.pad(ramp, ((reach // 2, reach // 2), (0, 0)), mode="edge")
    soft = np.stack([np.convolve(padded[:, i], window / window.sum(), "valid") for i in range(3)], 1)
    return soft.astype(np.float32)
