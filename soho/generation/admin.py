"""The operator's view of attempts: who worked on what, for how long, and why it went wrong."""

from django.contrib import admin

from soho.generation.models import Attempt
from soho.ledger.admin import ReadOnly


@admin.register(Attempt)
class AttemptAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # the class takes no arguments when it runs
    """Attempts, newest first."""

    list_display = (
        "started_at",
        "creation_id",
        "fence",
        "provider",
        "outcome",
        "error_code",
        "seconds",
        "worker",
    )
    list_filter = ("outcome", "provider", "error_code")
    search_fields = ("creation__id", "creation__user__username", "provider_job", "worker")
    ordering = ("-started_at",)
    show_full_result_count = False

    @admin.display(description="seconds")
    def seconds(self, attempt: Attempt) -> str:
        """How long it took, once it has ended."""
        return f"{(attempt.ended_at - attempt.started_at).total_seconds():.1f}" if attempt.ended_at else "..."
