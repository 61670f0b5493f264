"""An account opens whole or not at all: person, token accounts, welcome grant."""

import pytest
from django.core.exceptions import ValidationError

from soho.accounts import actions
from soho.accounts.actions import create_user
from soho.accounts.models import User
from soho.config import settings as real
from soho.ledger.audit import verify
from soho.ledger.models import Transfer
from soho.ledger.queries import Balance, balance
from tests.ledger.together import together

PASSWORD = "a quiet valley at dawn"


@pytest.mark.django_db
def test_a_new_person_can_sign_in_and_has_fifty_tokens_with_a_receipt(client, settings):
    settings.PASSWORD_HASHERS = real.PASSWORD_HASHERS
    alice = create_user("alice", PASSWORD)

    assert client.login(username="alice", password=PASSWORD)
    assert balance(alice.id) == Balance(50, 0)
    assert Transfer.objects.get(target__user=alice).key == f"welcome:{alice.id}"
    assert not alice.is_staff
    assert not alice.is_superuser
    assert alice.password.startswith("argon2")


@pytest.mark.django_db
@pytest.mark.parametrize("tokens", [0, 7])
def test_the_operator_chooses_the_grant(settings, tokens):
    settings.GRANT_TOKENS = tokens
    assert balance(create_user("alice", PASSWORD).id).available == tokens


@pytest.mark.django_db
def test_an_operator_may_do_everything():
    olga = create_user("olga", PASSWORD, operator=True)
    assert olga.is_staff
    assert olga.is_superuser
    assert balance(olga.id).available == 50


@pytest.mark.django_db
def test_a_grant_that_fails_leaves_no_person_behind(settings):
    settings.GRANT_TOKENS = -1
    with pytest.raises(Exception, match="whole numbers"):
        create_user("alice", PASSWORD)
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_a_name_at_once_one_gets_it_and_the_others_are_told():
    # All pass the form's look first: what decides is the database.
    answers = together(
        [lambda: actions.open_account(User(username="alice", password="!")) for _ in range(8)],
    )

    assert sum(isinstance(answer, User) for answer in answers) == 1
    refusals = [answer for answer in answers if isinstance(answer, ValidationError)]
    assert [one.message_dict for one in refusals] == [
        {"username": ["That name is taken. Choose another."]}
    ] * 7
    assert verify() == []
