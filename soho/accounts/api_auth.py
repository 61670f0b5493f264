"""Who calls the API: a key in `Authorization: Bearer`, or the session of a page with its CSRF token."""

from django.http import HttpRequest
from ninja.security import HttpBearer, SessionAuth

from soho.accounts.actions import user_for_api_key
from soho.accounts.errors import InvalidKey
from soho.accounts.models import User


class Bearer(HttpBearer):
    """An API key, which makes its person `request.user`. A bad one never falls through to the session.

    Raises InvalidKey; answers None when the request carries no bearer key.
    """

    openapi_name = "apiKey"

    def authenticate(self, request: HttpRequest, token: str) -> User:
        user = user_for_api_key(token)
        if not user:
            raise InvalidKey
        request.user = user
        return user


class Session(SessionAuth):
    """The signed-in person of a page. A call that changes something needs the CSRF token (ninja answers 403).

    Who is not signed in at all is told that first: None, so 401.
    """

    def __call__(self, request: HttpRequest) -> User | None:
        if not request.user.is_authenticated:
            return None
        user: User | None = super().__call__(request)
        return user


signed_in = [Bearer(), Session()]


def person(request: HttpRequest) -> User:
    """Who is signed in, for calls that `Bearer` or `Session` let through."""
    user = request.user
    assert isinstance(user, User)
    return user
