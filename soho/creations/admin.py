"""The operator's view of creations: what was asked, where it stands, what happened to it."""

from django.contrib import admin
from django.http import HttpRequest

from soho.creations.models import Creation, CreationEvent


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # one base for several models
    """Rows that only the product's verbs may change: an edit here would pass by the ledger and the states."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Creation)
class CreationAdmin(ReadOnly):
    """Creations, newest first."""

    list_display = ("id", "user", "media_type", "status", "model", "tokens", "error_code", "created_at")
    list_filter = ("status", "media_type", "model", "error_code")
    list_select_related = ("user",)
    search_fields = ("id", "user__username", "prompt")
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(CreationEvent)
class CreationEventAdmin(ReadOnly):
    """What happened to creations, newest first; also to those that were deleted since."""

    list_display = ("created_at", "arrow", "creation_id", "user", "detail")
    list_filter = ("arrow",)
    list_select_related = ("user",)
    search_fields = ("creation_id", "user__username")
    ordering = ("-id",)
    show_full_result_count = False
