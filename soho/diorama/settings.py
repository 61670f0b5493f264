"""Settings as data: which layers of land make each place, from far to near."""

from __future__ import annotations

from dataclasses import dataclass, replace

from soho.diorama.scene import Scene, Setting, Water, Weather


@dataclass(frozen=True, slots=True)
class Land:
    """How one layer of land is cut.

    `shape` names its crest; `depth` runs from 0 (infinitely far) to 1 (at the lens); `foot` is where its base
    stands between the horizon (0) and the frame's bottom (1); `relief` is its height and `cell` the width of
    its features in stage units; `covering` names what grows or stands on it; `snow` how far snow reaches down
    its crest.
    """

    shape: str
    depth: float
    foot: float
    relief: float
    cell: float
    albedo: str
    covering: str = ""
    snow: float = 0.0


ROCK, FAR_ROCK, FIR, LEAF, GRASS, SAND, SNOW = (
    "#6b6a7d",
    "#7d86a0",
    "#2c5a44",
    "#4b7a3c",
    "#6f9a44",
    "#e6cb98",
    "#e9eff7",
)

LANDS: dict[Setting, tuple[Land, ...]] = {
    Setting.MOUNTAINS: (
        Land("peaks", 0.10, 0.06, 0.235, 0.42, FAR_ROCK, snow=0.36),
        Land("peaks", 0.24, 0.16, 0.195, 0.34, ROCK, snow=0.24),
        Land("peaks", 0.42, 0.34, 0.150, 0.30, "#55596b"),
        Land("rolls", 0.62, 0.58, 0.100, 0.42, FIR, "conifers"),
        Land("rolls", 0.92, 0.93, 0.075, 0.60, "#1f4436", "conifers"),
    ),
    Setting.HILLS: (
        Land("rolls", 0.12, 0.06, 0.085, 0.40, "#6f93a0"),
        Land("rolls", 0.28, 0.20, 0.080, 0.38, "#6d9a6a", "broad"),
        Land("rolls", 0.46, 0.38, 0.085, 0.46, "#74a552", "broad"),
        Land("rolls", 0.66, 0.62, 0.085, 0.55, "#5f9440", "broad"),
        Land("rolls", 0.95, 0.97, 0.070, 0.70, "#44762f", "grass"),
    ),
    Setting.DESERT: (
        Land("mesas", 0.12, 0.03, 0.130, 0.22, "#b5705a"),
        Land("dunes", 0.26, 0.16, 0.060, 0.30, "#d9a566"),
        Land("dunes", 0.44, 0.38, 0.110, 0.40, "#d79b58"),
        Land("dunes", 0.66, 0.66, 0.130, 0.50, "#cf8f4d", "cacti"),
        Land("dunes", 0.95, 1.04, 0.120, 0.70, "#bd7a3f"),
    ),
    Setting.OCEAN: (
        Land("rolls", 0.10, 0.01, 0.045, 0.30, "#5f7286"),
        Land("swell", 0.62, 0.60, 0.022, 0.13, "#1f5a72"),
        Land("swell", 0.76, 0.76, 0.032, 0.18, "#194e66"),
        Land("swell", 0.94, 0.97, 0.046, 0.25, "#133f55"),
    ),
    Setting.BEACH: (
        Land("rolls", 0.12, 0.012, 0.075, 0.34, "#4f7a64", "broad"),
        Land("flat", 0.90, 0.80, 0.045, 0.90, SAND, "palms"),
    ),
    Setting.LAKE: (
        Land("peaks", 0.10, 0.03, 0.190, 0.40, FAR_ROCK, snow=0.34),
        Land("peaks", 0.22, 0.05, 0.120, 0.34, "#586476"),
        Land("rolls", 0.36, 0.06, 0.040, 0.30, FIR, "conifers"),
        Land("flat", 0.95, 0.97, 0.050, 0.70, "#2f5538", "grass"),
    ),
    Setting.FOREST: (
        Land("rolls", 0.14, 0.02, 0.100, 0.40, "#4f7f6a", "conifers"),
        Land("rolls", 0.28, 0.12, 0.060, 0.40, "#3f6f55", "trunks"),
        Land("rolls", 0.46, 0.34, 0.060, 0.40, "#3d6b45", "trunks"),
        Land("rolls", 0.68, 0.62, 0.060, 0.50, "#335c38", "trunks"),
        Land("rolls", 0.96, 0.95, 0.060, 0.60, "#274a2c", "trunks"),
    ),
    Setting.CITY: (
        Land("flat", 0.14, 0.10, 0.010, 0.30, "#5a6480", "towers"),
        Land("flat", 0.32, 0.24, 0.010, 0.30, "#4a5470", "towers"),
        Land("flat", 0.56, 0.55, 0.010, 0.30, "#3d4660", "towers"),
        Land("flat", 0.90, 1.00, 0.012, 0.60, "#2b3145", "towers"),
    ),
    Setting.SNOWFIELD: (
        Land("peaks", 0.12, 0.05, 0.200, 0.42, FAR_ROCK, snow=0.85),
        Land("rolls", 0.30, 0.16, 0.060, 0.44, SNOW, "conifers"),
        Land("rolls", 0.52, 0.40, 0.070, 0.55, SNOW, "conifers"),
        Land("rolls", 0.74, 0.66, 0.070, 0.62, SNOW),
        Land("rolls", 0.95, 0.95, 0.070, 0.75, SNOW, "conifers"),
    ),
    Setting.MEADOW: (
        Land("peaks", 0.10, 0.03, 0.120, 0.40, FAR_ROCK, snow=0.25),
        Land("rolls", 0.24, 0.10, 0.055, 0.40, "#6f9d78", "broad"),
        Land("rolls", 0.44, 0.28, 0.050, 0.50, "#7fb052", "broad"),
        Land("rolls", 0.68, 0.56, 0.050, 0.60, "#74a845", "flowers"),
        Land("rolls", 0.94, 0.92, 0.060, 0.75, "#5c9038", "flowers"),
    ),
    Setting.SPACE: (
        Land("peaks", 0.20, 0.10, 0.085, 0.30, "#6f5f86"),
        Land("dunes", 0.50, 0.36, 0.060, 0.50, "#5d4f78", "craters"),
        Land("dunes", 0.92, 0.90, 0.080, 0.80, "#40365a", "craters"),
    ),
    Setting.UNDERWATER: (
        Land("mesas", 0.14, 0.06, 0.170, 0.20, "#4d8791"),
        Land("peaks", 0.34, 0.22, 0.090, 0.24, "#4a7f83", "kelp"),
        Land("rolls", 0.60, 0.46, 0.055, 0.45, "#cfc79a", "corals"),
        Land("rolls", 0.78, 0.74, 0.050, 0.55, "#d8cc9c", "corals"),
        Land("rolls", 0.95, 0.99, 0.060, 0.70, "#a99f78", "kelp"),
    ),
}  # fmt: skip


