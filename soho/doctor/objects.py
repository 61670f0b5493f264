"""Rows against objects: every object that a row names is there, and every object is named by a row.

The storage's listing goes into a temporary table, so that the comparison needs no memory of its own however
many objects there are. The rows are read after the listing and again for what seemed missing: what was stored
or removed meanwhile is no finding.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from django.conf import settings
from django.db import connection, transaction

from soho.creations.objects import storage
from soho.doctor.finding import Finding

_BATCH = 5_000

_NAMED = """
    SELECT c.id, k.key FROM creations_creation AS c
    CROSS JOIN LATERAL (VALUES (c.media_key), (c.thumbnail_key), (c.rendition_key), (c.poster_key)) AS k (key)
    WHERE k.key <> ''
    UNION ALL SELECT u.id, 'avatars/' || u.id || '/' || u.avatar || '_' || s.side || '.webp'
    FROM accounts_user AS u CROSS JOIN (VALUES (64), (256)) AS s (side) WHERE u.avatar IS NOT NULL
"""
_MISSING = f"""
    SELECT id, key FROM ({_NAMED}) AS named
    WHERE NOT EXISTS (SELECT 1 FROM listed WHERE listed.key = named.key)
"""  # noqa: S608 - only constants of this file
_LEFT_OVER = f"""
    SELECT key FROM listed
    WHERE modified < %s AND key ~ '^(videos|images|avatars)/'
        AND NOT EXISTS (SELECT 1 FROM ({_NAMED}) AS named WHERE named.key = listed.key)
        AND NOT EXISTS (SELECT 1 FROM creations_doomedobject AS d WHERE d.key = listed.key)
"""  # noqa: S608 - only constants of this file


def examine() -> Iterator[Finding]:
    """Objects that rows name and nobody has, and objects that no row names, older than the sweep's grace."""
    grace = datetime.now(UTC) - timedelta(seconds=settings.ORPHAN_GRACE_SECONDS)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE listed (key text PRIMARY KEY, modified timestamptz) ON COMMIT DROP"
        )
        items = storage().keys()
        while batch := list(islice(items, _BATCH)):
            cursor.executemany(
                "INSERT INTO listed VALUES (%s, %s) ON CONFLICT DO NOTHING",
                [(item.key, item.modified) for item in batch],
            )
        cursor.execute(_MISSING)
        missing = cursor.fetchall()
        cursor.execute(_LEFT_OVER, [grace])
        left_over = [key for (key,) in cursor.fetchall()]
    for creation_id, key in missing:
        # Made since the listing, perhaps; asked for by name.
        if storage().stat(key) is None:
            yield Finding("object that is missing", str(creation_id), key)
    for key in left_over:
        yield Finding("object that nothing names", key, "no row points to it")
