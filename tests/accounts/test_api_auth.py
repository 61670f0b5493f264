"""Who calls the API: a key or a session, never the one when the other was meant."""

import pytest
from django.test import Client

from soho.accounts.actions import create_api_key, revoke_api_key
from soho.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]


@pytest.fixture
def browser(alice) -> Client:
    """Alice is signed in here, and forged requests are refused as in earnest."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    return client


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def test_a_key_is_its_person(charlie):
    _, text = create_api_key(charlie, "script")
    anybody = Client(enforce_csrf_checks=True)

    assert anybody.get("/api/who", headers=bearer(text)).json() == {"user": "charlie", "auth": "charlie"}
    assert anybody.post("/api/act", headers=bearer(text)).json() == {
        "user": "charlie"
    }  # no CSRF token needed
    assert anybody.get("/api/who", headers={"Authorization": f"bearer {text}"}).status_code == 200


def test_a_key_speaks_for_its_own_person_even_in_anothers_browser(browser, charlie):
    _, text = create_api_key(charlie, "script")
    assert browser.post("/api/act", headers=bearer(text)).json() == {"user": "charlie"}


@pytest.mark.parametrize("text", ["", "soho_" + "a" * 43, "nonsense", "soho_ " + "a" * 42, "é" * 48])
def test_a_bad_key_is_401_and_never_falls_through_to_the_session(browser, text):
    answer = browser.get("/api/who", headers=bearer(text))

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "invalid_key"


def test_nor_does_a_revoked_key_or_one_of_somebody_switched_off(browser, alice, charlie):
    revoked, revoked_text = create_api_key(alice, "old")
    revoke_api_key(alice, revoked.id)
    _, orphan_text = create_api_key(charlie, "script")
    User.objects.filter(pk=charlie.pk).update(is_active=False)

    for text in (revoked_text, orphan_text):
        answer = browser.get("/api/who", headers=bearer(text))
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_key")


def test_the_session_reads_as_it_is_and_acts_with_its_csrf_token(browser):
    assert browser.get("/api/who").json() == {"user": "alice", "auth": "alice"}

    forged = browser.post("/api/act")
    assert (forged.status_code, forged.json()["code"]) == (403, "csrf")

    token = "a" * 32
    browser.cookies["csrftoken"] = token
    assert browser.post("/api/act", headers={"X-CSRFToken": token}).json() == {"user": "alice"}
    assert browser.post("/api/act", headers={"X-CSRFToken": "b" * 32}).status_code == 403


def test_who_is_nobody_is_told_to_sign_in():
    nobody = Client(enforce_csrf_checks=True)
    for answer in (nobody.get("/api/who"), nobody.post("/api/act")):
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_who_is_switched_off_is_nobody(browser, alice):
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert browser.get("/api/who").status_code == 401


def test_a_key_costs_one_query(alice, django_assert_num_queries):
    _, text = create_api_key(alice, "script")
    client = Client()
    client.get("/api/who", headers=bearer(text))
    with django_assert_num_queries(1):
        client.get("/api/who", headers=bearer(text))
