"""The operator's view of creations: looked at, not edited; edits would pass by ledger and states."""

from django.contrib import admin

from soho.creations.models import Creation, CreationEvent
from soho.ledger.admin import ReadOnly


@admin.register(Creation)
class CreationAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # the class takes no arguments when it runs
    """Creations, newest first."""

    list_display = ("id", "user", "media_type", "status", "model", "tokens", "error_code", "created_at")
    list_filter = ("status", "media_type", "model", "error_code")
    list_select_related = ("user",)
    search_fields = ("id", "user__username", "prompt")
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(CreationEvent)
class CreationEventAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # the class takes no arguments when it runs
    """What happened to creations, newest first; also to those that were deleted since."""

    list_display = ("created_at", "arrow", "creation_id", "user", "detail")
    list_filter = ("arrow",)
    list_select_related = ("user",)
    search_fields = ("creation_id", "user__username")
    ordering = ("-id",)
    show_full_result_count = False
