"""The operator looks, and cannot edit past the ledger."""

import pytest
from django.test import Client

from soho.accounts.actions import create_user
from soho.accounts.models import User
from tests.conftest import PASSWORD
from tests.creations.conftest import make

PAGES = (
    "/admin/creations/creation/",
    "/admin/creations/creationevent/",
    "/admin/generation/attempt/",
    "/admin/ledger/transfer/",
    "/admin/accounts/user/",
)


@pytest.fixture
def operator(db: None) -> Client:
    client = Client()
    client.force_login(create_user("olivia", PASSWORD, operator=True))
    return client


@pytest.mark.parametrize("page", PAGES)
def test_the_operator_sees_what_there_is(page: str, operator: Client, alice: User) -> None:
    make(alice, "draft")
    make(alice, "failed")
    assert operator.get(page).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_others_see_nothing(page: str, alice: User) -> None:
    client = Client()
    client.force_login(alice)
    assert client.get(page).status_code == 302


def test_the_admin_has_no_door_of_its_own_past_the_rate_limit(db: None) -> None:
    answer = Client().get("/admin/login/?next=/admin/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_a_creation_is_shown_but_not_changed(operator: Client, alice: User) -> None:
    creation_id = make(alice, "draft")
    page = f"/admin/creations/creation/{creation_id}/change/"
    assert operator.get(page).status_code == 200
    assert operator.post(page, {"status": "published"}).status_code == 403
    assert (
        operator.post(f"/admin/creations/creation/{creation_id}/delete/", {"post": "yes"}).status_code == 403
    )


def test_a_prompt_with_markup_is_text_in_the_admin(operator: Client, alice: User) -> None:
    from soho.creations.models import Creation

    creation_id = make(alice, "draft")
    Creation.objects.filter(pk=creation_id).update(prompt="<script>alert(1)</script>")
    page = operator.get(f"/admin/creations/creation/{creation_id}/change/").content.decode()
    assert "<script>alert(1)" not in page
