"""Captions and comments as pages show them: text, with #tags and @names as links."""

import re

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
    return Markup("").join(
        Markup('<a class="in-text" href="{}">{}</a>').format(
            reverse(routes[part.kind], args=[part.target]), part.text
        )
        if part.kind in routes
        else escape(part.text)
        for part in parts
    )
