"""The work: attempts at a creation, and whose turn it is."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from soho.creations.models import Creation
from soho.ids import new_id


class Outcome(models.TextChoices):
    """How an attempt ended."""

    RUNNING = "running"  # not yet
    SUCCEEDED = "succeeded"  # its draft is there
    FAILED = "failed"  # the provider or the quality gate said no
    LOST = "lost"  # its lease ran out or was taken away (killed, paused, cancelled)


class Attempt(models.Model):
    """One worker's try at one creation, told apart by its fence.

    It outlives a deleted creation (without any word of it), so that what models achieved is not told by what
    people kept. What it bought is written down as it happens:

    `unsettled`  a submit was announced under `job_key` and nobody knows yet what became of it.
    `job_lives`  `provider_job` was bought and may still be running there. Whoever claims the creation next
                 takes it over, and when nobody will, upkeep cancels it (soho/generation/leftovers.py).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    creation = models.ForeignKey(Creation, on_delete=models.SET_NULL, null=True, related_name="attempts")
    fence = models.PositiveIntegerField()
    worker = models.CharField(max_length=120)
    kind = models.CharField(max_length=5, blank=True, default="", db_default="")
    asked_model = models.CharField(
        max_length=80, blank=True, default="", db_default="", help_text="What the person chose."
    )
    model = models.CharField(
        max_length=80, blank=True, default="", db_default="", help_text="What was at work."
    )
    provider = models.CharField(max_length=40)
    provider_job = models.CharField(max_length=400, blank=True)
    job_key = models.CharField(
        max_length=80,
        blank=True,
        default="",
        db_default="",
        help_text="Names the submit; the same for all who take it up.",
    )
    intended_at = models.DateTimeField(
        null=True, blank=True, help_text="When this attempt announced a submit of its own."
    )
    unsettled = models.BooleanField(default=False, db_default=False)
    job_lives = models.BooleanField(default=False, db_default=False)
    stop_tries = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="How often upkeep tried to cancel what was left running."
    )
    stop_after = models.DateTimeField(null=True, blank=True, help_text="When upkeep may try again.")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.RUNNING)
    error_code = models.CharField(max_length=40, blank=True)
    error_detail = models.TextField(blank=True, help_text="For the operator; never shown to the person.")
    cost = models.DecimalField(
        max_digits=10, decimal_places=4, null=True, blank=True, help_text="US dollars, where known."
    )
    delivered_seconds = models.FloatField(null=True, blank=True, help_text="Length of the clip it made.")
    started_at = models.DateTimeField(db_default=Now())
    generated_at = models.DateTimeField(null=True, blank=True, help_text="When the model's file was on disk.")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(fields=["creation", "fence"], name="generation_one_attempt_a_fence"),
            models.UniqueConstraint(
                fields=["creation"], condition=Q(outcome="running"), name="generation_one_running_attempt"
            ),
        ]
        indexes = [
            models.Index("provider", "ended_at", name="generation_recent", condition=Q(outcome="succeeded")),
            models.Index("model", "kind", "ended_at", name="generation_by_model"),
            models.Index(
                "ended_at", name="generation_left_over", condition=Q(job_lives=True) | Q(unsettled=True)
            ),
            # The operator's page: what went wrong, newest first (soho/operator/failures.py).
            models.Index(
                "ended_at",
                name="generation_failures",
                condition=Q(outcome="failed") | Q(outcome="lost", error_code="worker_lost"),
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.fence} at {self.creation_id}"


class Turn(models.Model):
    """When a person's work was last claimed.

    The row is also the lock that makes claims of one person's work one at a time.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    served_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} at {self.served_at}"
