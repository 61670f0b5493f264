"""Captions and comments as pages show them: text, with #tags and @names as links."""

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


def _joined(parts: list[Part], routes: dict[str, str]) -> Markup:
    return Markup("").join(
        Markup('<a class="in-text" href="{}">{}</a>').format(
            reverse(routes[part.kind], args=[part.target]), part.text
        )
        if part.kind in routes
        else escape(part.text)
        for part in parts
    )
