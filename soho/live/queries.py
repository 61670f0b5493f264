"""What live streams read: what changed lately (once a tick for everybody), where a stream begins (once a
stream), and who may watch no longer.

The plain SQL here reads tables of other rooms, because one statement must answer for all of them. "Lately"
reaches back far enough that an event whose transaction ended late, or whose machine's clock is behind, is
still found; what was told before is told apart by comparing it, not by counting (soho/live/hub.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from soho.live.events import Place, first_id_at, place

# An event's id is made when its transaction writes it and seen when that commits; machines' clocks differ
# too.
OVERLAP = timedelta(seconds=20)
FINISHED = timedelta(minutes=10)  # how long a new stream still tells of what has come out
RESUMED = timedelta(hours=1)  # how far back a stream can be taken up; an older one begins anew
MOST_POSTS = 100  # of the feed's head; more new ones than that are "99+" to anybody
MOST_ITEMS = 100  # of one person at the beginning of a stream
TITLE = 160

_ITEM = f"""
    c.id, c.user_id, c.media_type, c.status, left(c.prompt, {TITLE}) AS title, c.progress, c.progress_note,
    c.processing_since, c.expected_seconds, c.error_code, c.error_message, c.error_retriable, c.thumbnail_key,
    c.created_at
"""

# 1. The creations that had an event lately and those with a running attempt, whose progress moves without
#    one: a range of a primary key and a partial index of what runs, however many wait and however many watch.
# 2. Of the former those that are gone, or deleted a moment ago. 3. The balances that a transfer touched
#    lately. 4. The head of the feed.
_CHANGES = f"""
WITH lately AS (
    SELECT DISTINCT e.creation_id, e.user_id FROM creations_creationevent AS e WHERE e.id >= %(since)s
), going AS (
    SELECT a.creation_id FROM generation_attempt AS a WHERE a.outcome = 'running'
    UNION SELECT l.creation_id FROM lately AS l
), paid AS (
    SELECT DISTINCT a.user_id FROM ledger_transfer AS t
    JOIN ledger_account AS a ON a.id IN (t.source_id, t.target_id)
    WHERE t.id >= %(since)s AND a.user_id IS NOT NULL
)
SELECT now(),
    (SELECT json_agg(r)::text FROM (
        SELECT {_ITEM} FROM creations_creation AS c JOIN going AS g ON g.creation_id = c.id
        WHERE c.status <> 'deleted'
    ) AS r),
    (SELECT json_agg(r)::text FROM (
        SELECT l.creation_id, l.user_id FROM lately AS l
        WHERE NOT EXISTS (
            SELECT FROM creations_creation AS c WHERE c.id = l.creation_id AND c.status <> 'deleted'
        )
    ) AS r),
    (SELECT json_agg(r)::text FROM (
        SELECT a.user_id, max(a.balance) FILTER (WHERE a.kind = 'available') AS available,
            max(a.balance) FILTER (WHERE a.kind = 'held') AS held
        FROM ledger_account AS a JOIN paid AS p ON p.user_id = a.user_id GROUP BY a.user_id
    ) AS r),
    (SELECT json_agg(r)::text FROM (
        SELECT c.published_at, c.id FROM creations_creation AS c WHERE c.status = 'published'
        ORDER BY c.published_at DESC, c.id DESC LIMIT %(posts)s
    ) AS r)
"""  # noqa: S608 - only constants of this file are put together here

# What is being made, what has come out lately, and what happened since an earlier stream ended.
_BEGINNING = f"""
WITH told AS (
    SELECT DISTINCT e.creation_id FROM creations_creationevent AS e
    WHERE e.user_id = %(user)s AND e.id >= least(%(finished)s::uuid, %(after)s::uuid)
        AND (e.arrow IN ('complete', 'fail') OR e.id >= %(after)s)
), wanted AS (
    SELECT c.id FROM creations_creation AS c
    WHERE c.user_id = %(user)s AND c.status IN ('pending', 'processing')
    UNION SELECT t.creation_id FROM told AS t
)
SELECT now(),
    (SELECT json_agg(r)::text FROM (
        SELECT {_ITEM} FROM creations_creation AS c JOIN wanted AS w ON w.id = c.id
        WHERE c.user_id = %(user)s AND c.status <> 'deleted' ORDER BY c.id DESC LIMIT {MOST_ITEMS}
    ) AS r),
    (SELECT json_agg(t.creation_id)::text FROM told AS t
        WHERE NOT EXISTS (
            SELECT FROM creations_creation AS c WHERE c.id = t.creation_id AND c.status <> 'deleted'
        )),
    (SELECT json_agg(r)::text FROM (
        SELECT a.kind, a.balance FROM ledger_account AS a WHERE a.user_id = %(user)s
    ) AS r)
