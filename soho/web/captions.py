"""Captions and comments as pages show them: text, with #tags and @names as links."""

import re
from functools import lru_cache

from django.urls import reverse
from markupsafe import Markup, escape

from soho.creations import captions
from soho.creations.captions import Part

ROUTES = {"tag": "tag", "name": "profile"}


def linked(caption: str) -> Markup:
    """`caption` escaped, its tags leading to their pages and its names to their people."""
    return _joined(captions.parts(caption), ROUTES)


def named(comment: str) -> Markup:
    """`comment` escaped, its names leading to their people."""
    return _joined(captions.parts(comment), {"name": ROUTES["name"]})


# Up to the first sign that cannot stand in an address, without the full stop or bracket that ends a sentence.
_ADDRESS = re.compile(r"\bhttps?://[^\s<>\"'`{}|\\^]+[^\s<>\"'`{}|\\^.,:;!?)\]*_]", re.IGNORECASE)


def introduced(bio: str) -> Markup:
    """`bio` escaped, its addresses and names as links.

    The addresses lead away from the site, so they are marked as a person's own and pass on no reputation.
    """
    made, end = Markup(""), 0
    for match in _ADDRESS.finditer(bio):
        made += named(bio[end : match.start()])
        made += Markup('<a class="in-text" href="{0}" rel="nofollow ugc noopener">{1}</a>').format(
            match[0], match[0].partition("://")[2]
        )
        end = match.end()
    return made + named(bio[end:])


def _joined(parts: list[Part], routes: dict[str, str]) -> Markup:
    # Joined as plain text, each piece escaped: Markup looks at every piece of it again.
    pieces = [
        f'<a class="in-text" href="{_address(routes[part.kind], part.target)}">{escape(part.text)}</a>'
        if part.kind in routes
        else escape(part.text)
        for part in parts
    ]
    return Markup("".join(pieces))  # noqa: S704 - our own link, and what was escaped above


@lru_cache(maxsize=4096)
def _address(route: str, target: str) -> Markup:
    """Where a tag or name leads, escaped. Kept, because a page of the feed asks for dozens."""
    return escape(reverse(route, args=[target]))
