"""Signing up, in and out and changing the password, through the pages' own addresses."""

import pytest
from django.test import Client

from soho.accounts.models import User
from soho.ledger.audit import verify
from soho.ledger.queries import Balance, balance
from tests.accounts.conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_fresh_limits")]

SIGN_UP, SIGN_IN, SIGN_OUT = "/accounts/signup/", "/accounts/login/", "/accounts/logout/"


def who(client: Client) -> str | None:
    user_id = client.session.get("_auth_user_id")
    return User.objects.get(pk=user_id).username if user_id else None


def sign_in(client: Client, name: str, password: str = PASSWORD, **more):
    return client.post(SIGN_IN, {"login": name, "password": password}, **more)


def test_signing_up_opens_an_account_with_tokens_and_signs_in(client):
    answer = client.post(SIGN_UP, {"username": "Bob", "password1": PASSWORD})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/create")
    assert who(client) == "bob"
    assert balance(User.objects.get().id) == Balance(50, 0)
    assert verify() == []


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a",
        "x" * 31,
        "admin",
        "ADMIN",
        "sign_in",
        "<b>bob</b>",
        "аlice",
        "al ice",
        "a\x00b",
        "alice",
        "ALICE",
    ],
)
def test_a_name_that_will_not_do_opens_nothing(client, alice, name):
    answer = client.post(SIGN_UP, {"username": name, "password1": PASSWORD})

    assert answer.status_code == 200
    assert b"<b>bob</b>" not in answer.content
    assert list(User.objects.all()) == [alice]
    assert who(client) is None


@pytest.mark.parametrize("password", ["", "short", "password", "bob-builder"])
def test_nor_does_a_weak_password(client, password):
    assert client.post(SIGN_UP, {"username": "bob-builder", "password1": password}).status_code == 200
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_name_taken_between_the_look_and_the_save_is_said_and_not_a_server_error(client, monkeypatch):
    """The form looks, somebody else signs up, the form saves: the other account opens inside the look."""
    from soho.accounts.actions import create_user
    from soho.accounts.adapter import AccountAdapter

    look = AccountAdapter.clean_username

    def look_then_lose(self, username: str, shallow: bool = False) -> str:
        found = look(self, username, shallow)
        create_user(found, PASSWORD)
        return found

    monkeypatch.setattr(AccountAdapter, "clean_username", look_then_lose)

    answer = client.post(SIGN_UP, {"username": "bob", "password1": PASSWORD})

    assert (answer.status_code, answer.headers["Location"]) == (302, SIGN_UP)
    assert User.objects.count() == 1
    assert verify() == []


def test_signing_in_in_any_case_and_out_by_a_button_only(client, alice):
    assert sign_in(client, " AliCe ").headers["Location"] == "/create"
    assert who(client) == "alice"

    client.get(SIGN_OUT)
    assert who(client) == "alice"  # a link or an image of another site cannot sign anybody out
    client.post(SIGN_OUT)
    assert who(client) is None


@pytest.mark.parametrize(
    ("name", "password"), [("alice", "wrong"), ("nobody", PASSWORD), ("alice", ""), ("", "")]
)
def test_wrong_names_and_passwords(client, alice, name, password):
    assert sign_in(client, name, password).status_code == 200
    assert who(client) is None


def test_a_wrong_name_and_a_wrong_password_read_the_same(client, alice):
    pages = [sign_in(client, *wrong).content.decode() for wrong in (("alice", "wrong"), ("nobody", "wrong"))]
    assert all("This name and password do not belong together." in page for page in pages)


def test_who_is_switched_off_does_not_get_in(client, alice):
    User.objects.update(is_active=False)
    sign_in(client, "alice")
    assert who(client) is None


@pytest.mark.parametrize(
    ("then", "goes"),
    [
        ("/soho/alice?tab=drafts", "/soho/alice?tab=drafts"),
        ("https://evil.example/", "/create"),
        ("//evil.example/", "/create"),
        ("/\\evil.example/", "/create"),
        ("https:///evil.example", "/create"),
        ("javascript:alert(1)", "/create"),
        ("http://testserver.evil.example/", "/create"),
        ("http://testserver@evil.example/", "/create"),
        (" //evil.example", "/create"),
    ],
)
def test_after_signing_in_one_stays_on_this_site(client, alice, then, goes):
    answer = client.post(SIGN_IN, {"login": "alice", "password": PASSWORD, "next": then})
    assert (answer.status_code, answer.headers["Location"]) == (302, goes)


def test_forms_need_their_csrf_token(alice):
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict, "alice").status_code == 403
    assert strict.post(SIGN_UP, {"username": "bob", "password1": PASSWORD}).status_code == 403


def test_changing_the_password_ends_the_other_sessions(client, alice):
    elsewhere = Client()
    sign_in(client, "alice")
    sign_in(elsewhere, "alice")
    new = {"password1": "a loud valley at noon", "password2": "a loud valley at noon"}

    client.post("/accounts/password/change/", {"oldpassword": "wrong", **new})
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)

    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})
    alice.refresh_from_db()
    assert alice.check_password("a loud valley at noon")
    assert client.get("/accounts/password/change/").status_code == 200
    assert elsewhere.get("/accounts/password/change/").status_code == 302


def test_after_five_failures_even_the_right_password_waits(client, alice, charlie):
    for _ in range(5):
        assert b"do not belong together" in sign_in(client, "alice", "wrong").content

    assert b"Too many attempts failed" in sign_in(client, "alice").content
    assert who(client) is None
    # From anywhere, and in any spelling of the name.
    assert b"Too many attempts failed" in sign_in(Client(), "ALICE", REMOTE_ADDR="10.0.0.9").content
    # Nobody else is kept out.
    sign_in(client, "charlie")
    assert who(client) == "charlie"


def test_guessing_over_many_names_from_one_address_ends_at_ten(client, alice):
    for n in range(10):
        assert b"do not belong together" in sign_in(client, f"name{n}", "wrong").content

    assert b"Too many attempts failed" in sign_in(client, "alice").content
    elsewhere = Client()
    sign_in(elsewhere, "alice", REMOTE_ADDR="10.0.0.9")
    assert who(elsewhere) == "alice"


def test_signing_in_again_and_again_is_limited_too_and_says_429(client, alice, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "4/m/ip"}
    answers = []
    for _ in range(5):
        client.logout()
        answers.append(sign_in(client, "alice").status_code)

    assert answers == [302] * 4 + [429]
