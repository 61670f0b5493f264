"""Who may see how the house does: whoever brings `SOHO_METRICS_TOKEN`, and operators."""

import hmac

from django.conf import settings
from django.http import HttpRequest

from soho.accounts.actions import user_for_api_key


def is_insider(request: HttpRequest) -> bool:
    """Whether the request brings the token, an operator's API key, or an operator's session.

    Nothing is asked of the database for a request that brings none of them. Where a caller comes from does
    not count: behind a proxy on the same machine everybody comes from inside.
    """
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        token = settings.METRICS_TOKEN
        if token and hmac.compare_digest(key.encode(), token.encode()):
            return True
        user = user_for_api_key(key)
        return user is not None and user.is_staff
    return bool(request.user.is_authenticated and request.user.is_staff)
