"""The heart: what was asked for, what came of it, and what happened to it on the way."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from soho.ids import new_id

MAX_PROMPT = 10_000
MAX_CAPTION = 2_200


class MediaType(models.TextChoices):
    """What a creation is."""

    IMAGE = "image"
    VIDEO = "video"


class Status(models.TextChoices):
    """Where a creation stands.

    Five are seen, and one never is: what is deleted is hidden everywhere and goes for good when the time for
    an undo is over (soho/creations/states.py has the arrows between them).
    """

    PENDING = "pending"  # waits for a worker
    PROCESSING = "processing"  # a worker has claimed it, or will again after a failure that a retry can mend
    DRAFT = "draft"  # made; its owner alone sees it
    PUBLISHED = "published"  # in the feed
    FAILED = "failed"  # could not be made, or was cancelled; `error_code` says why
    DELETED = "deleted"  # its owner deleted it a moment ago and may still undo that; nobody sees it


class Score(models.Func):
    """The order of "top" as a 64-bit number: when it was published, and a day more for ten times the likes.

    Microseconds since 1970, plus 86,400 s times log10(1 + likes). Time never changes it, so it needs no
    recomputing: of two posts the newer one stands higher at equal likes, and likes lift a post among older
    and newer ones alike. The function is in the migration that made the index.
    """

    function = "creations_score"
    output_field = models.BigIntegerField()


class Creation(models.Model):
    """An image or a video, from its prompt to the feed.

    The row is also the job: see `lease_until` and `fence`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # No index of its own: the partial ones below serve every look-up by person, and beside a plain one the
    # planner would rather fetch and sort all posts of a person than walk creations_profile.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="creations", db_index=False
    )
    media_type = models.CharField(max_length=5, choices=MediaType.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    created_at = models.DateTimeField(db_default=Now())

    # What was asked.
    prompt = models.TextField(max_length=MAX_PROMPT)
    model = models.CharField(max_length=80)
    trying = models.CharField(
        max_length=80,
        blank=True,
        default="",
        db_default="",
        help_text="The model at work now, when it is not the one that was asked for.",
    )
    aspect_ratio = models.CharField(max_length=5)
    requested_seconds = models.FloatField(null=True, blank=True, help_text="Videos only.")
    seed = models.BigIntegerField()
    # Indexed below, with the time. A remix outlives what it was made from.
    remix_of = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="remixes", db_index=False
    )

    # What it costs. `hold` is the ledger transfer that has not been captured or released yet.
    tokens = models.PositiveIntegerField()
    hold = models.UUIDField(null=True, blank=True)

    # What was made: object keys in the storage, and facts that were probed, not assumed.
    made_by = models.CharField(
        max_length=80, blank=True, default="", db_default="", help_text="The model that really made it."
    )
    media_key = models.CharField(max_length=200, blank=True)
    thumbnail_key = models.CharField(max_length=200, blank=True)
    rendition_key = models.CharField(max_length=200, blank=True)
    poster_key = models.CharField(max_length=200, blank=True)
    placeholder = models.CharField(max_length=64, blank=True, help_text="A ThumbHash, base64.")
    content_type = models.CharField(max_length=40, blank=True)
    size_bytes = models.BigIntegerField(null=True, blank=True)
    duration = models.FloatField(null=True, blank=True, help_text="Seconds.")
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)

    # The job. A worker that claims it sets a lease, which its heartbeats extend, and raises the fence, which
    # every write of its own must carry: a worker whose lease another took over no longer matches.
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True, help_text="Not to be claimed sooner (backoff).")
    claims = models.PositiveSmallIntegerField(default=0, help_text="Claims since it was started or retried.")
    errors = models.PositiveSmallIntegerField(
        default=0, help_text="Failed attempts since it was started or retried."
    )
    progress = models.FloatField(default=0)
    progress_note = models.CharField(max_length=120, blank=True)
    processing_since = models.DateTimeField(null=True, blank=True)
    expected_seconds = models.FloatField(
        null=True, blank=True, help_text="What the model usually takes, noted on claiming."
    )

    # Who asked for it last, for logs and traces (soho/trail.py, soho/tracing.py).
    request_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    traceparent = models.CharField(max_length=55, blank=True, default="", db_default="")

    # Why it failed.
    error_code = models.CharField(max_length=40, blank=True)
    error_message = models.CharField(max_length=400, blank=True)
    error_retriable = models.BooleanField(default=False)

    # In the feed. `username` is written on publishing, so that the feed reads one table.
    caption = models.CharField(max_length=MAX_CAPTION, blank=True)
    username = models.CharField(max_length=30, blank=True)
    like_count = models.PositiveIntegerField(default=0)
    comment_count = models.PositiveIntegerField(default=0, db_default=0)
    published_at = models.DateTimeField(null=True, blank=True)
    publish_at = models.DateTimeField(
        null=True, blank=True, help_text="A draft that is to be published by itself then."
    )

    # Deleted, and from which status: an undo leads back there.
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_from = models.CharField(max_length=10, blank=True, db_default="")

    class Meta:
        indexes = [
            # Explore and profiles: keyset pages, newest first (soho/feed/queries.py).
            models.Index("published_at", "id", name="creations_feed", condition=Q(status="published")),
            models.Index(
                "user", "published_at", "id", name="creations_profile", condition=Q(status="published")
            ),
            # Explore by score. It holds the count of likes, so a like is no heap-only update.
            models.Index(
                Score(F("like_count"), F("published_at")),
                "id",
                name="creations_top",
                condition=Q(status="published"),
            ),
            # What was made from a post, newest first; and what loses its origin when that is deleted.
            models.Index(
                "remix_of",
                "published_at",
                "id",
                name="creations_remixes",
                condition=Q(remix_of__isnull=False),
            ),
            # Drafts of one person, newest first: ids sort by time.
            models.Index("user", "id", name="creations_drafts", condition=~Q(status="published")),
            # The queue, person by person, and who has something running (soho/generation/turns.py). No column
            # that a heartbeat writes is in them, so heartbeats stay heap-only updates.
            models.Index(
                "user",
                "media_type",
                "created_at",
                "id",
                name="creations_line",
                condition=Q(status__in=["pending", "processing"]),
            ),
            models.Index("user", "media_type", name="creations_running", condition=Q(status="processing")),
            # What is due (soho/creations/clock.py): only what waits is in these, so they stay small.
            models.Index(
                "publish_at",
                "id",
                name="creations_scheduled",
                condition=Q(status="draft", publish_at__isnull=False),
            ),
            models.Index("deleted_at", "id", name="creations_deleted", condition=Q(status="deleted")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="creations_status_known"),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False),
                name="creations_published_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["draft", "published"]) | (~Q(media_key="") & Q(hold__isnull=True)),
                name="creations_ready_has_media_and_is_paid",
            ),
            models.CheckConstraint(
                condition=Q(status="deleted", deleted_at__isnull=False, hold__isnull=True)
                & Q(deleted_from__in=["draft", "published", "failed"])
                | ~Q(status="deleted") & Q(deleted_at__isnull=True, deleted_from=""),
                name="creations_deleted_knows_the_way_back",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.media_type} {self.id} ({self.status})"


class CreationEvent(models.Model):
    """One change of one creation.

    Kept without prompt or media when the creation is deleted: what happened, not what it showed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    creation_id = models.UUIDField(db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    arrow = models.CharField(max_length=12)
    detail = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.arrow} {self.creation_id}"


class IdempotencyKey(models.Model):
    """A person's `Idempotency-Key`, and what it led to:

    the creation it started or retried, or the `answer` to a batch. `digest` tells a repetition from a
    different request.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    creation_id = models.UUIDField(null=True, blank=True)
    answer = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="creations_idempotency_key_once")]
        indexes = [models.Index("created_at", name="creations_idempotency_age")]

    def __str__(self) -> str:
        return self.key


class DoomedObject(models.Model):
    """An object whose row is gone and which is still to be deleted from the storage."""

    key = models.CharField(max_length=200, primary_key=True)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.key
