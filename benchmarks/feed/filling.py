"""A feed that grows into the past: ten thousand posts, then a million, then ten million.

PostgreSQL writes it by itself. Post 1 is the newest and the same at every size, so page 1 has the same bytes
among ten thousand posts as among ten million, and only what lies behind it differs. What a published post
has, each of these has: its row, the tags of its caption, its words, a maker with or without a picture; three
of a hundred are remixes. The drafts, events and transfers behind it, which no page of the feed reads, are
left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import orjson
from django.db import connection, transaction

from benchmarks.feed.bulk import side_by_side, statements, unindexed
from benchmarks.feed.texts import STRIDE, TEXTS, written

APART = timedelta(seconds=20)
FOLLOWED = 200
CHUNK = 250_000
TABLES = ("creations_creation", "feed_posttag", "feed_searchentry")
# Nothing that is published is in these.
UNTOUCHED = (
    "creations_drafts",
    "creations_line",
    "creations_running",
    "creations_scheduled",
    "creations_deleted",
)

# Ids tell their time as UUIDv7 do, and follow from the number, so that each table is written on its own.
_FUNCTIONS = """
CREATE FUNCTION bench_moment(n bigint, start timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT start - n * interval '20 seconds' $$;
CREATE FUNCTION bench_id(n bigint, start timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM start - n * interval '20 seconds') * 1000)::bigint), 12, '0')
        || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid $$;
CREATE UNLOGGED TABLE bench_text (
    number bigint PRIMARY KEY, prompt text, caption text, tags text[], words tsvector
);
CREATE UNLOGGED TABLE bench_maker (number bigint PRIMARY KEY, id uuid, username text);
"""
_FORGOTTEN = """
DROP TABLE IF EXISTS bench_text, bench_maker;
DROP FUNCTION IF EXISTS bench_moment, bench_id;
"""
_TEXTS = """
INSERT INTO bench_text (number, prompt, caption, tags, words)
SELECT t.number, t.prompt, t.caption, t.tags,
    to_tsvector('english', t.plain) || to_tsvector('simple', t.plain)
    || array_to_tsvector(ARRAY(SELECT '#' || tag FROM unnest(t.tags) AS tag))
FROM json_to_recordset(%s) AS t(number bigint, prompt text, caption text, tags text[], plain text)
"""
_MAKERS = """
WITH made AS (
    INSERT INTO bench_maker SELECT n, gen_random_uuid(), 'maker' || n FROM generate_series(%s, %s - 1) AS n
    RETURNING *
)
INSERT INTO accounts_user (
    id, password, is_superuser, username, email, is_staff, is_active, date_joined, bio, avatar
)
SELECT id, '!', false, username, '', false, true, now(), '',
    CASE WHEN number %% 2 = 0 THEN gen_random_uuid() END
