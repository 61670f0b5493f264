"""What people and operators do with accounts: open one, make and revoke API keys, accept the first operator's
link."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from soho.accounts.errors import InvitationRefused
from soho.accounts.models import ApiKey, OperatorInvitation, User
from soho.accounts.names import canonical
from soho.accounts.queries import has_operator
from soho.ledger.actions import grant, open_accounts

KEY_START = "soho_"
KEY_LENGTH = len(KEY_START) + 43  # 32 random bytes in base64url
MAX_ACTIVE_KEYS = 50
INVITATION_LIFETIME = timedelta(hours=24)
_SHOWN_CHARACTERS = 12
_USE_NOTED_EVERY = timedelta(minutes=1)


def create_user(username: str, password: str, *, operator: bool = False) -> User:
    """A new person, with token accounts and the welcome grant; `operator` makes one who may do everything.

    Validates as the sign-up page does. Raises ValidationError, its messages under `username` and `password`.
    """
    user = User(username=canonical(username), is_staff=operator, is_superuser=operator)
    problems: dict[str, list[ValidationError]] = {}
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        problems.update(error.error_dict)
    try:
        validate_password(password, user)
    except ValidationError as error:
        problems["password"] = error.error_list
    if problems:
        raise ValidationError(problems)
    user.set_password(password)
    return open_account(user)


def open_account(user: User) -> User:
    """Saves a validated new user with token accounts and the welcome grant: all of it or nothing.

    Raises ValidationError under `username` when someone took the name meanwhile.
    """
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            open_accounts(user)
            if settings.GRANT_TOKENS:
                grant(user.id, settings.GRANT_TOKENS, reason="Welcome to Soho", key=f"welcome:{user.id}")
    except IntegrityError as error:
        if User.objects.filter(username=user.username).exists():
            taken = User._meta.get_field("username").error_messages["unique"]
            raise ValidationError({"username": [ValidationError(taken, code="unique")]}) from error
        raise
    return user


def create_api_key(user: User, name: str) -> tuple[ApiKey, str]:
    """A new key and its text, which is shown now and never again: only its SHA-256 is kept.

    `name` is what the person calls it, 1 to 60 characters. Raises ValidationError under `name`.
    """
    text = KEY_START + secrets.token_urlsafe(32)
    key = ApiKey(user=user, name=name.strip(), prefix=text[:_SHOWN_CHARACTERS], digest=_digest(text))
    if not key.name.isprintable():
        raise ValidationError({"name": "A name is one line of visible characters."})
    key.full_clean(exclude=["user"])
    with transaction.atomic():
        # One at a time, so that two at once cannot pass the limit.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if ApiKey.objects.filter(user=user, revoked_at=None).count() >= MAX_ACTIVE_KEYS:
            raise ValidationError({"name": f"There are {MAX_ACTIVE_KEYS} keys already. Revoke one first."})
        key.save(force_insert=True)
    return key, text


def revoke_api_key(user: User, key_id: UUID) -> bool:
    """Ends a key of this person's at once. True when this call did, False when it had ended before.

    Raises ApiKey.DoesNotExist when the person has no such key.
    """
    if ApiKey.objects.filter(user=user, id=key_id, revoked_at=None).update(revoked_at=timezone.now()):
        return True
    ApiKey.objects.only("id").get(user=user, id=key_id)
    return False


def user_for_api_key(text: str) -> User | None:
    """Whose key this is; None when it is unknown, revoked, or its person is switched off.

    One query. The look-up is by digest, so its duration tells nothing about how near a guess came. Once a
    minute at most a second query notes that the key was used.
    """
    if len(text) != KEY_LENGTH or not text.startswith(KEY_START):
        return None
    key = (
        ApiKey.objects.select_related("user")
        .filter(digest=_digest(text), revoked_at=None, user__is_active=True)
        .first()
    )
    if not key:
        return None
    now = timezone.now()
    if not key.last_used_at or key.last_used_at <= now - _USE_NOTED_EVERY:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lte=now - _USE_NOTED_EVERY)
        ApiKey.objects.filter(unnoted, id=key.id).update(last_used_at=now)
    return key.user


def operator_invitation() -> str | None:
    """The path of a link that makes the first operator, such as `/welcome/<token>`; None once there is an
    operator.

    The link works once, for 24 hours, and until the next call, which replaces it. Only its SHA-256 is kept.
    """
    if has_operator():
        return None
    token = secrets.token_urlsafe(32)
    OperatorInvitation.objects.update_or_create(
        pk=OperatorInvitation.ONLY,
        defaults={"digest": _digest(token), "expires_at": timezone.now() + INVITATION_LIFETIME},
    )
    return f"/welcome/{token}"


def accept_operator_invitation(token: str, username: str, password: str) -> User:
    """Makes the first operator and uses the invitation up.

    Raises InvitationRefused, or ValidationError as `create_user` does, which leaves the invitation as it is.
    """
    with transaction.atomic():
        # There is one row, so of two people who accept at once the second waits here, and finds it gone.
        invitation = OperatorInvitation.objects.select_for_update().filter(pk=OperatorInvitation.ONLY).first()
        if not invitation or not invitation.opens_to(_digest(token)) or has_operator():
            raise InvitationRefused
        user = create_user(username, password, operator=True)
        invitation.delete()
        return user


def invitation_is_open(token: str) -> bool:
    """Whether `accept_operator_invitation` would take this token now."""
    invitation = OperatorInvitation.objects.filter(pk=OperatorInvitation.ONLY).first()
    return bool(invitation and invitation.opens_to(_digest(token)) and not has_operator())


def _digest(secret: str) -> str:
    # Surrogates, which a hand-made request can carry, have no UTF-8: they simply match nothing.
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