"""  # noqa: S608 - only constants of this file

# A session must be there and in time, its person active and with the same password; a key not revoked.
_ENDED = """
SELECT w.mark
FROM unnest(%(sessions)s::text[], %(people)s::uuid[], %(passwords)s::text[]) AS w (mark, person, password)
WHERE NOT EXISTS (SELECT FROM django_session AS s WHERE s.session_key = w.mark AND s.expire_date > now())
    OR NOT EXISTS (
        SELECT FROM accounts_user AS u
        WHERE u.id = w.person AND u.is_active AND md5(u.password) = w.password
    )
UNION ALL
SELECT w.mark FROM unnest(%(keys)s::text[]) AS w (mark)
WHERE NOT EXISTS (
    SELECT FROM accounts_apikey AS k JOIN accounts_user AS u ON u.id = k.user_id
    WHERE k.digest = w.mark AND k.revoked_at IS NULL AND u.is_active
)
"""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Changes:
    """What stands now of everything that may have changed: rows of creations, (creation, person) of those
    gone, (person, available, held), and the places of the newest posts, newest first (None: not asked for).
    """

    at: datetime
    items: list[Row]
    gone: list[tuple[str, str]]
    balances: list[tuple[str, int, int]]
    posts: list[Place] | None


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where a person's stream begins: rows of creations, newest first, ids of those gone since, and the
    balance.
    """

    at: datetime
    items: list[Row]
    gone: list[str]
    available: int
    held: int


@dataclass(frozen=True, slots=True)
class Credential:
    """What a stream was opened with. `mark` is a session's key or the SHA-256 of an API key; `password` is an
    MD5 of the stored hash of the person's password, None for API keys, which outlive a change of password.
    """

    mark: str
    user_id: UUID
    password: str | None


def changes(since: datetime | None, *, posts: bool) -> Changes:
    """What changed since a moment (None: lately), in one query; the feed's head only when `posts`."""
    earliest = (since or datetime.now(UTC)) - OVERLAP
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES, {"since": first_id_at(earliest), "posts": MOST_POSTS if posts else 0})
        at, items, gone, balances, newest = cursor.fetchone()
    return Changes(
        at=at,
        items=_parsed(items),
        gone=[(row["creation_id"], row["user_id"]) for row in _parsed(gone)],
        balances=[(row["user_id"], row["available"] or 0, row["held"] or 0) for row in _parsed(balances)],
        posts=[place(datetime.fromisoformat(row["published_at"]), UUID(row["id"])) for row in _parsed(newest)]
        if posts
        else None,
    )


def beginning(user_id: UUID, after: datetime | None) -> Beginning:
    """What a new stream of a person tells first, in one query. `after` is where an earlier stream had come
    to.
    """
    now = datetime.now(UTC)
    resumed = after - OVERLAP if after is not None and after > now - RESUMED else now + RESUMED
    wanted = {"user": user_id, "finished": first_id_at(now - FINISHED), "after": first_id_at(resumed)}
    with connection.cursor() as cursor:
        cursor.execute(_BEGINNING, wanted)
        at, items, gone, balance = cursor.fetchone()
    tokens = {row["kind"]: row["balance"] or 0 for row in _parsed(balance)}
    return Beginning(at, _parsed(items), _parsed(gone), tokens.get("available", 0), tokens.get("held", 0))


def ended(credentials: Sequence[Credential]) -> set[str]:
    """The marks of those that would not open a stream any more, in one query."""
    sessions = [one for one in credentials if one.password is not None]
    with connection.cursor() as cursor:
        cursor.execute(
            _ENDED,
            {
                "sessions": [one.mark for one in sessions],
                "people": [one.user_id for one in sessions],
                "passwords": [one.password for one in sessions],
                "keys": [one.mark for one in credentials if one.password is None],
            },
        )
        return {mark for (mark,) in cursor.fetchall()}


def _parsed(text: str | None) -> list[Any]:
    return orjson.loads(text) if text else []
