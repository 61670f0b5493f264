"""What time does by itself: publishing what is due, and finishing deletions whose undo is over.

Both are asked every two seconds by Celery's beat, of whichever worker hears it first; both read rows, so a
message that is lost or doubled, a worker that dies, or a beat that was down all night only cost time.
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from soho.creations import bell, states
from soho.creations.models import Creation, CreationEvent, DoomedObject, Status
from soho.creations.signals import moved
from soho.storage.keys import all_keys_for

BATCH = 100
# Longer than the pages offer the undo, so that a click in the last moment still counts.
GRACE = timedelta(seconds=2)

# Rows that somebody has locked are skipped: another worker has them, or their owner is changing them just
# now. A row that changed before its lock was had is looked at again by PostgreSQL, and left out when it is no
# longer due. Those of people who are switched off wait.
_PUBLISH_DUE = """
    WITH due AS (
        SELECT c.id, u.username
        FROM creations_creation AS c JOIN accounts_user AS u ON u.id = c.user_id
        WHERE c.status = 'draft' AND c.publish_at IS NOT NULL AND c.publish_at <= now()
            AND u.is_active
        ORDER BY c.publish_at, c.id LIMIT %s FOR UPDATE OF c SKIP LOCKED
    )
    UPDATE creations_creation AS c
    SET status = 'published', username = due.username, like_count = 0, published_at = clock_timestamp(),
        publish_at = NULL
    FROM due WHERE c.id = due.id
    RETURNING c.id, c.user_id
"""


def publish_due() -> int:
    """Publishes the drafts whose time has come, each exactly once; answers how many.

    Safe to run anywhere, as often as one likes, many at once.
    """
    published = 0
    while some := _publish_some():
        published += some
    return published


def _publish_some() -> int:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_PUBLISH_DUE, [BATCH])
            rows: list[tuple[UUID, UUID]] = cursor.fetchall()
        _record(rows, states.PUBLISH, "on schedule")
        for creation in Creation.objects.filter(pk__in=[creation_id for creation_id, _ in rows]):
            moved.send(sender=Creation, creation=creation, arrow=states.PUBLISH)
    return len(rows)


def finish_deletions() -> int:
    """Removes the rows that were deleted longer ago than an undo takes; answers how many.

    Their objects are noted in the same transaction, so that they go even when this process dies after the
    commit.
    """
    finished = 0
    while some := _finish_some():
        finished += some
    if finished:
        bell.ring_removal()
    return finished


def _finish_some() -> int:
    patience = timedelta(seconds=settings.UNDO_SECONDS) + GRACE
    over = Creation.objects.filter(status=Status.DELETED, deleted_at__lte=Now() - patience)
    with transaction.atomic():
        rows = list(
            over.select_for_update(skip_locked=True)
            .order_by("deleted_at", "id")
            .values_list("pk", "user_id")[:BATCH]
        )
        doom([key for creation_id, user_id in rows for key in all_keys_for(user_id, creation_id)])
        _record(rows, states.PURGE)
        for creation in Creation.objects.filter(pk__in=[creation_id for creation_id, _ in rows]):
            moved.send(sender=Creation, creation=creation, arrow=states.PURGE)
        Creation.objects.filter(pk__in=[creation_id for creation_id, _ in rows]).delete()
    return len(rows)


def doom(keys: list[str]) -> None:
    """Notes objects that are to be deleted from the storage."""
    DoomedObject.objects.bulk_create([DoomedObject(key=key) for key in keys], ignore_conflicts=True)


def _record(rows: list[tuple[UUID, UUID]], arrow: states.Arrow, detail: str = "") -> None:
    CreationEvent.objects.bulk_create(
        CreationEvent(creation_id=creation_id, user_id=user_id, arrow=arrow.name, detail=detail)
        for creation_id, user_id in rows
    )
