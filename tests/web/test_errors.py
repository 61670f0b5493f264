"""Pages for what went wrong, and problem documents where a program asked."""

import json

import pytest
from django.test import Client, RequestFactory

from soho.accounts.models import User
from soho.web import errors


def test_nothing_here_is_a_page_for_people_and_a_problem_for_programs(as_alice: Client) -> None:
    page = as_alice.get("/nowhere")
    assert page.status_code == 404
    assert b"Nothing is showing here" in page.content
    answer = as_alice.get("/api/nowhere")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("application/problem+json")
    assert json.loads(answer.content)["code"] == "not_found"


def test_a_form_without_its_token_is_refused_in_words(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    answer = client.post("/settings/keys", {"name": "forged"})
    assert answer.status_code == 403
    assert b"This page waited too long" in answer.content


@pytest.mark.parametrize("path", ["/", "/api/feed"])
def test_our_own_fault_needs_no_database(path: str) -> None:
    # No `db` fixture: pytest-django forbids any query.
    answer = errors.server_error(RequestFactory().get(path))
    assert answer.status_code == 500
    assert b"Nothing was charged" in answer.content


def test_every_fault_has_its_page() -> None:
    request = RequestFactory().get("/")
    assert errors.bad_request(request).status_code == 400
    assert errors.forbidden(request).status_code == 403
