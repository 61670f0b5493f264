"""A circuit breaker for each provider, so that a server that is down is not asked by everybody, one by one.

          THRESHOLD times `failed` within WINDOW                 its time is over
    closed ------------------------------------> open <----------------------------> half-open
       ^                                           ^                                     |
       |                                           +------- the one that tries failed ---+
       +--------------------------------------------------- the one that tries came through

While it is open nobody may try; half-open, one may, and the others wait for what it finds. Each time it opens
again in a row it stays open twice as long. The rows are in the database, shared by all workers.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from soho.providers.models import Circuit

THRESHOLD = 5
WINDOW = timedelta(minutes=5)
FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=10)
PROBE = timedelta(minutes=2)
ASK_AGAIN = timedelta(seconds=10)

log = structlog.get_logger(__name__)


def rest(provider: str, *, now: datetime | None = None) -> float:
    """Seconds for which `provider` is to be left alone; 0.0 when the caller may try now.

    Whoever is let through a half-open circuit is the one that tries: it says `succeeded`, `failed` or
    `undecided` afterwards; if it dies, another may try when PROBE is over.
    """
    now = now or timezone.now()
    row = Circuit.objects.filter(pk=provider).first()
    if row is None or row.open_until is None:
        return 0.0
    if now < row.open_until:
        return (row.open_until - now).total_seconds()
    free = Q(probe_until__isnull=True) | Q(probe_until__lte=now)
    if Circuit.objects.filter(free, pk=provider, open_until=row.open_until).update(probe_until=now + PROBE):
        log.info("circuit.half_open", provider=provider)
        return 0.0
    return ASK_AGAIN.total_seconds()


def known() -> list[Circuit]:
    """The providers that failed lately, and until when those that are open are left alone."""
    return list(Circuit.objects.order_by("provider"))


def state(row: Circuit, *, now: datetime | None = None) -> str:
    """Where a circuit stands in the drawing above: "closed", "open" or "half-open"."""
    if row.open_until is None:
        return "closed"
    return "open" if (now or timezone.now()) < row.open_until else "half-open"


def succeeded(provider: str) -> None:
    """It answered: the circuit is closed and its failures are forgotten."""
    deleted, _ = Circuit.objects.filter(pk=provider).delete()
    if deleted:
        log.info("circuit.closed", provider=provider)


def undecided(provider: str) -> None:
    """Whoever tried found out nothing about it; the next may try."""
    Circuit.objects.filter(pk=provider).update(probe_until=None)


def failed(provider: str, *, now: datetime | None = None) -> None:
    """It was down when it was asked."""
    now = now or timezone.now()
    with transaction.atomic():
        Circuit.objects.bulk_create([Circuit(provider=provider, failed_at=now)], ignore_conflicts=True)
        row = Circuit.objects.select_for_update().get(pk=provider)
        if row.open_until is not None and now < row.open_until:
            return  # Begun before it opened: nothing new.
        row.failures = row.failures + 1 if now - row.failed_at <= WINDOW else 1
        row.failed_at = now
        if row.open_until is not None or row.failures >= THRESHOLD:
            row.open_until = now + min(LONGEST_REST, FIRST_REST * 2 ** min(row.opens, 10))
            row.opens += 1
            log.warning("circuit.opened", provider=provider, until=row.open_until.isoformat())
        row.probe_until = None
        row.save()
