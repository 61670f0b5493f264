"""The operator's view of attempts: who worked on what, for how long, and why it went wrong."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from soho.generation.models import Attempt
from soho.generation.scoreboard import Score, scores
from soho.ledger.admin import ReadOnly
from soho.providers import health

DAYS = 30


@admin.register(Attempt)
class AttemptAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # the class takes no arguments when it runs
    """Attempts, newest first."""

    list_display = (
        "started_at",
        "creation_id",
        "fence",
        "asked_model",
        "model",
        "provider",
        "outcome",
        "error_code",
        "seconds",
        "worker",
    )
    list_filter = ("outcome", "model", "provider", "error_code")
    search_fields = ("creation__id", "creation__user__username", "provider_job", "worker")
    ordering = ("-started_at",)
    show_full_result_count = False

    @admin.display(description="seconds")
    def seconds(self, attempt: Attempt) -> str:
        """How long it took, once it has ended."""
        return f"{(attempt.ended_at - attempt.started_at).total_seconds():.1f}" if attempt.ended_at else "..."

    def get_urls(self) -> list[URLPattern]:
        """The scoreboard beside the list."""
        view = self.admin_site.admin_view(self.scoreboard)
        return [path("scoreboard/", view, name="generation_scoreboard"), *super().get_urls()]

    def scoreboard(self, request: HttpRequest) -> HttpResponse:
        """How each model fares, for whoever may see attempts."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        states = health.states()
        context = {
            **self.admin_site.each_context(request),
            "title": "Scoreboard",
            "days": DAYS,
            "rows": [_in_words(score, states.get(score.model)) for score in scores(DAYS)],
        }
        return TemplateResponse(request, "admin/generation/scoreboard.html", context)


def _in_words(score: Score, state: health.State | None) -> dict[str, Any]:
    now = "no longer offered" if state is None else "available" if state.available else state.reason
    return {
        "score": score,
        "now": now,
        "success": _percent(score.success_rate),
        "refused": _percent(score.refusal_rate),
        "p50": _figure(score.p50, "{:.0f} s"),
        "p95": _figure(score.p95, "{:.0f} s"),
        "cost": _figure(score.cost, "${:.2f}"),
        "per_second": _figure(score.cost_per_second, "${:.4f}"),
    }


def _percent(share: float | None) -> str:
    return _figure(share, "{:.0%}")


def _figure(value: float | None, shown: str) -> str:
    return "–" if value is None else shown.format(value)
