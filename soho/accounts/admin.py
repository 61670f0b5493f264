"""The operator's view of people: find, switch off, move tokens, revoke keys. Nobody is deleted."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from soho.accounts.actions import open_account, revoke_api_key
from soho.accounts.models import ApiKey, User
from soho.accounts.names import canonical
from soho.ledger.admin import may_move_tokens, move_tokens
from soho.ledger.models import Account, Transfer, TransferKind

_POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")
_GRANTS_SHOWN = 20


class NewPersonForm(AdminUserCreationForm):  # type: ignore[type-arg]  # the class takes no arguments when it runs
    """A new person, named as the sign-up page would name them."""

    class Meta:
        model = User
        fields = ("username",)

    def clean_username(self) -> str:
        self.cleaned_data["username"] = canonical(self.cleaned_data["username"])
        return str(super().clean_username())


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]  # the class takes no arguments when it runs
    """People."""

    list_display = ["username", "is_active", "is_staff", "available", "held", "date_joined", "last_login"]
    list_filter = ["is_active", "is_staff", "date_joined"]
    search_fields = ["username", "=id"]
    ordering = ["-date_joined"]
    show_full_result_count = False
    actions = ["grant_tokens", "revoke_tokens", "switch_off", "switch_on"]
    readonly_fields = ("username", "available", "held", "grants", "date_joined", "last_login")
    fieldsets = [
        (None, {"fields": ["username", "password", "bio", "is_active"]}),
        ("Tokens", {"fields": ["available", "held", "grants"]}),
        ("Powers", {"fields": list(_POWERS)}),
        ("When", {"fields": ["date_joined", "last_login"]}),
    ]
    add_form = NewPersonForm
    add_fieldsets = [(None, {"fields": ["username", "usable_password", "password1", "password2"]})]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """People with what they have beside them: one query a page."""
        accounts = Account.objects.filter(user=OuterRef("pk"))
        people: QuerySet[User] = super().get_queryset(request)
        return people.annotate(
            tokens_available=Subquery(accounts.filter(kind="available").values("balance")),
            tokens_held=Subquery(accounts.filter(kind="held").values("balance")),
        )

    @admin.display(description="Tokens", ordering="tokens_available")
    def available(self, person: Any) -> int | None:
        """Free to spend."""
        balance: int | None = getattr(person, "tokens_available", None)
        return balance

    @admin.display(description="Held", ordering="tokens_held")
    def held(self, person: Any) -> int | None:
        """Set aside for creations that have not succeeded yet."""
        balance: int | None = getattr(person, "tokens_held", None)
        return balance

    @admin.display(description=f"Last {_GRANTS_SHOWN} grants and revocations")
    def grants(self, person: User) -> SafeString | str:
        """What operators and the house gave and took."""
        accounts = Account.objects.filter(user=person)
        given = Transfer.objects.filter(kind=TransferKind.GRANT, target__in=accounts)
        taken = Transfer.objects.filter(kind=TransferKind.REVOKE, source__in=accounts)
        rows = (given | taken)[:_GRANTS_SHOWN]
        lines = (
            (f"{one.created_at:%Y-%m-%d %H:%M}", "+" if one.kind == "grant" else "−", one.amount, one.reason)
            for one in rows
        )
        return format_html_join("", "<div>{} {}{} {}</div>", lines) or "None"

    def save_model(
        self, request: HttpRequest, obj: User, form: "forms.ModelForm[User]", change: bool
    ) -> None:
        """A new person's account opens as on the sign-up page; changes are saved as they are."""
        if change:
            super().save_model(request, obj, form, change)
        else:
            open_account(obj)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """A name is given once, powers by a superuser only."""
        fixed = [name for name in self.readonly_fields if obj or name != "username"]
        return fixed if request.user.is_superuser else [*fixed, *_POWERS]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody but a superuser touches a superuser, whose password would be their powers."""
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """A person with a history is switched off, never deleted."""
        return False

    def has_move_tokens_permission(self, request: HttpRequest) -> bool:
        """Whether this operator may grant and revoke."""
        return may_move_tokens(request)

    @admin.action(description="Grant tokens…", permissions=["move_tokens"])
    def grant_tokens(self, request: HttpRequest, people: QuerySet[User]) -> HttpResponse | None:
        """New tokens for the chosen people."""
        return move_tokens(self, request, people, "grant")

    @admin.action(description="Revoke tokens…", permissions=["move_tokens"])
    def revoke_tokens(self, request: HttpRequest, people: QuerySet[User]) -> HttpResponse | None:
        """Takes tokens back from the chosen people."""
        return move_tokens(self, request, people, "revoke")

    @admin.action(description="Switch off", permissions=["change"])
    def switch_off(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """Ends the sessions and keys of the chosen people, until they are switched on again."""
        self._switch(request, people, on=False)

    @admin.action(description="Switch on", permissions=["change"])
    def switch_on(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """Lets the chosen people in again."""
        self._switch(request, people, on=True)

    def _switch(self, request: HttpRequest, people: QuerySet[User], *, on: bool) -> None:
        # Not oneself, who would be locked out, nor whom one may not change.
        chosen = [one for one in people if one != request.user and self.has_change_permission(request, one)]
        for person in chosen:
            self.log_change(request, person, "Switched on." if on else "Switched off.")
        User.objects.filter(pk__in=[one.pk for one in chosen]).update(is_active=on)
        self.message_user(
            request, f"{len(chosen)} people switched {'on' if on else 'off'}.", messages.SUCCESS
        )


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # the class takes no arguments when it runs
    """API keys, which people make themselves. An operator can end them."""

    list_display = ["prefix", "name", "user", "created_at", "last_used_at", "revoked_at"]
    list_filter = ["revoked_at"]
    list_select_related = ["user"]
    search_fields = ["prefix", "name", "user__username"]
    fields = ("prefix", "name", "user", "created_at", "last_used_at", "revoked_at")
    readonly_fields = fields
    show_full_result_count = False
    actions = ["revoke"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A key's text would have to be shown to somebody else than its person."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """What a key did stays on record."""
        return False

    @admin.action(description="Revoke", permissions=["change"])
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        """Ends the chosen keys at once."""
        ended = [key for key in keys.select_related("user") if revoke_api_key(key.user, key.id)]
        for key in ended:
            self.log_change(request, key, "Revoked.")
        self.message_user(request, f"{len(ended)} keys revoked.", messages.SUCCESS)
