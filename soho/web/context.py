"""What every page knows: who is reading, and what they can spend."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject


def page(request: HttpRequest) -> dict[str, Any]:
    """`user`, `balance` (None when signed out), `path` and `messages()`.

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
        "messages": lambda: messages.get_messages(request),
    }