def lands_of(scene: Scene) -> tuple[tuple[Land, ...], tuple[Land, ...]]:
    """The layers beyond the water and those on this side of it; without water all are beyond."""
    lands = LANDS[scene.setting]
    if scene.thing("flower"):
        lands = tuple(replace(n, covering="flowers") if n.covering == "grass" else n for n in lands)
    if scene.setting is Setting.OCEAN:
        coast = island(scene) and not scene.has(Weather.STORM)
        return (lands[:1] if coast else ()), lands[1:]
    if scene.winter:
        lands = tuple(snowed(land, bool(scene.thing("flower"))) for land in lands)
    if scene.water is None:
        return lands, ()
    if scene.setting in (
        Setting.MOUNTAINS,
        Setting.HILLS,
        Setting.FOREST,
        Setting.MEADOW,
        Setting.SNOWFIELD,
        Setting.DESERT,
    ):
        beyond = tuple(land for land in lands if land.depth < 0.5)
        return tuple(lowered(land) for land in beyond), lands[-1:]
    near = tuple(land for land in lands if land.depth > 0.85 and scene.setting is not Setting.CITY)
    return tuple(lowered(land) for land in lands if land.depth < 0.5), near


def submerged(scene: Scene) -> Scene:
    """An underwater scene without what only the air has; any other scene as it is."""
    if scene.setting is not Setting.UNDERWATER:
        return scene
    return replace(
        scene,
        weather=frozenset({Weather.CLEAR}),
        water=None,
        winter=False,
        moon=False,
        stars=False,
        aurora=False,
        rays=False,
    )


def snowed(land: Land, flowers: bool) -> Land:
    """A layer in winter: snow far down the peaks, fields white, and nothing low grows out of the snow but
    flowers that are asked for.
    """
    if land.covering == "grass" or (land.covering == "flowers" and not flowers):
        land = replace(land, covering="")
    if land.shape == "peaks":
        return replace(land, snow=max(land.snow, 0.85))
    return (
        replace(land, albedo=SNOW) if land.shape in ("rolls", "flat") and land.covering != "towers" else land
    )


def lowered(land: Land) -> Land:
    """A layer that stands on the far bank instead of on the plain."""
    return replace(land, foot=min(land.foot, 0.04))


def island(scene: Scene) -> bool:
    """Whether a far coast breaks the sea's horizon: the seed's choice."""
    return scene.water is Water.SEA and bool(scene.chance("island").random() < 0.5)
