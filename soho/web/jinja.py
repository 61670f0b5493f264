"""The Jinja2 environment of every page: escaping always on, a few globals, and figures put into words."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import reverse
from jinja2 import Environment, StrictUndefined
from lucide.jinja import lucide
from markupsafe import Markup

from soho.accounts.names import HOUSE_NAME
from soho.creations.links import avatar_url
from soho.creations.models import MAX_CAPTION, MAX_PROMPT
from soho.profiles.actions import MAX_BIO
from soho.syndication.addresses import absolute
from soho.syndication.oembed import player_size
from soho.syndication.structured import structured
from soho.syndication.words import made_with, model_title, title_of
from soho.web import assets, words
from soho.web.captions import introduced, linked, named


@lru_cache(maxsize=256)
def icon(name: str, size: int = 20) -> Markup:
    """The outline icon `name` of the Lucide set as inline SVG, `size` pixels square, silent to readers.

    Raises lucide.IconDoesNotExist for a name the set does not have.
    """
    attributes = {"aria-hidden": "true", "focusable": "false", "class": "icon"}
    return Markup(lucide(name, size=size, **attributes))  # noqa: S704 - the package's own drawing, no one's input


@lru_cache(maxsize=8192)
def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of the named route. Kept, because a feed page asks for some eighty."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def environment(**options: Any) -> Environment:
    """Django asks for this once per process (settings.TEMPLATES)."""
    options |= {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    options.pop("autoescape", None)
    env = Environment(autoescape=True, **options)
    env.globals.update(
        url=url,
        static=assets.static,
        script=assets.script,
        stylesheets=assets.stylesheets,
        icon=icon,
        avatar_url=avatar_url,
        config={
            "prices": settings.PRICES,
            "grant": settings.GRANT_TOKENS,
            "max_prompt": MAX_PROMPT,
            "max_caption": MAX_CAPTION,
            "max_bio": MAX_BIO,
            "base_url": settings.BASE_URL,
            "debug": settings.DEBUG,
            "house": HOUSE_NAME,
            "previews": settings.PREVIEWS > 0,
            "tokens_help": settings.TOKENS_HELP,
        },
    )
    env.filters.update(
        ago=words.ago,
        day=words.day,
        when=words.when,
        minute=words.minute,
        count=words.count,
        clock=words.clock,
        eta=words.eta,
        percent=words.percent,
        usually=words.usually,
        span=words.span,
        tokens=words.tokens,
        title_of=title_of,
        shape=words.shape,
        hue=words.hue,
        model_title=model_title,
        made_with=made_with,
        absolute=absolute,
        linked=linked,
        named=named,
        introduced=introduced,
        structured=structured,
        player_size=player_size,
    )
    return env
