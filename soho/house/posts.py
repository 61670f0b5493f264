"""What the house hangs in an empty feed: chosen for how well Diorama paints it, in mixed shapes and kinds."""

from dataclasses import dataclass

from soho.providers.contract import Kind

MODEL = "diorama"
SECONDS = 6.0


@dataclass(frozen=True, slots=True)
class Post:
    """One post of the house. Its prompt tells it from the others."""

    kind: Kind
    aspect_ratio: str
    seed: int
    prompt: str
    caption: str


POSTS = (
    Post(
        "image", "1:1", 1,
        "Watercolor painting of a lake and mountains",
        "Wet paper, warm light.",
    ),
    Post(
        "video", "9:16", 1,
        "Three hot air balloons over hills at dawn",
        "First flight of the day. No hurry.",
    ),
    Post(
        "video", "16:9", 1,
        "Aurora over snowy mountains at night",
        "The mountains had the best seats.",
    ),
    Post(
        "image", "9:16", 1,
        "A full moon over a lake, stars",
        "Bright enough to read by.",
    ),
    Post(
        "video", "9:16", 1,
        "Underwater coral reef with fish",
        "Down here it is always slow motion.",
    ),
    Post(
        "video", "1:1", 1,
        "A castle on a hill at sunset with birds",
        "Last light at the castle. The birds go home first.",
    ),
    Post(
        "image", "16:9", 1,
        "A purple nebula in space with planets",
        "A window seat, somewhere past the rings.",
    ),
    Post(
        "video", "9:16", 1,
        "Paper lanterns rising over a city at night",
        "Every lantern is somebody's wish. The city pretends to sleep.",
    ),
)  # fmt: skip
