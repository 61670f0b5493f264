"""What came in and what it cost: tokens by movement and by model, dollars by model; by days in UTC.

A day's rows are a range of the primary key, because ids sort by time. A day that is over for good is added up
once and remembered in the cache, so a look costs what today has brought, however long the window is.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from redis.exceptions import RedisError

from soho.ids import first_at
from soho.ledger.actions import REFUND

PERIODS = {"Today": 1, "7 days": 7, "30 days": 30}
MOVEMENTS = ("grant", "hold", "capture", "release", "refund", "revoke")
_REMEMBERED = 40 * 86_400

log = structlog.get_logger(__name__)

_DAYS = "unnest(%(days)s::date[], %(since)s::uuid[], %(until)s::uuid[]) AS d (day, since, until)"

_TOKENS = f"""
    SELECT d.day, found.movement, found.model, found.tokens FROM {_DAYS}, LATERAL (
        SELECT CASE WHEN t.kind = 'grant' AND starts_with(t.key, %(refund)s) THEN 'refund' ELSE t.kind END
            AS movement, coalesce(nullif(c.made_by, ''), c.model, '') AS model,
            sum(t.amount)::bigint AS tokens
        FROM ledger_transfer AS t LEFT JOIN creations_creation AS c ON c.id = t.subject
        WHERE t.id >= d.since AND t.id < d.until
        GROUP BY 1, 2
    ) AS found
"""  # noqa: S608 - a constant of this file

_COSTS = f"""
    SELECT d.day, found.model, found.cost, found.unknown FROM {_DAYS}, LATERAL (
        SELECT a.model, coalesce(sum(a.cost), 0)::float8 AS cost,
            count(*) FILTER (WHERE a.cost IS NULL AND a.outcome = 'succeeded') AS unknown
        FROM generation_attempt AS a WHERE a.id >= d.since AND a.id < d.until
        GROUP BY a.model
    ) AS found
"""  # noqa: S608 - a constant of this file


@dataclass(slots=True)
class Sum:
    """What one period came to: tokens by movement, tokens captured by model, dollars by model.

    `unknown` successes by model have a cost that nobody told. The model "" is that of creations which were
    deleted since.
    """

    tokens: Counter[str] = field(default_factory=Counter)
    captured: Counter[str] = field(default_factory=Counter)
    cost: dict[str, float] = field(default_factory=dict)
    unknown: Counter[str] = field(default_factory=Counter)

    @property
    def cost_in_all(self) -> float:
        """US dollars, as far as they are known."""
        return sum(self.cost.values())

    @property
    def unknown_in_all(self) -> int:
        """Successes whose cost nobody told."""
        return self.unknown.total()


def sums(now: datetime | None = None) -> dict[str, Sum]:
    """The sum of each period of PERIODS. Two queries: over today, and over what was not remembered."""
    now = now or timezone.now()
    today = now.astimezone(UTC).date()
    days = [today - timedelta(days=back) for back in range(max(PERIODS.values()))]
    found = _remembered(days)
    missing = [day for day in days if day not in found]
    fresh = _added_up(missing)
    # Attempts that began before midnight end, and may cost, after it.
    over = now - timedelta(hours=1, seconds=settings.ATTEMPT_SECONDS)
    _remember({day: facts for day, facts in fresh.items() if _midnight(day + timedelta(days=1)) <= over})
    found |= fresh
    return {name: _sum(found[day] for day in days[:length]) for name, length in PERIODS.items()}


def models(of: Mapping[str, Sum]) -> list[str]:
    """Every model that spent or earned in any of the periods, by name; what is unknown last."""
    names = {name for one in of.values() for name in (*one.captured, *one.cost)}
    return sorted(names, key=lambda name: (not name, name))


def _sum(days: Iterable[dict[str, Any]]) -> Sum:
    total = Sum()
    for facts in days:
        for movement, model, tokens in facts["tokens"]:
            total.tokens[movement] += tokens
            if movement == "capture":
                total.captured[model] += tokens
        for model, cost, unknown in facts["costs"]:
            total.cost[model] = total.cost.get(model, 0.0) + cost
            total.unknown[model] += unknown
    return total


def _added_up(days: list[date]) -> dict[date, dict[str, Any]]:
    found: dict[date, dict[str, Any]] = {day: {"tokens": [], "costs": []} for day in days}
    values: dict[str, Any] = {
        "days": days,
        "since": [first_at(_midnight(day)) for day in days],
        "until": [first_at(_midnight(day + timedelta(days=1))) for day in days],
        "refund": REFUND,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TOKENS, values)
        for day, *row in cursor.fetchall():
            found[day]["tokens"].append(row)
        cursor.execute(_COSTS, values)
        for day, *row in cursor.fetchall():
            found[day]["costs"].append(row)
    return found


def _remembered(days: list[date]) -> dict[date, dict[str, Any]]:
    try:
        kept = cache.get_many([_key(day) for day in days])
    except (RedisError, OSError) as error:
        # The desk is most needed when something is down; then it adds up all days anew.
        log.warning("operator.no_cache", error=type(error).__name__)
        return {}
    return {day: kept[_key(day)] for day in days if _key(day) in kept}


def _remember(days: dict[date, dict[str, Any]]) -> None:
    try:
        cache.set_many({_key(day): facts for day, facts in days.items()}, _REMEMBERED)
    except (RedisError, OSError) as error:
        log.warning("operator.no_cache", error=type(error).__name__)


def _key(day: date) -> str:
    return f"operator:day:{day}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
