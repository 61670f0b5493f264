"""The first operator's link: works once, for a day, and never when there is an operator."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from soho.accounts.actions import (
    accept_operator_invitation,
    create_user,
    invitation_is_open,
    operator_invitation,
)
from soho.accounts.errors import InvitationRefused
from soho.accounts.models import OperatorInvitation, User
from soho.ledger.queries import balance
from tests.ledger.together import together

PASSWORD = "a quiet valley at dawn"


def new_token() -> str:
    path = operator_invitation()
    assert path is not None
    assert path.startswith("/welcome/")
    return path.removeprefix("/welcome/")


@pytest.mark.django_db
def test_the_link_makes_the_first_operator():
    token = new_token()
    assert invitation_is_open(token)

    olga = accept_operator_invitation(token, "Olga", PASSWORD)

    assert (olga.username, olga.is_staff, olga.is_superuser) == ("olga", True, True)
    assert balance(olga.id).available == 50


@pytest.mark.django_db
def test_it_works_once():
    token = new_token()
    accept_operator_invitation(token, "olga", PASSWORD)
    User.objects.update(is_superuser=False)  # so that only the use itself stands in the way

    with pytest.raises(InvitationRefused):
        accept_operator_invitation(token, "oscar", PASSWORD)
    assert not invitation_is_open(token)
    assert not OperatorInvitation.objects.exists()


@pytest.mark.django_db
def test_once_there_is_an_operator_there_is_no_link_and_the_old_one_is_dead():
    token = new_token()
    create_user("olga", PASSWORD, operator=True)

    assert operator_invitation() is None
    assert not invitation_is_open(token)
    with pytest.raises(InvitationRefused):
        accept_operator_invitation(token, "oscar", PASSWORD)


@pytest.mark.django_db
def test_an_operator_who_is_switched_off_can_be_replaced():
    olga = create_user("olga", PASSWORD, operator=True)
    User.objects.filter(pk=olga.pk).update(is_active=False)

    accept_operator_invitation(new_token(), "oscar", PASSWORD)


@pytest.mark.django_db
def test_it_expires():
    token = new_token()
    OperatorInvitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert not invitation_is_open(token)
    with pytest.raises(InvitationRefused):
        accept_operator_invitation(token, "olga", PASSWORD)
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_new_link_replaces_the_old():
    old, new = new_token(), new_token()

    with pytest.raises(InvitationRefused):
        accept_operator_invitation(old, "olga", PASSWORD)
    assert accept_operator_invitation(new, "olga", PASSWORD).is_superuser


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["", "guess", "x" * 43, "\ud800", "\x00"])
def test_a_guess_opens_nothing(token):
    with pytest.raises(InvitationRefused):
        accept_operator_invitation(token, "olga", PASSWORD)
    new_token()
    with pytest.raises(InvitationRefused):
        accept_operator_invitation(token, "olga", PASSWORD)


@pytest.mark.django_db
def test_a_mistyped_form_does_not_use_it_up():
    token = new_token()
    for username, password in (("admin", PASSWORD), ("olga", "short")):
        with pytest.raises(ValidationError):
            accept_operator_invitation(token, username, password)

    assert accept_operator_invitation(token, "olga", PASSWORD).is_superuser


@pytest.mark.django_db
def test_the_token_itself_is_not_kept():
    token = new_token()
    assert token not in str(OperatorInvitation.objects.values().get())
    assert len(token) >= 43


@pytest.mark.django_db(transaction=True)
def test_of_many_who_accept_at_once_one_becomes_operator():
    token = new_token()

    answers = together(
        [lambda n=n: accept_operator_invitation(token, f"olga{n}", PASSWORD) for n in range(8)]
    )

    assert sum(isinstance(answer, User) for answer in answers) == 1
    assert sum(isinstance(answer, InvitationRefused) for answer in answers) == 7
    assert User.objects.filter(is_superuser=True).count() == 1