FROM made
"""
# OFFSET 0: otherwise PostgreSQL puts the whole expression of an id wherever the id is named.
# Who has posted most has thirty times what the average is at a thousand makers, and a few of a thousand posts
# at a hundred thousand.
_POSTS = f"""
FROM (
    SELECT n, bench_id(n, %(start)s) AS id, bench_moment(n, %(start)s) AS moment,
        floor(%(makers)s * ((n * 2654435761 %% 4294967296) / 4294967296.0::float8) ^ 2)::bigint AS maker
    FROM generate_series(%(last)s::bigint, %(first)s, -1) AS n
    OFFSET 0
) AS p
JOIN bench_maker AS u ON u.number = p.maker
JOIN bench_text AS t ON t.number = p.n * {STRIDE} %% %(texts)s
"""
_CREATIONS = f"""
INSERT INTO creations_creation (
    id, user_id, media_type, status, created_at, prompt, model, made_by, aspect_ratio, requested_seconds,
    seed, tokens, media_key, thumbnail_key, rendition_key, poster_key, placeholder, content_type, size_bytes,
    duration, width, height, fence, claims, errors, progress, progress_note, error_code, error_message,
    error_retriable, caption, username, like_count, comment_count, published_at, remix_of_id
)
SELECT
    p.id, u.id, 'video', 'published', p.moment - interval '3 minutes', t.prompt, 'diorama', 'diorama', '9:16',
    8, p.n, 10,
    f.folder || '.mp4', f.folder || '_thumb.jpg', f.folder || '_480.mp4', f.folder || '_poster.jpg',
    '3OcRJYB4d3h/iIeHeEh3eIhw+j2w', 'video/mp4', 4000000, 8.0, 1080, 1920, 1, 1, 0, 1, '', '', '', false,
    t.caption, u.username, p.n %% 97, p.n %% 5, p.moment,
    CASE WHEN p.n %% 33 = 0 AND p.n < %(oldest)s THEN bench_id(p.n + 1, %(start)s) END
{_POSTS}
CROSS JOIN LATERAL (SELECT 'videos/' || u.id || '/' || p.id AS folder OFFSET 0) AS f
"""
_ENTRIES = (
    "INSERT INTO feed_searchentry (creation_id, published_at, words) "
    f"SELECT p.id, p.moment, t.words || array_to_tsvector(ARRAY['@' || u.username]) {_POSTS}"
)
_TAGS = (
    "INSERT INTO feed_posttag (creation_id, tag, published_at) "
    f"SELECT p.id, unnest(t.tags), p.moment {_POSTS}"
)
_LIKES = """
INSERT INTO feed_like (creation_id, user_id)
SELECT bench_id(n, %s), %s FROM generate_series(%s, %s) AS n WHERE n %% 5 = 0
"""
_FOLLOWS = """
WITH kept AS (
    INSERT INTO feed_follow (follower_id, followed_id)
    SELECT %s, id FROM bench_maker WHERE number < %s RETURNING followed_id
)
INSERT INTO feed_standing (user_id, followers, following) SELECT followed_id, 1, 0 FROM kept
UNION ALL SELECT %s, 0, (SELECT count(*) FROM kept)
"""


@dataclass
class Filling:
    """A feed that `reader` reads, who likes every fifth post and follows those who post most."""

    reader: UUID
    start: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    texts: int = TEXTS
    posts: int = 0
    makers: int = 0

    def begin(self) -> None:
        """Writes what posts are made from."""
        described = [
            {"number": n, "prompt": one.prompt, "caption": one.caption, "tags": one.tags, "plain": one.plain}
            for n, one in enumerate(written(self.texts))
        ]
        with connection.cursor() as cursor:
            cursor.execute(_FORGOTTEN + _FUNCTIONS)
            cursor.execute(_TEXTS, [orjson.dumps(described).decode()])
            cursor.execute("ANALYZE bench_text")

    def grow(self, posts: int) -> None:
        """Adds older posts until there are `posts`, with all constraints, indexes and statistics after."""
        if not self.makers:
            self.begin()
        first, self.posts = self.posts + 1, posts
        self._invite(max(1_000, posts // 100))
        with unindexed(TABLES, UNTOUCHED):
            side_by_side(partial(self._write, *span) for span in _spans(first, posts))
        with connection.cursor() as cursor:
            cursor.execute(_LIKES, [self.start, self.reader, first, posts])
            # Nothing is vacuumed inside a transaction.
            tidy = "ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)"
            for table in (*TABLES, "feed_like", "feed_follow", "feed_standing", "accounts_user"):
                cursor.execute(f"{tidy} {table}")
            cursor.execute("CHECKPOINT")

    def moment(self, number: int) -> datetime:
        """When post `number` was published: 1 is the newest."""
        return self.start - number * APART

    def forget(self) -> None:
        """Takes away what only the filling needed."""
        statements(_FORGOTTEN)

    def _invite(self, makers: int) -> None:
        before, self.makers = self.makers, makers
        with connection.cursor() as cursor:
            cursor.execute(_MAKERS, [before, makers])
            if not before:
                cursor.execute(_FOLLOWS, [self.reader, FOLLOWED, self.reader])
            cursor.execute("ANALYZE bench_maker")

    def _write(self, first: int, last: int) -> None:
        values: dict[str, datetime | int] = {
            "start": self.start,
            "makers": self.makers,
            "texts": self.texts,
            "first": first,
            "last": last,
            "oldest": self.posts,
        }
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
            for statement in (_CREATIONS, _ENTRIES, _TAGS):
                cursor.execute(statement, values)


def _spans(first: int, last: int) -> Iterator[tuple[int, int]]:
    """The numbers from `first` to `last` in chunks, oldest first, as a feed is written."""
    while last >= first:
        start = max(first, last - CHUNK + 1)
        yield start, last
        last = start - 1
