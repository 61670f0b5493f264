"""What a page loads besides its HTML: the style sheets in their order, and modules with what they import.

There is no build step. When static files are collected, the sheets are joined into one
(soho/web/static_storage.py); modules stay as they are, and the page names early what they import, so that
no import waits for another.
"""

import re
from functools import cache, lru_cache
from pathlib import Path
from posixpath import join, normpath

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static as _static
from markupsafe import Markup

# In this order: each file is one layer or one component.
STYLES = (
    "tokens",
    "base",
    "layout",
    "button",
    "field",
    "token-badge",
    "avatar",
    "tag",
    "progress",
    "type-card",
    "prompt-box",
    "preview",
    "model-picker",
    "making",
    "media",
    "post-card",
    "feed-bar",
    "talk",
    "draft-card",
    "workbench",
    "profile",
    "viewer",
    "dialog",
    "menu",
    "queue",
    "news",
    "toast",
    "empty-state",
    "pager",
    "receipt-row",
    "settings",
    "opening",
    "desk",
)
SHEETS = tuple(f"soho/css/{name}.css" for name in STYLES)
JOINED = "soho/soho.css"
EVERYWHERE = "soho/js/app.js"  # on every page, and so is what it imports

_IMPORT = re.compile(r"""^import\b[^;"']*["'](\.[^"']+)["'];""", re.M)


@lru_cache(maxsize=256)
def _kept(name: str) -> str:
    return _static(name)


def static(name: str) -> str:
    """The address of a static file. Kept, unless somebody is working on the files (SOHO_DEBUG)."""
    return _static(name) if settings.DEBUG else _kept(name)


def stylesheets() -> tuple[str, ...]:
    """Names of the sheets that every page links: one where they were collected, each by itself before."""
    collected = getattr(staticfiles_storage, "hashed_files", {})
    return (JOINED,) if JOINED in collected and not settings.DEBUG else SHEETS


@cache
def imported(name: str) -> tuple[str, ...]:
    """Every module that `name` imports, directly or not, nearest first, without itself.

    Raises FileNotFoundError where there is no such module.
    """
    found: dict[str, None] = {}
    ahead = [name]
    while ahead:
        module = ahead.pop(0)
        source = finders.find(module)
        if not source:
            raise FileNotFoundError(f"There is no static file {module!r}.")
        for target in _IMPORT.findall(Path(source).read_text()):
            named = normpath(join(module, "..", target))
            if named not in found and named != name:
                found[named] = None
                ahead.append(named)
    return tuple(found)


@lru_cache(maxsize=64)
def script(name: str, *, blocking: bool = False) -> Markup:
    """The tags of the module `soho/js/{name}.js`: first what it imports, to be fetched at the same time.

    `blocking` holds back the first painting until it ran; for small modules that would move what was seen.
    """
    module = f"soho/js/{name}.js"
    there = () if module == EVERYWHERE else (EVERYWHERE, *imported(EVERYWHERE))
    links = [
        Markup('<link rel="modulepreload" href="{}">\n').format(static(one))
        for one in imported(module)
        if one not in there
    ]
    tag = Markup('<script type="module" src="{}"{}></script>\n')
    return Markup().join(
        [*links, tag.format(static(module), Markup(' blocking="render"') if blocking else "")]
    )
