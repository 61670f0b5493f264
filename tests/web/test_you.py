"""What is mine alone: keys, receipts, password, and the first operator's door."""

import re

import pytest
from django.test import Client

from soho.accounts.actions import operator_invitation, user_for_api_key
from soho.accounts.models import ApiKey, User
from soho.ledger import actions as ledger
from tests.conftest import PASSWORD

SECRET = re.compile(r'<code id="new-key">(soho_[^<]+)</code>')


def test_a_key_is_shown_once_works_and_is_revoked(as_alice: Client, alice: User) -> None:
    # When alice makes a key, she sees it this once.
    made = as_alice.post("/settings/keys", {"name": "the cutting room"}).content.decode()
    secret = SECRET.search(made)
    assert secret
    assert user_for_api_key(secret[1]) == alice
    again = as_alice.get("/settings").content.decode()
    assert "the cutting room" in again
    assert secret[1] not in again

    # When she revokes it, it is over.
    key = ApiKey.objects.get()
    assert as_alice.post(f"/settings/keys/{key.pk}/revoke")["Location"] == "/settings"
    assert user_for_api_key(secret[1]) is None
    assert "the cutting room" not in as_alice.get("/settings").content.decode()


def test_a_key_needs_a_name(as_alice: Client) -> None:
    answer = as_alice.post("/settings/keys", {"name": " "})
    assert answer.status_code == 422
    assert b'aria-invalid="true"' in answer.content
    assert b'id="id_name-error"' in answer.content
    assert not ApiKey.objects.exists()


def test_nobody_revokes_anothers_key(as_alice: Client, as_bob: Client) -> None:
    as_alice.post("/settings/keys", {"name": "mine"})
    key = ApiKey.objects.get()
    assert as_bob.post(f"/settings/keys/{key.pk}/revoke").status_code == 404
    key.refresh_from_db()
    assert key.revoked_at is None


def test_receipts_tell_every_movement(as_alice: Client, alice: User) -> None:
    hold = ledger.hold(alice.pk, 10, reason="Video", key="hold:1", subject=None)
    ledger.release(hold, reason="Cancelled video")
    html = as_alice.get("/settings/receipts").content.decode()
    for words in ("Granted", "+50", "Set aside", "−10", "Given back", "+10", "50 left", "40 left"):
        assert words in html


def test_receipts_go_on(as_alice: Client, alice: User) -> None:
    for number in range(60):
        ledger.grant(alice.pk, 1, reason=f"Gift {number}.", key=f"gift:{number}")
    first = as_alice.get("/settings/receipts").content.decode()
    link = re.search(r'href="(\?cursor=[^"]+)"', first)
    assert link
    second = as_alice.get(f"/settings/receipts{link[1]}").content.decode()
    gifts = re.findall(r"Gift (\d+)\.", first + second)
    assert gifts == [str(number) for number in range(59, -1, -1)]


@pytest.mark.django_db
def test_the_first_operators_door_opens_once() -> None:
    path = operator_invitation()
    assert path
    stranger = Client()
    assert stranger.get(path).status_code == 200

    # A bad choice is said beside the form, and the door stays open.
    bad = stranger.post(path, {"username": "explore", "password": PASSWORD})
    assert bad.status_code == 422
    assert b"kept for the site" in bad.content
    assert stranger.get(path).status_code == 200

    # A good one makes the operator, signed in.
    assert stranger.post(path, {"username": "olivia", "password": PASSWORD})["Location"] == "/house"
    assert User.objects.get(username="olivia").is_superuser
    assert stranger.get("/settings").status_code == 200
    assert Client().get(path).status_code == 404
    assert Client().get("/welcome/guessed").status_code == 404


@pytest.mark.django_db
def test_sign_up_ties_errors_to_their_fields(alice: User) -> None:
    answer = Client().post("/accounts/signup/", {"username": "alice", "password1": "short"})
    html = answer.content.decode()
    assert "That name is taken" in html
    for field in ("username", "password1"):
        tied = re.search(
            rf'<input id="id_{field}"[^>]*aria-invalid="true"[^>]*aria-describedby="([^"]+)"', html
        )
        assert tied
        assert all(f'id="{one}"' in html for one in tied[1].split())
    assert 'autocomplete="new-password"' in html
    assert 'value="short"' not in html


@pytest.mark.django_db
def test_sign_in_says_what_is_wrong_and_leads_back(alice: User) -> None:
    client = Client()
    wrong = client.post("/accounts/login/?next=/settings", {"login": "alice", "password": "wrong"})
    assert "This name and password do not belong together" in wrong.content.decode()
    right = client.post("/accounts/login/", {"login": "alice", "password": PASSWORD, "next": "/settings"})
    assert right["Location"] == "/settings"


def test_a_password_is_changed_with_the_old_one(as_alice: Client, alice: User) -> None:
    answer = as_alice.post(
        "/accounts/password/change/", {"oldpassword": "wrong", "password1": "a new quiet one"}
    )
    assert b'id="id_oldpassword-error"' in answer.content
    as_alice.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "a new quiet one", "password2": "a new quiet one"},
    )
    alice.refresh_from_db()
    assert alice.check_password("a new quiet one")
