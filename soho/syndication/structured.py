"""A post in schema.org's words (JSON-LD), for search engines."""

from collections.abc import Mapping
from typing import Any

from soho.syndication import addresses
from soho.syndication.words import label, title_of


def structured(post: Mapping[str, Any]) -> dict[str, Any]:
    """A post (in the shape of `creation_json`) as a VideoObject or ImageObject."""
    video = post["mediaType"] == "video"
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "VideoObject" if video else "ImageObject",
        "@id": addresses.of_post(post),
        "url": addresses.of_post(post),
        "name": title_of(post["caption"] or post["prompt"], 100),
        "description": f"{title_of(post['caption'] or post['prompt'], 400)} ({label(post)})",
        "contentUrl": addresses.absolute(post["mediaUrl"]),
        "uploadDate": post["publishedAt"],
        "width": post["width"],
        "height": post["height"],
        "keywords": post["tags"],
        "creditText": label(post),
        "creator": {
            "@type": "Person",
            "name": post["username"],
            "url": addresses.of_person(post["username"]),
        },
        "interactionStatistic": {
            "@type": "InteractionCounter",
            "interactionType": {"@type": "LikeAction"},
            "userInteractionCount": post["likeCount"],
        },
        "thumbnailUrl": addresses.picture_of(post),
    }
    if video:
        said |= {"embedUrl": addresses.of_player(post), "duration": f"PT{post['duration'] or 0:.3f}S"}
    return {name: value for name, value in said.items() if value not in (None, [], "")}
