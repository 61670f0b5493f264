"""The short words by which a post goes elsewhere: its title, and what made it."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from soho.providers import registry


def title_of(text: str, limit: int = 60) -> str:
    """The first words of a prompt or caption on one line, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    return line[:limit].rsplit(" ", 1)[0].rstrip(",.;:") + "…"


@lru_cache(maxsize=256)
def model_title(name: str) -> str:
    """What the model `name` is called for people; the bare name of one that is no longer on offer."""
    return next((model.title for model in registry.offered() if model.name == name), name)


def made_with(post: Mapping[str, Any]) -> str:
    """Which model made it, in words; where another took over from the one asked for, that is said too."""
    asked, made = post["model"], post["madeBy"] or post["model"]
    title = model_title(made)
    return title if made == asked else f"{title} in place of {model_title(asked)}"


def label(post: Mapping[str, Any]) -> str:
    """What every post (at least its `model` and `madeBy`) says of itself, wherever it is shown."""
    return f"Made with AI: {made_with(post)}"
