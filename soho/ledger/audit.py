"""Proof that the books are right, or the name of what is wrong with them.

What it proves: no transfer's amount, kind, sides or hold, no balance, and no row of its own can have been
changed, added or removed alone without being named here. What arithmetic cannot prove: that whoever may write
to the database has not forged a whole consistent set (a grant together with its balance, a hold together with
its release).
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `account` or `transfer` is the row to look at; `username` is empty for the
    house."""

    check: str
    account: UUID | None
    transfer: UUID | None
    username: str
    problem: str

    def __str__(self) -> str:
        row = f"account {self.account}" if self.account else f"transfer {self.transfer}"
        if not self.account and not self.transfer:
            row = "all accounts"
        return f"{self.check}: {row}{f' of {self.username}' if self.username else ''}: {self.problem}"


def verify() -> list[Finding]:
    """Everything that is wrong with the books; empty when they are right.

    All checks are one statement, and so see one snapshot: movements go on meanwhile and are in it wholly or
    not at all.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {_BOOKS} {' UNION ALL '.join(_CHECKS)} ORDER BY 1, 2, 3")
        return [Finding(*row) for row in cursor.fetchall()]


# Each account beside what its transfers add up to, and each transfer beside both of its accounts.
_BOOKS = """
moved AS (
    SELECT account_id, sum(amount)::bigint AS total
    FROM (SELECT target_id AS account_id, amount FROM ledger_transfer
          UNION ALL SELECT source_id, -amount FROM ledger_transfer) sides
    GROUP BY account_id
), account AS (
    SELECT a.id, a.kind, a.user_id, a.balance, coalesce(u.username, '') AS username, u.id AS person,
           coalesce(m.total, 0) AS total
    FROM ledger_account a
    LEFT JOIN accounts_user u ON u.id = a.user_id
    LEFT JOIN moved m ON m.account_id = a.id
), transfer AS (
    SELECT t.*, s.kind AS source_kind, s.user_id AS source_user,
           g.kind AS target_kind, g.user_id AS target_user,
           coalesce(nullif(s.username, ''), g.username, '') AS username
    FROM ledger_transfer t
    LEFT JOIN account s ON s.id = t.source_id
    LEFT JOIN account g ON g.id = t.target_id
)
"""

_CHECKS = (
    # A person's balance is what their transfers add up to.
    """
    SELECT 'balance', id, NULL::uuid, username,
           format('the balance is %s, but its transfers add up to %s', balance, total)
    FROM account WHERE kind IN ('available', 'held') AND balance IS DISTINCT FROM total
    """,
    # Nobody is below zero.
    """
    SELECT 'below zero', id, NULL::uuid, username, format('%s tokens', least(balance, total))
    FROM account WHERE kind IN ('available', 'held') AND least(balance, total) < 0
    """,
    # Everybody has exactly the two accounts of a person, the house its own two, and no others exist.
    """
    SELECT 'accounts', NULL::uuid, NULL::uuid, u.username,
           format('has %s available and %s held accounts instead of one of each', count(a.id) FILTER
                  (WHERE a.kind = 'available'), count(a.id) FILTER (WHERE a.kind = 'held'))
    FROM accounts_user u LEFT JOIN account a ON a.user_id = u.id GROUP BY u.id, u.username HAVING count(a.id)
    FILTER (WHERE a.kind = 'available') <> 1 OR count(a.id) FILTER (WHERE a.kind = 'held') <> 1
    """,
    """
    SELECT 'accounts', id, NULL::uuid, username, format('a %s account that belongs to nobody it could', kind)
    FROM account
    WHERE (kind IN ('available', 'held')) IS DISTINCT FROM (person IS NOT NULL)
       OR kind NOT IN ('available', 'held', 'issuance', 'revenue')
    """,
    # Every debit is somebody's credit: what the house issued is what people have and what it earned.
    """
    SELECT 'totals', NULL::uuid, NULL::uuid, '',
           format('the house issued %s tokens, but people have %s and it earned %s', issued, owned, earned)
    FROM (SELECT -coalesce(sum(total) FILTER (WHERE kind = 'issuance'), 0) AS issued,
                 coalesce(sum(balance) FILTER (WHERE kind IN ('available', 'held')), 0) AS owned,
                 coalesce(sum(total) FILTER (WHERE kind = 'revenue'), 0) AS earned FROM account) sums
    WHERE issued <> owned + earned
    """,
    # Both sides of a transfer exist, and it moves more than nothing.
    """
    SELECT 'sides', NULL::uuid, id, username, 'it names an account that does not exist'
    FROM transfer WHERE source_kind IS NULL OR target_kind IS NULL
    """,
    """
    SELECT 'amount', NULL::uuid, id, username, format('it moves %s tokens', amount) FROM transfer WHERE amount
    <= 0
    """,
    # Each kind moves between the accounts that it is for, and what stays with people stays with one person.
    """
    SELECT 'route', NULL::uuid, id, username, format('a %s went from %s to %s', kind, source_kind,
    target_kind) FROM transfer WHERE source_kind IS NOT NULL AND target_kind IS NOT NULL AND (kind,
    source_kind, target_kind) NOT IN (
        ('grant', 'issuance', 'available'), ('revoke', 'available', 'issuance'), ('hold', 'available',
        'held'), ('capture', 'held', 'revenue'), ('release', 'held', 'available'))
    """,
    """
    SELECT 'person', NULL::uuid, id, username, format('a %s went from one person to another', kind)
    FROM transfer WHERE source_user <> target_user
    """,
    # A capture or release ends one hold: the same person, the same amount, the same subject, and later.
    """
    SELECT 'resolution', NULL::uuid, t.id, t.username, CASE
        WHEN h.id IS NULL THEN format('a %s that ends no hold', t.kind)
        WHEN h.kind <> 'hold' THEN format('a %s that ends a %s', t.kind, h.kind)
        WHEN t.amount <> h.amount THEN format('a %s of %s for a hold of %s', t.kind, t.amount, h.amount)
        WHEN t.source_id <> h.target_id THEN format('a %s of another person''s hold', t.kind)
        WHEN t.kind = 'release' AND t.target_id <> h.source_id THEN 'a release to another person'
        ELSE format('a %s for another subject than its hold', t.kind) END
    FROM transfer t LEFT JOIN transfer h ON h.id = t.resolves_id
    WHERE t.kind IN ('capture', 'release') AND (
        h.id IS NULL OR h.kind <> 'hold' OR t.amount <> h.amount OR t.source_id <> h.target_id
        OR (t.kind = 'release' AND t.target_id <> h.source_id) OR t.subject IS DISTINCT FROM h.subject)
    """,
    """
    SELECT 'resolution', NULL::uuid, id, username, format('a %s cannot end a hold', kind)
    FROM transfer WHERE kind NOT IN ('capture', 'release') AND resolves_id IS NOT NULL
    """,
    # A hold ends at most once.
    """
    SELECT 'resolved twice', NULL::uuid, h.id, h.username, format('this hold was ended %s times', count(*))
    FROM transfer h JOIN ledger_transfer r ON r.resolves_id = h.id GROUP BY h.id, h.username HAVING count(*) >
    1
    """,
)
