"""API keys: shown once, kept as a digest, ended at once."""

import hashlib
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from soho.accounts.actions import (
    MAX_ACTIVE_KEYS,
    create_api_key,
    create_user,
    revoke_api_key,
    user_for_api_key,
)
from soho.accounts.models import ApiKey, User
from soho.accounts.queries import api_keys

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return create_user("alice", "a quiet valley at dawn")


@pytest.fixture
def charlie() -> User:
    return create_user("charlie", "a quiet valley at noon")


def test_a_key_is_shown_once_and_only_its_digest_is_kept(alice):
    key, text = create_api_key(alice, " My laptop ")

    assert re.fullmatch(r"soho_[A-Za-z0-9_-]{43}", text)
    assert key.name == "My laptop"
    kept = ApiKey.objects.values().get()
    assert kept["digest"] == hashlib.sha256(text.encode()).hexdigest()
    assert kept["prefix"] == text[:12]
    assert text not in str(kept)
    assert text[12:] not in str(kept)


def test_every_key_is_another(alice):
    assert len({create_api_key(alice, "k")[1] for _ in range(20)}) == 20


def test_a_key_names_its_person_in_one_query(alice, charlie, django_assert_num_queries):
    _, text = create_api_key(alice, "laptop")
    create_api_key(charlie, "phone")
    user_for_api_key(text)  # the first use of a minute is noted

    with django_assert_num_queries(1):
        assert user_for_api_key(text) == alice


def test_a_use_is_noted_once_a_minute(alice, django_assert_num_queries):
    key, text = create_api_key(alice, "laptop")

    with django_assert_num_queries(2):
        user_for_api_key(text)
    key.refresh_from_db()
    first = key.last_used_at
    assert timezone.now() - first < timedelta(seconds=10)

    user_for_api_key(text)
    key.refresh_from_db()
    assert key.last_used_at == first

    ApiKey.objects.update(last_used_at=first - timedelta(seconds=61))
    user_for_api_key(text)
    key.refresh_from_db()
    assert key.last_used_at >= first


def test_a_revoked_key_opens_nothing_from_that_moment(alice):
    key, text = create_api_key(alice, "laptop")
    other, other_text = create_api_key(alice, "phone")

    assert revoke_api_key(alice, key.id) is True

    assert user_for_api_key(text) is None
    assert user_for_api_key(other_text) == alice
    assert list(api_keys(alice)) == [other]
    assert revoke_api_key(alice, key.id) is False


def test_nobody_revokes_anothers_key(alice, charlie):
    key, text = create_api_key(alice, "laptop")

    for stranger, which in ((charlie, key.id), (alice, uuid4())):
        with pytest.raises(ApiKey.DoesNotExist):
            revoke_api_key(stranger, which)
    assert user_for_api_key(text) == alice


def test_a_key_of_someone_who_is_switched_off_opens_nothing(alice):
    _, text = create_api_key(alice, "laptop")
    User.objects.filter(pk=alice.pk).update(is_active=False)

    assert user_for_api_key(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soho_",
        "soho_" + "a" * 43,
        "soho_" + "a" * 42,
        "soho_" + "a" * 10_000,
        "sk-" + "a" * 45,
        "soho_" + "\ud800" * 43,
        "soho_" + "\x00" * 43,
        "soho_" + "é" * 43,
    ],
)
def test_what_was_never_a_key(alice, text):
    create_api_key(alice, "laptop")
    assert user_for_api_key(text) is None


@pytest.mark.parametrize(
    "change", [str.upper, str.lower, lambda t: t[:-1] + chr(ord(t[-1]) ^ 1), lambda t: t + " "]
)
def test_nearly_a_key_is_none(alice, change):
    _, text = create_api_key(alice, "laptop")
    assert user_for_api_key(change(text)) is None


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "two\nlines", "a\x00b"])
def test_names_that_are_none(alice, name):
    with pytest.raises(ValidationError) as refusal:
        create_api_key(alice, name)
    assert set(refusal.value.message_dict) == {"name"}
    assert not ApiKey.objects.exists()


def test_there_is_an_end_to_keys_that_revoking_moves(alice):
    keys = [create_api_key(alice, f"key {n}")[0] for n in range(MAX_ACTIVE_KEYS)]

    with pytest.raises(ValidationError, match="Revoke one first"):
        create_api_key(alice, "one more")

    revoke_api_key(alice, keys[0].id)
    create_api_key(alice, "one more")
