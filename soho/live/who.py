"""Who opens a stream: the same session or API key that the web knows, recognised by the same code.

Runs in a thread with a database connection for as long as that takes, never for as long as a stream lasts.
"""

import hashlib
from collections.abc import Mapping
from importlib import import_module
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.http.cookie import parse_cookie
from django.http.request import split_domain_port, validate_host

from soho.accounts.actions import user_for_api_key
from soho.accounts.models import User
from soho.live.queries import Credential

Headers = Mapping[str, str]


def person(headers: Headers) -> Credential | None:
    """Who sends this request; None for nobody. A bad key never falls through to the session."""
    if "authorization" in headers:
        return _by_key(headers["authorization"])
    key = parse_cookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
    return _by_session(key) if key else None


def _by_key(authorization: str) -> Credential | None:
    kind, _, text = authorization.partition(" ")
    user = user_for_api_key(text.strip()) if kind.lower() == "bearer" else None
    if user is None:
        return None
    return Credential(hashlib.sha256(text.strip().encode()).hexdigest(), user.pk, None)


def _by_session(key: str) -> Credential | None:
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = get_user(request)
    if not isinstance(user, User) or not request.session.session_key:
        return None
    # Compared with PostgreSQL's md5() of the same column; nothing is secret in it, it only tells of a change.
    password = hashlib.md5(user.password.encode(), usedforsecurity=False).hexdigest()
    return Credential(request.session.session_key, user.pk, password)


def is_known_host(headers: Headers) -> bool:
    """Whether the request names one of this site's hosts, as for every page."""
    name, _ = split_domain_port(headers.get("host", ""))
    return bool(name) and validate_host(name, settings.ALLOWED_HOSTS)


def is_own_origin(headers: Headers) -> bool:
    """Whether a page of this site asks, or a program that is no page (which sends no `Origin`)."""
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}
    if origin == settings.BASE_URL or origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        parts = urlsplit(origin)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return False
    # The web itself, under the very name that the door was asked under.
    name, _ = split_domain_port(headers.get("host", ""))
    return parts.scheme in {"http", "https"} and parts.hostname == name and port == settings.PORT


def address(headers: Headers, peer: str) -> str:
    """Where a signed-out reader comes from, for counting: the proxy's word for it behind one, else the
    connection.
    """
    told = headers.get("x-forwarded-for", "").rpartition(",")[2].strip() if settings.BEHIND_PROXY else ""
    return told or peer
