"""Random lives of creations on a real PostgreSQL;

and many people, or one person many times, at the same instant.
"""

from functools import partial
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from soho.accounts.models import User
from soho.creations import actions, intake
from soho.creations.errors import IllegalTransition, NotEnoughTokens
from soho.creations.models import Creation, IdempotencyKey
from soho.ledger.models import Transfer
from tests.creations.conftest import Caller, make
from tests.creations.lives import Lives
from tests.ledger.together import together
from tests.support.engine import books_balance, tokens


@pytest.mark.django_db(transaction=True)
def test_no_token_is_lost_or_taken_twice_whatever_happens_in_whatever_order(rehearsal: None) -> None:
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


@pytest.mark.django_db(transaction=True)
def test_fifty_requests_with_tokens_for_five_start_exactly_five(alice: User) -> None:
    caller = [Caller(alice) for _ in range(50)]
    answers = together([lambda: caller.pop().post("/generate/video", {"prompt": "A lake"}).status_code] * 50)
    assert sorted(answers) == [200] * 5 + [402] * 45
    assert Creation.objects.count() == 5
    assert tokens(alice) == (0, 50)
    assert books_balance()


@pytest.mark.django_db(transaction=True)
def test_the_same_idempotency_key_at_the_same_instant_starts_once(alice: User) -> None:
    order = intake.order("video", "A lake")
    answers = together([lambda: actions.start(alice, order, idempotency=("once", "digest"))] * 12)
    assert len(set(answers)) == 1
    assert isinstance(answers[0], UUID)
    assert Creation.objects.count() == IdempotencyKey.objects.count() == 1
    assert tokens(alice) == (40, 10)


@pytest.mark.django_db(transaction=True)
def test_publishing_at_the_same_instant_publishes_once(alice: User) -> None:
    draft = make(alice, "draft")
    answers = together([lambda: actions.publish(alice.pk, draft).pk] * 8)
    assert [one for one in answers if one == draft] == [draft]
    assert sum(isinstance(one, IllegalTransition) for one in answers) == 7


@pytest.mark.django_db(transaction=True)
def test_deleting_and_retrying_at_the_same_instant_gives_tokens_back_at_most_once(alice: User) -> None:
    failed = make(alice, "failed")
    together([partial(verb, alice.pk, failed) for verb in [actions.delete, actions.retry] * 4])
    gone = Creation.objects.get(pk=failed).status == "deleted"
    assert tokens(alice) == ((50, 0) if gone else (40, 10))
    assert Transfer.objects.filter(kind="release").count() == int(gone)
    assert books_balance()


def test_a_refused_start_leaves_no_trace(alice: User) -> None:
    order = intake.order("video", "A lake")
    for _ in range(5):
        actions.start(alice, order)
    with pytest.raises(NotEnoughTokens):
        actions.start(alice, order, idempotency=("key", "digest"))
    assert IdempotencyKey.objects.count() == 0
    assert Creation.objects.count() == 5
