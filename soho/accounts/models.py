"""Who: people, their API keys, and the link that makes the first operator."""

import hmac

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from soho.accounts.names import username_validators
from soho.ids import new_id


class User(AbstractUser):
    """A person. `username` is lower case and safe in a URL; operators are those with `is_staff`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(
        max_length=30,
        unique=True,
        validators=username_validators,
        error_messages={"unique": "That name is taken. Choose another."},
    )
    bio = models.CharField(max_length=300, blank=True)
    # Which picture is theirs, if any; its objects are named after it (soho/storage/keys.py).
    avatar = models.UUIDField(null=True, blank=True, editable=False)

    first_name = None  # type: ignore[assignment]  # a username is all the product asks of a person
    last_name = None  # type: ignore[assignment]  # the same

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        return self.username

    def get_short_name(self) -> str:
        return self.username


class ApiKey(models.Model):
    """A bearer key. Only its SHA-256 is kept: of 256 random bits a slow hash would protect nothing more."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=16, help_text="The first characters, to tell keys apart.")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.name})"


class OperatorInvitation(models.Model):
    """The link that makes the first operator. There is one at most: a new one replaces it, use deletes it."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY, editable=False)
    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="accounts_one_operator_invitation")]

    def __str__(self) -> str:
        return f"until {self.expires_at:%Y-%m-%d %H:%M} UTC"

    def opens_to(self, digest: str) -> bool:
        """Whether the token with this SHA-256 (hex) is the right one, and in time."""
        return hmac.compare_digest(self.digest, digest) and timezone.now() < self.expires_at
