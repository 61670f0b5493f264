"""The nouns that can stand in a scene, and what the world knows of each, in no language.

The lexicons name them; these facts place them when the words do not.
"""

from __future__ import annotations

from dataclasses import dataclass

from soho.diorama.scene import Place, Setting

SKY, HORIZON, FAR, NEAR, FOREGROUND, WATER, UNDERWATER = Place


@dataclass(frozen=True, slots=True)
class Noun:
    """Where a thing usually is; which setting it brings along when no words name one (None: any); how many
    an uncounted plural means; and whether it stands in the ground, so that "on the lake" means beside it.
    """

    place: Place
    home: Setting | None = None
    several: int = 3
    rooted: bool = False


S = Setting

NOUNS: dict[str, Noun] = {
    "bird": Noun(SKY, several=7),
    "seagull": Noun(SKY, S.BEACH, 5),
    "eagle": Noun(SKY, S.MOUNTAINS, 2),
    "butterfly": Noun(NEAR, S.MEADOW, 5),
    "bee": Noun(NEAR, S.MEADOW, 5),
    "fish": Noun(UNDERWATER, S.UNDERWATER, 6),
    "whale": Noun(WATER, S.OCEAN, 2),
    "dolphin": Noun(WATER, S.OCEAN, 3),
    "jellyfish": Noun(UNDERWATER, S.UNDERWATER, 5),
    "turtle": Noun(UNDERWATER, S.UNDERWATER, 2),
    "shark": Noun(UNDERWATER, S.UNDERWATER, 2),
    "octopus": Noun(UNDERWATER, S.UNDERWATER, 2),
    "dog": Noun(NEAR),
    "cat": Noun(NEAR),
    "horse": Noun(NEAR, S.MEADOW),
    "cow": Noun(NEAR, S.MEADOW, 4),
    "sheep": Noun(NEAR, S.HILLS, 6),
    "deer": Noun(NEAR, S.FOREST),
    "fox": Noun(NEAR, S.FOREST, 2),
    "rabbit": Noun(NEAR, S.MEADOW),
    "bear": Noun(NEAR, S.FOREST, 2),
    "elephant": Noun(NEAR, S.DESERT),
    "person": Noun(NEAR, several=4),
    "child": Noun(NEAR),
    "astronaut": Noun(NEAR, S.SPACE, 2),
    "boat": Noun(WATER, S.OCEAN),
    "sailboat": Noun(WATER, S.OCEAN),
    "ship": Noun(WATER, S.OCEAN, 2),
    "canoe": Noun(WATER, S.LAKE, 2),
    "balloon": Noun(SKY, several=5),
    "hot air balloon": Noun(SKY, S.HILLS, 5),
    "kite": Noun(SKY, S.BEACH),
    "airplane": Noun(SKY, several=2),
    "helicopter": Noun(SKY, several=2),
    "rocket": Noun(SKY, several=2),
    "ufo": Noun(SKY),
    "satellite": Noun(SKY, S.SPACE, 2),
    "car": Noun(NEAR, S.CITY, rooted=True),
    "bus": Noun(NEAR, S.CITY, 2, rooted=True),
    "truck": Noun(NEAR, None, 2, rooted=True),
    "train": Noun(NEAR, S.HILLS, 2, rooted=True),
    "bicycle": Noun(NEAR, None, 2, rooted=True),
    "house": Noun(NEAR, S.HILLS, 4, rooted=True),
    "cabin": Noun(NEAR, S.FOREST, 3, rooted=True),
    "castle": Noun(FAR, S.HILLS, 2, rooted=True),
    "lighthouse": Noun(FAR, S.BEACH, 2),
    "windmill": Noun(FAR, S.MEADOW, 3, rooted=True),
    "bridge": Noun(FAR, S.LAKE, 2, rooted=True),
    "church": Noun(FAR, S.HILLS, 2, rooted=True),
    "tent": Noun(NEAR, S.MEADOW, 3, rooted=True),
    "tower": Noun(FAR, S.CITY, 3, rooted=True),
    "barn": Noun(FAR, S.MEADOW, 2, rooted=True),
    "tree": Noun(NEAR, None, 6, rooted=True),
    "pine": Noun(NEAR, S.MOUNTAINS, 6, rooted=True),
    "palm": Noun(NEAR, S.BEACH, 4, rooted=True),
    "cactus": Noun(NEAR, S.DESERT, 4, rooted=True),
    "flower": Noun(FOREGROUND, S.MEADOW, 12, rooted=True),
    "sunflower": Noun(FOREGROUND, S.MEADOW, 8, rooted=True),
    "mushroom": Noun(FOREGROUND, S.FOREST, 4, rooted=True),
    "rock": Noun(NEAR, None, 4),
    "waterfall": Noun(FAR, S.MOUNTAINS, 2),
    "campfire": Noun(NEAR, None, 2, rooted=True),
    "lantern": Noun(SKY, S.LAKE, 9),
    "fireworks": Noun(SKY, S.CITY, 5),
    "snowman": Noun(NEAR, S.SNOWFIELD, 3, rooted=True),
    "bench": Noun(NEAR, None, 2, rooted=True),
    "fence": Noun(NEAR, S.MEADOW, 1, rooted=True),
    "street lamp": Noun(NEAR, S.CITY, 4, rooted=True),
    "flag": Noun(NEAR, None, 3, rooted=True),
    "comet": Noun(SKY, S.SPACE, 3),
    "planet": Noun(SKY, S.SPACE, 3),
    "rainbow": Noun(SKY, several=1),
    "iceberg": Noun(WATER, S.OCEAN, 3),
    "dragon": Noun(SKY, several=2),
}  # fmt: skip


SWATCHES: dict[str, str] = {
    "red": "#d8322f",
    "orange": "#f2812b",
    "gold": "#f5c344",
    "green": "#3fa45b",
    "teal": "#2fb5b0",
    "blue": "#2f6fd8",
    "purple": "#7b4bc9",
    "pink": "#ef5f9c",
    "white": "#f3f1ec",
    "black": "#15161c",
    "grey": "#8d929c",
    "brown": "#8a5a36",
}
