"""Reading the books: what a person has, and how it came about."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from soho.ledger.errors import NoAccounts
from soho.ledger.models import AccountKind


@dataclass(frozen=True, slots=True)
class Balance:
    """A person's tokens: free to spend, and set aside for creations that have not succeeded yet."""

    available: int
    held: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """One movement as the person sees it.

    `amount` is what it did to the tokens they can spend: +50 for a grant, -10 for a hold, +10 for a release,
    and 0 for a capture, whose tokens left with the hold. `tokens` is how many moved, always above 0.
    `balance` is what they could spend just after it.
    """

    id: UUID
    kind: str
    amount: int
    tokens: int
    reason: str
    time: datetime
    subject: UUID | None
    balance: int


_BALANCE = "SELECT kind, balance FROM ledger_account WHERE user_id = %s"


def balance(user_id: UUID) -> Balance:
    """The person's balance, in one query. Raises NoAccounts."""
    # Every page that somebody reads who is signed in shows it, so it is asked without the ORM.
    with connection.cursor() as cursor:
        cursor.execute(_BALANCE, [user_id])
        found = dict(cursor.fetchall())
    try:
        return Balance(available=found[AccountKind.AVAILABLE] or 0, held=found[AccountKind.HELD] or 0)
    except KeyError:
        raise NoAccounts(user_id) from None


def receipts(user_id: UUID, *, before: UUID | None, limit: int) -> list[Receipt]:
    """At most `limit` movements, newest first, older than the movement `before` (None: from the newest on).

    One query, which reads `limit` rows of an index for the page and the newer ones for the running balance.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RECEIPTS, {"user": user_id, "before": before, "limit": limit})
        return [Receipt(*row) for row in cursor.fetchall()]


# A person's movements lie in three runs of an index, each in order of id: out of `available`, out of `held`,
# and into `available` from the house (a release, which comes into `available` from `held`, is in the second
# run already). The running balance goes back from the account's balance, which is today's, over the movements
# newer than each.
_RECEIPTS = """
WITH mine AS (
    SELECT max(a.id::text) FILTER (WHERE a.kind = 'available')::uuid AS available,
           max(a.id::text) FILTER (WHERE a.kind = 'held')::uuid AS held,
           max(a.balance) FILTER (WHERE a.kind = 'available') AS now
    FROM ledger_account a WHERE a.user_id = %(user)s
), page AS (
    (SELECT t.*, -t.amount AS signed FROM mine, ledger_transfer t
      WHERE t.source_id = mine.available AND (%(before)s::uuid IS NULL OR t.id < %(before)s)
      ORDER BY t.id DESC LIMIT %(limit)s)
    UNION ALL
    (SELECT t.*, CASE t.kind WHEN 'release' THEN t.amount ELSE 0 END FROM mine, ledger_transfer t
      WHERE t.source_id = mine.held AND (%(before)s::uuid IS NULL OR t.id < %(before)s)
      ORDER BY t.id DESC LIMIT %(limit)s)
    UNION ALL
    (SELECT t.*, t.amount FROM mine, ledger_transfer t
      WHERE t.target_id = mine.available AND t.kind = 'grant'
        AND (%(before)s::uuid IS NULL OR t.id < %(before)s)
      ORDER BY t.id DESC LIMIT %(limit)s)
    ORDER BY id DESC LIMIT %(limit)s
), newer AS (
    SELECT coalesce(sum(CASE WHEN t.target_id = mine.available THEN t.amount ELSE -t.amount END), 0) AS signed
    FROM mine, ledger_transfer t
    WHERE %(before)s::uuid IS NOT NULL AND t.id >= %(before)s
      AND (t.target_id = mine.available OR t.source_id = mine.available)
)
SELECT page.id, page.kind, page.signed, page.amount, page.reason, page.created_at, page.subject,
       (mine.now - newer.signed - coalesce(sum(page.signed) OVER (
           ORDER BY page.id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))::bigint
FROM page, newer, mine
ORDER BY page.id DESC
"""
