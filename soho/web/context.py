"""What every page knows: who is reading, and what they can spend."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from soho.config.live import live_address


def page(request: HttpRequest) -> dict[str, Any]:
    """`user`, `balance` (None when signed out), `path`, `live` (the live door) and `messages()`.

    The balance is read when a template first shows it.
    """
    user = getattr(request, "user", None) or AnonymousUser()

    def balance() -> Any:
        from soho.ledger import queries

        assert user.pk is not None
        return queries.balance(user.pk)

    return {
        "user": user,
        "balance": SimpleLazyObject(balance) if user.is_authenticated else None,
        "path": request.path,
        "live": _live(request),
        "messages": lambda: messages.get_messages(request),
    }


def _live(request: HttpRequest) -> str | None:
    try:
        host = request.get_host()
    except DisallowedHost:  # the page that says so has no live door
        return None
    return live_address(settings.LIVE_URL, scheme=urlsplit(settings.BASE_URL).scheme, host=host)
