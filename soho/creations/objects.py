"""Where this installation keeps its objects, and their removal."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from uuid import UUID

from django.conf import settings
from django.db import connection

from soho.accounts.models import User
from soho.creations.models import Creation, DoomedObject, Status
from soho.storage import LocalConfig, S3Config, Storage, storage_from
from soho.storage.contract import ObjectStat
from soho.storage.keys import avatar_of, creation_id_of

BATCH = 500


@cache
def storage() -> Storage:
    """The one storage of this process:

    R2 or another S3 when `R2_*` is set, else the folder `SOHO_MEDIA`.
    """
    if settings.R2:
        return storage_from(
            S3Config(
                endpoint_url=settings.R2["R2_ENDPOINT_URL"],
                access_key_id=settings.R2["R2_ACCESS_KEY_ID"],
                secret_access_key=settings.R2["R2_SECRET_ACCESS_KEY"],
                bucket=settings.R2["R2_BUCKET_NAME"],
                public_url=settings.R2_PUBLIC_URL,
            )
        )
    return storage_from(LocalConfig(folder=settings.MEDIA_FOLDER, variable="SOHO_MEDIA"))


def owner_of(key: str) -> UUID | None:
    """The creation that the object `key` belongs to by its name, or None."""
    try:
        return UUID(creation_id_of(key) or "")
    except ValueError:
        return None


def _nothing() -> None:
    pass


def remove_doomed(*, meanwhile: Callable[[], object] = _nothing) -> int:
    """Deletes the objects that were noted for removal, then their notes;

    answers how many. Safe to run twice at once. `meanwhile` is called between batches: a long removal does
    not hold up what else its worker has to do on time.
    """
    removed = 0
    while keys := list(DoomedObject.objects.order_by("created_at").values_list("key", flat=True)[:BATCH]):
        storage().delete(keys)
        DoomedObject.objects.filter(key__in=keys).delete()
        removed += len(keys)
        meanwhile()
    return removed


def remove_orphans(*, older_than: timedelta, meanwhile: Callable[[], object] = _nothing) -> int:
    """Deletes objects that no row points to and that are older than `older_than`; answers how many.

    A worker that died after its upload, or that woke up after its lease was taken, leaves such objects. The
    age keeps the sweep away from uploads whose row is about to be written. `meanwhile` is called between
    batches.
    """
    limit = datetime.now(UTC) - older_than
    removed = 0
    objects = storage().keys()
    while batch := list(islice(objects, BATCH)):
        orphans = [*_orphans_of(batch, limit), *_avatars_of_nobody(batch, limit)]
        storage().delete(orphans)
        removed += len(orphans)
        meanwhile()
    return removed


def _orphans_of(batch: list[ObjectStat], limit: datetime) -> Iterator[str]:
    """The keys among `batch` that are old enough and that no creation of theirs points to or is about to."""
    owners: dict[str, UUID] = {}
    for item in batch:
        creation_id = owner_of(item.key)
        if creation_id is not None and item.modified < limit:
            owners[item.key] = creation_id
    if not owners:
        return
    rows = Creation.objects.filter(pk__in=set(owners.values())).values_list(
        "pk", "status", "media_key", "thumbnail_key", "rendition_key", "poster_key"
    )
    known = {pk: (status, set(keys)) for pk, status, *keys in rows}
    for key, creation_id in owners.items():
        status, keys = known.get(creation_id, (None, set()))
        # What is being made now may have been uploaded a moment before its row says so.
        if status not in {Status.PENDING, Status.PROCESSING} and key not in keys:
            yield key


def _avatars_of_nobody(batch: list[ObjectStat], limit: datetime) -> Iterator[str]:
    """The keys among `batch` that are old enough and of a picture that is not a person's, or not any more."""
    named = {item.key: avatar_of(item.key) for item in batch if item.modified < limit}
    avatars = {key: ids for key, ids in named.items() if ids}
    if not avatars:
        return
    wanted = [user for user, _ in avatars.values() if _is_uuid(user)]
    rows = User.objects.filter(pk__in=wanted).values_list("pk", "avatar")
    current = {(str(user), str(avatar)) for user, avatar in rows}
    yield from (key for key, ids in avatars.items() if ids not in current)


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def forget_old_idempotency_keys() -> None:
    """Drops Idempotency-Keys after a day; a client that repeats later starts anew."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM creations_idempotencykey WHERE created_at < now() - interval '24 hours'")
