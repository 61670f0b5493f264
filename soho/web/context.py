"""What every page knows: who is reading, and what they can spend."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject


def page(request: HttpRequest) -> dict[str, Any]:
    """`user`, `balance` (None when signed out) and `path`. The balance is read when a template first shows it."""
    user = getattr(request, "user", None) or AnonymousUser()

    def balance() -> Any:
        from soho.ledger import queries

        return queries.balance(user.id)

    return {
        "user": user,
        "balance": SimpleLazyObject(balance) if user.is_authenticated else None,
        "path": request.path,
        "messages": lambda: messages.get_messages(request),
    }
