"""oEmbed 1.0 (https://oembed.com): how other sites show a post of ours when somebody links to it."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from soho.media.thumbnail import THUMBNAIL_MAX_HEIGHT, THUMBNAIL_WIDTH, fit
from soho.syndication import addresses
from soho.syndication.words import label, title_of

USUAL_WIDTH, USUAL_HEIGHT = 640, 720
BAR = 44  # pixels of the player below the picture (static/soho/css/embed.css)
CACHE_SECONDS = 3600

_FRAME = Markup(
    '<iframe src="{src}" width="{width}" height="{height}" title="{title}" frameborder="0" '
    'allow="fullscreen; picture-in-picture" allowfullscreen loading="lazy"></iframe>'
)


def describe(post: Mapping[str, Any], max_width: int | None, max_height: int | None) -> dict[str, Any]:
    """A post (in the shape of `creation_json`) as oEmbed's `video` or `photo`, no larger than asked for.

    Both maxima are in pixels; None leaves that side to us.
    """
    said = {
        "version": "1.0",
        "title": f"{title_of(post['caption'] or post['prompt'], 100)} · {label(post)}",
        "author_name": post["username"],
        "author_url": addresses.of_person(post["username"]),
        "provider_name": "Soho",
        "provider_url": addresses.absolute("/"),
        "cache_age": CACHE_SECONDS,
        **_thumbnail(post),
    }
    if post["mediaType"] == "video":
        return said | _video(post, max_width, max_height)
    return said | _photo(post, max_width, max_height)


def player_size(
    post: Mapping[str, Any], max_width: int | None = None, max_height: int | None = None
) -> tuple[int, int]:
    """Width and height of the player: the picture within the maxima, and the bar below it."""
    room = max(1, (max_height or USUAL_HEIGHT) - BAR)
    width, height = fit(_size(post), min(max_width or USUAL_WIDTH, 4096), room)
    return width, height + BAR


def _video(post: Mapping[str, Any], max_width: int | None, max_height: int | None) -> dict[str, Any]:
    width, height = player_size(post, max_width, max_height)
    title = f"{title_of(post['prompt'])} by {post['username']}. {label(post)}"
    frame = _FRAME.format(src=addresses.of_player(post), width=width, height=height, title=title)
    return {"type": "video", "html": str(frame), "width": width, "height": height}


def _photo(post: Mapping[str, Any], max_width: int | None, max_height: int | None) -> dict[str, Any]:
    size = _size(post)
    width, height = fit(size, min(max_width or size[0], size[0]), min(max_height or size[1], size[1]))
    url = post["mediaUrl"]
    if width <= THUMBNAIL_WIDTH and post["thumbnailUrl"]:
        url = post["thumbnailUrl"]  # large enough, and a tenth of the bytes
    return {"type": "photo", "url": addresses.absolute(url), "width": width, "height": height}


def _thumbnail(post: Mapping[str, Any]) -> dict[str, Any]:
    if not post["thumbnailUrl"]:
        return {}
    width, height = fit(_size(post), THUMBNAIL_WIDTH, THUMBNAIL_MAX_HEIGHT)
    return {
        "thumbnail_url": addresses.absolute(post["thumbnailUrl"]),
        "thumbnail_width": width,
        "thumbnail_height": height,
    }


def _size(post: Mapping[str, Any]) -> tuple[int, int]:
    """Pixels of what was made; before that was known, those of the shape that was asked for."""
    if post["width"] and post["height"]:
        return post["width"], post["height"]
    across, _, down = str(post["aspectRatio"]).partition(":")
    return (120 * int(across), 120 * int(down)) if across.isdigit() and down.isdigit() else (1080, 1920)
