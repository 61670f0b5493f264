"""The operator's view of models: whether each is well, and which providers are given a rest."""

from django.contrib import admin

from soho.ledger.admin import ReadOnly
from soho.providers.models import Circuit, ModelHealth


@admin.register(ModelHealth)
class ModelHealthAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # the class takes no arguments when it runs
    """What the last probe of each model found."""

    list_display = ("model", "provider", "ok", "sentence", "since", "checked_at")
    list_filter = ("ok", "provider")


@admin.register(Circuit)
class CircuitAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # the class takes no arguments when it runs
    """Providers that failed lately; one that is well is not here."""

    list_display = ("provider", "failures", "failed_at", "open_until")
