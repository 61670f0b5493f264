"""The ledger as a state machine for hypothesis: what may be done, and what holds after each step.

`Books` knows people, holds and a model of what everybody should have. Its rules are plain movements; another
room's machine can take it as its base, reuse the people, the checks and the rules, and add verbs of its own.
"""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from soho.accounts.actions import create_user
from soho.accounts.models import User
from soho.ledger import actions as ledger
from soho.ledger.audit import verify
from soho.ledger.errors import AlreadyResolved, InsufficientTokens, KeyReused
from soho.ledger.models import Account, Transfer, TransferKind
from soho.ledger.queries import balance, receipts


@dataclass
class Expected:
    """What one person should have."""

    available: int
    held: int = 0


@dataclass(frozen=True)
class Hold:
    """A hold as it was asked for, so that it can be asked for again."""

    id: UUID
    person: UUID
    amount: int
    key: str
    subject: UUID


@dataclass
class Model:
    """The books as they should be."""

    people: dict[UUID, Expected] = field(default_factory=dict)
    ended: dict[UUID, TransferKind] = field(default_factory=dict)
    transfers: int = 0


amounts = st.integers(min_value=1, max_value=30)


class Books(RuleBasedStateMachine):
    """Grants, revocations, holds, captures, releases and repetitions, by three people, in any order."""

    people: Bundle[User] = Bundle("people")
    holds: Bundle[Hold] = Bundle("holds")
    grants: Bundle[tuple[UUID, int, str]] = Bundle("grants")

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()

    @initialize(target=people)
    def alice_bob_and_charlie(self):
        # Names of their own for each example, whose movements are really committed.
        some = [create_user(f"{name}-{uuid4().hex[:12]}", "a quiet valley at dawn") for name in "abc"]
        for person in some:
            self.model.people[person.id] = Expected(available=50)
            self.model.transfers += 1
        return multiple(*some)

    @rule(target=grants, person=people, amount=amounts)
    def grant(self, person: User, amount: int):
        key = f"grant:{uuid4()}"
        ledger.grant(person.id, amount, reason="Thanks", key=key)
        self.model.people[person.id].available += amount
        self.model.transfers += 1
        return person.id, amount, key

    @rule(granted=grants)
    def repeat_a_grant(self, granted: tuple[UUID, int, str]):
        person, amount, key = granted
        ledger.grant(person, amount, reason="Thanks again", key=key)

    @rule(granted=grants, more=amounts)
    def misuse_the_key_of_a_grant(self, granted: tuple[UUID, int, str], more: int):
        person, amount, key = granted
        with pytest.raises(KeyReused):
            ledger.grant(person, amount + more, reason="More", key=key)

    @rule(person=people, amount=amounts)
    def revoke(self, person: User, amount: int):
        expected = self.model.people[person.id]
        if amount > expected.available:
            with pytest.raises(InsufficientTokens):
                ledger.revoke(person.id, amount, reason="Oops", key=f"revoke:{uuid4()}")
            return
        ledger.revoke(person.id, amount, reason="Oops", key=f"revoke:{uuid4()}")
        expected.available -= amount
        self.model.transfers += 1

    @rule(target=holds, person=people, amount=amounts)
    def hold(self, person: User, amount: int):
        expected = self.model.people[person.id]
        key, subject = f"hold:{uuid4()}", uuid4()
        if amount > expected.available:
            with pytest.raises(InsufficientTokens) as refusal:
                ledger.hold(person.id, amount, reason="Video", key=key, subject=subject)
            assert (refusal.value.balance, refusal.value.price) == (expected.available, amount)
            return multiple()
        held = ledger.hold(person.id, amount, reason="Video", key=key, subject=subject)
        expected.available -= amount
        expected.held += amount
        self.model.transfers += 1
        return Hold(held, person.id, amount, key, subject)

    @rule(hold=holds)
    def repeat_a_hold(self, hold: Hold):
        again = ledger.hold(hold.person, hold.amount, reason="Video", key=hold.key, subject=hold.subject)
        assert again == hold.id

    @rule(hold=holds)
    def capture(self, hold: Hold):
        self.end(hold, TransferKind.CAPTURE)

    @rule(hold=holds)
    def release(self, hold: Hold):
        self.end(hold, TransferKind.RELEASE)

    def end(self, hold: Hold, kind: TransferKind) -> None:
        """Captures or releases `hold`, and knows what must come of it."""
        move = ledger.capture if kind is TransferKind.CAPTURE else ledger.release
        before = self.model.ended.get(hold.id)
        if before not in (None, kind):
            with pytest.raises(AlreadyResolved):
                move(hold.id, reason="The other way")
            return
        assert move(hold.id, reason="Ended") is (before is None)
        if before is None:
            self.model.ended[hold.id] = kind
            expected = self.model.people[hold.person]
            expected.held -= hold.amount
            expected.available += hold.amount if kind is TransferKind.RELEASE else 0
            self.model.transfers += 1

    @invariant()
    def everybody_has_what_they_should(self):
        for person, expected in self.model.people.items():
            found = balance(person)
            assert (found.available, found.held) == (expected.available, expected.held)
            assert found.available >= 0 <= found.held

    @invariant()
    def nothing_moved_but_what_was_asked(self):
        accounts = Account.objects.filter(user_id__in=self.model.people)
        moved = Transfer.objects.filter(source__in=accounts) | Transfer.objects.filter(target__in=accounts)
        assert moved.distinct().count() == self.model.transfers

    @invariant()
    def each_hold_ended_at_most_once(self):
        ends = Transfer.objects.filter(resolves__in=self.model.ended).values_list("resolves", "kind")
        assert sorted(ends) == sorted((hold, kind.value) for hold, kind in self.model.ended.items())

    @invariant()
    def the_books_are_right(self):
        assert verify() == []

    def teardown(self) -> None:
        for person, expected in self.model.people.items():
            told = receipts(person, before=None, limit=1000)
            assert sum(one.amount for one in told) == expected.available
            assert told[0].balance == expected.available
