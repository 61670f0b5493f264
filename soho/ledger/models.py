"""Money: accounts and the immutable transfers between them.

    issuance --grant--> available --hold--> held --capture--> revenue
        ^                |   ^                |
        +-----revoke-----+   +----release-----+

Each person has two accounts, `available` and `held`; the house has `issuance` (which goes as far below zero
as tokens were ever granted) and `revenue`. A person's balance column is written in the same transaction as
the transfer that changes it, and a CHECK keeps it from going below zero. House balances are only ever summed,
so no captured video waits for another's row lock.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from soho.ids import new_id


class AccountKind(models.TextChoices):
    """Whose tokens an account counts."""

    AVAILABLE = "available"  # a person's, free to spend
    HELD = "held"  # a person's, set aside for a creation that has not succeeded yet
    ISSUANCE = "issuance"  # the house's: where granted tokens come from
    REVENUE = "revenue"  # the house's: where captured tokens go


class TransferKind(models.TextChoices):
    """Why tokens moved."""

    GRANT = "grant"
    REVOKE = "revoke"
    HOLD = "hold"
    CAPTURE = "capture"
    RELEASE = "release"


class Account(models.Model):
    """One side of transfers. `balance` is kept for people's accounts and NULL for the house's."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=AccountKind.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="token_accounts",
    )
    balance = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                condition=Q(user__isnull=False),
                name="ledger_one_account_a_person_and_kind",
            ),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(user__isnull=True), name="ledger_one_house_account_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["available", "held"], user__isnull=False, balance__isnull=False, balance__gte=0
                )
                | Q(kind__in=["issuance", "revenue"], user__isnull=True, balance__isnull=True),
                name="ledger_account_never_below_zero",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user or 'house'}:{self.kind}"


class Transfer(models.Model):
    """Tokens leaving one account for another; never changed, never deleted (a database trigger refuses both).

    `key` makes a movement happen once, whoever repeats it. `resolves` names the hold that a capture or a
    release ends; it is unique, so a hold ends at most once. `subject` is what it was for (a creation's id),
    kept when that is long gone.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=TransferKind.choices)
    source = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="outgoing", db_index=False)
    target = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="incoming", db_index=False)
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    key = models.CharField(max_length=200, unique=True)
    resolves = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="resolution"
    )
    subject = models.UUIDField(null=True, blank=True, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            # Receipts: keyset pages of one account, newest first (soho/ledger/queries.py).
            models.Index("source", "id", name="ledger_transfer_source"),
            models.Index("target", "id", name="ledger_transfer_target"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_amount_above_zero"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="ledger_two_sides"),
            models.CheckConstraint(
                condition=Q(kind__in=["capture", "release"], resolves__isnull=False)
                | Q(kind__in=["grant", "revoke", "hold"], resolves__isnull=True),
                name="ledger_resolutions_name_their_hold",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} ({self.key})"
