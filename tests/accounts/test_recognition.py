"""Who a session belongs to is found by plain SQL; everything that ends a session still ends it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from soho.accounts.backends import Recognition
from soho.accounts.models import User
from soho.accounts.sessions import SessionStore

Count = Callable[[int], CaptureQueriesContext]

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(alice: User) -> str:
    """The key of a session that Alice has opened."""
    client = Client()
    client.force_login(alice)
    return client.cookies["sessionid"].value


def who(key: str) -> str:
    """The name of whoever comes with this key, or nothing."""
    request = HttpRequest()
    request.session = SessionStore(key)
    return get_user(request).get_username()


def test_alice_is_known_by_two_queries(key: str, django_assert_num_queries: Count) -> None:
    with django_assert_num_queries(2):
        assert who(key) == "alice"


def test_the_person_is_whole(alice: User) -> None:
    found = Recognition().get_user(str(alice.pk))
    assert found is not None
    fields = [field.attname for field in User._meta.concrete_fields]
    assert {name: getattr(found, name) for name in fields} == {
        name: getattr(User.objects.get(pk=alice.pk), name) for name in fields
    }
    assert not found.get_deferred_fields()
    found.bio = "Changed and saved."
    found.save()
    assert User.objects.get(pk=alice.pk).bio == "Changed and saved."


@pytest.mark.parametrize("stranger", ["", "no-id", "00000000-0000-0000-0000-000000000000"])
def test_nobody_has_that_id(db: None, stranger: str) -> None:
    assert Recognition().get_user(stranger) is None


def test_an_expired_session_is_nobodys(key: str) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert who(key) == ""


def test_a_forged_session_is_nobodys(key: str) -> None:
    Session.objects.update(session_data="forged")
    assert who(key) == ""


@pytest.mark.parametrize("stranger", ["", "x" * 32, "\0"])
def test_an_unknown_key_is_nobodys(db: None, stranger: str) -> None:
    assert who(stranger) == ""


def test_an_account_that_is_switched_off_is_nobody(alice: User, key: str) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert who(key) == ""


def test_a_new_password_ends_the_sessions_of_the_old_one(alice: User, key: str) -> None:
    alice.set_password("another long walk")
    alice.save()
    assert who(key) == ""


def test_signing_out_ends_the_session(alice: User) -> None:
    client = Client()
    client.force_login(alice)
    key = client.cookies["sessionid"].value
    client.logout()
    assert who(key) == ""
