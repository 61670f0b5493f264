"""Creations as a state machine for hypothesis: people and workers act in any order; the books must balance.

The model knows, for each creation, its status and whether its price is held, captured or free. Workers may
sleep past their lease and come back with an old fence.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from soho.accounts.actions import create_user
from soho.accounts.models import User
from soho.creations import actions, clock, intake, outcomes
from soho.creations.errors import IllegalTransition, LeaseLost, NotEnoughTokens
from soho.creations.models import Creation
from soho.creations.outcomes import Made
from soho.generation import queue
from soho.ledger.audit import verify
from soho.ledger.models import Transfer
from soho.ledger.queries import balance
from soho.problems.refusals import NotFound
from tests.conftest import PASSWORD
from tests.creations.conftest import time_passes

GRANT = 50


@dataclass
class Life:
    """What should be true of one creation."""

    owner: UUID
    price: int
    status: str = "pending"
    held: bool = True
    spent: bool = False
    errors: int = 0
    was: str = ""  # before it was deleted


@dataclass
class World:
    """What should be true of all."""

    lives: dict[UUID, Life] = field(default_factory=dict)
    fences: dict[UUID, int] = field(default_factory=dict)


class Lives(RuleBasedStateMachine):
    """All verbs of people, workers and the clock; and workers that come late."""

    people: Bundle[User] = Bundle("people")
    creations: Bundle[UUID] = Bundle("creations")
    claims: Bundle[tuple[UUID, int]] = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.world = World()

    @initialize(target=people)
    def alice_and_bob(self):
        self.nobody_else_waits()
        return multiple(*(create_user(f"{name}-{uuid4().hex[:12]}", PASSWORD) for name in ("alice", "bob")))

    def nobody_else_waits(self) -> None:
        """What an earlier example left behind is out of the queue."""
        Creation.objects.filter(status__in=["pending", "processing"]).update(status="failed")

    @rule(target=creations, person=people, kind=st.sampled_from(["video", "image"]))
    def start(self, person: User, kind: str):
        order = intake.order(kind, "A quiet lake")
        available = balance(person.pk).available
        if available < order.price:
            with pytest.raises(NotEnoughTokens):
                actions.start(person, order)
            return multiple()
        creation_id = actions.start(person, order)
        self.world.lives[creation_id] = Life(person.pk, order.price)
        return creation_id

    @rule(target=claims, kind=st.sampled_from(["video", "image"]))
    def claim(self, kind: str):
        found = queue.claim(kind, worker="a test")
        if found is None:
            return multiple()
        life = self.world.lives[found.creation_id]
        assert life.status in {"pending", "processing"}
        life.status = "processing"
        self.world.fences[found.creation_id] = found.fence
        return found.creation_id, found.fence

    @rule(creation_id=creations)
    def time_passes(self, creation_id: UUID):
        """The lease runs out and the backoff is over."""
        Creation.objects.filter(pk=creation_id).update(not_before=None)
        Creation.objects.filter(pk=creation_id, lease_until__isnull=False).update(
            lease_until="2020-01-01T00:00:00Z"
        )

    @rule(claim=claims)
    def complete(self, claim: tuple[UUID, int]):
        creation_id, fence = claim
        made = Made(f"videos/{creation_id}.mp4", "", "", "", "", "video/mp4", 9, 2.0, 180, 320)
        if not self.still_claimed(claim):
            with pytest.raises(LeaseLost):
                outcomes.complete(creation_id, fence, made)
            return
        outcomes.complete(creation_id, fence, made)
        life = self.world.lives[creation_id]
        life.status, life.spent, life.held = "draft", True, False

    @rule(claim=claims, retriable=st.booleans())
    def fail(self, claim: tuple[UUID, int], retriable: bool):
        creation_id, fence = claim
        say = {"code": "provider_down", "message": "No.", "retriable": retriable}
        if not self.still_claimed(claim):
            with pytest.raises(LeaseLost):
                outcomes.fail(creation_id, fence, **say)
            return
        life = self.world.lives[creation_id]
        life.errors += 1
        life.status = "processing" if retriable and life.errors < outcomes.MAX_ERRORS else "failed"
        assert outcomes.fail(creation_id, fence, **say) == life.status

    @rule(creation_id=creations)
    def cancel(self, creation_id: UUID):
        if self.attempted(creation_id, {"pending", "processing"}, actions.cancel):
            life = self.world.lives[creation_id]
            life.status, life.held = "failed", False

    @rule(creation_id=creations)
    def retry(self, creation_id: UUID):
        life = self.world.lives.get(creation_id)
        if life and life.status == "failed" and not life.held and balance(life.owner).available < life.price:
            with pytest.raises(NotEnoughTokens):
                actions.retry(life.owner, creation_id)
            return
        if self.attempted(creation_id, {"failed"}, actions.retry):
            assert life
            life.status, life.held, life.errors = "pending", True, 0

    @rule(creation_id=creations)
    def publish(self, creation_id: UUID):
        if self.attempted(creation_id, {"draft"}, actions.publish):
            self.world.lives[creation_id].status = "published"

    @rule(creation_id=creations)
    def unpublish(self, creation_id: UUID):
        if self.attempted(creation_id, {"published"}, actions.unpublish):
            self.world.lives[creation_id].status = "draft"

    @rule(creation_id=creations)
    def delete(self, creation_id: UUID):
        if self.attempted(creation_id, {"draft", "failed", "published"}, actions.delete):
            life = self.world.lives[creation_id]
            life.was, life.status, life.held = life.status, "deleted", False

    @rule(creation_id=creations)
    def restore(self, creation_id: UUID):
        life = self.world.lives[creation_id]
        if life.status != "deleted":
            with pytest.raises(NotFound):
                actions.restore(life.owner, creation_id)
            return
        actions.restore(life.owner, creation_id)
        life.status = life.was

    @rule(creation_id=creations)
    def schedule(self, creation_id: UUID):
        when = timezone.now() + timedelta(hours=1)
        if self.attempted(creation_id, {"draft"}, partial(actions.schedule, publish_at=when)):
            assert Creation.objects.get(pk=creation_id).publish_at == when

    @rule(seconds=st.sampled_from([5, 15, 3700]))
    def the_clock_strikes(self, seconds: int):
        """What is due is published, and what was deleted long enough ago is gone; nothing else changes."""
        time_passes(seconds)
        now = timezone.now()
        rows = Creation.objects.filter(pk__in=self.world.lives)
        due = set(rows.filter(status="draft", publish_at__lte=now).values_list("pk", flat=True))
        over = set(
            rows.filter(status="deleted", deleted_at__lte=now - timedelta(seconds=12)).values_list(
                "pk", flat=True
            )
        )
        clock.publish_due()
        clock.finish_deletions()
        for creation_id in due:
            self.world.lives[creation_id].status = "published"
        for creation_id in over:
            self.world.lives[creation_id].status = "gone"

    def attempted(self, creation_id: UUID, allowed: set[str], verb) -> bool:
        """Does `verb`, which must succeed exactly in the `allowed` statuses."""
        life = self.world.lives[creation_id]
        if life.status in {"gone", "deleted"}:
            with pytest.raises(NotFound):
                verb(life.owner, creation_id)
            return False
        if life.status in allowed:
            verb(life.owner, creation_id)
            return True
        with pytest.raises(IllegalTransition):
            verb(life.owner, creation_id)
        return False

    def still_claimed(self, claim: tuple[UUID, int]) -> bool:
        """Whether the claim is the latest, and nobody cancelled or finished the work since."""
        creation_id, fence = claim
        life = self.world.lives[creation_id]
        row = Creation.objects.filter(pk=creation_id).values_list("fence", flat=True).first()
        return life.status == "processing" and self.world.fences[creation_id] == fence == row

    @invariant()
    def rows_are_as_expected(self):
        alive = {pk: one for pk, one in self.world.lives.items() if one.status != "gone"}
        rows = dict(Creation.objects.filter(pk__in=alive).values_list("pk", "status"))
        assert rows == {pk: one.status for pk, one in alive.items()}

    @invariant()
    def tokens_are_where_they_belong(self):
        for owner in {one.owner for one in self.world.lives.values()}:
            mine = [one for one in self.world.lives.values() if one.owner == owner]
            held = sum(one.price for one in mine if one.held)
            spent = sum(one.price for one in mine if one.spent)
            found = balance(owner)
            assert (found.available, found.held) == (GRANT - held - spent, held)
            assert found.available >= 0

    @invariant()
    def each_hold_ends_at_most_once_and_the_books_balance(self):
        ends = Transfer.objects.filter(resolves__isnull=False).values_list("resolves_id", flat=True)
        assert len(ends) == len(set(ends))
        assert verify() == []
