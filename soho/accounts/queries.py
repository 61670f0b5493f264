"""Reading about people."""

from django.db.models import QuerySet

from soho.accounts.models import ApiKey, User
from soho.accounts.names import canonical


def profile(username: str) -> User | None:
    """The active person of this name, in any case; None when there is none. One query."""
    return User.objects.filter(username=canonical(username), is_active=True).first()


def api_keys(user: User) -> QuerySet[ApiKey]:
    """The person's keys that still work, newest first."""
    return ApiKey.objects.filter(user=user, revoked_at=None)


def has_operator() -> bool:
    """Whether someone can run this site: an active superuser."""
    return User.objects.filter(is_superuser=True, is_active=True).exists()
