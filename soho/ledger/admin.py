"""The operator's view of the books: all to read, nothing to edit; tokens move by a form that asks why."""

from typing import TYPE_CHECKING, Literal
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from soho.ledger import actions as ledger
from soho.ledger.errors import LedgerError
from soho.ledger.models import Account, Transfer

if TYPE_CHECKING:  # accounts has the page that offers these movements, so the arrow points the other way
    from soho.accounts.models import User

Verb = Literal["grant", "revoke"]


class TokensForm(forms.Form):
    """How many tokens, and why. `once` makes a form that is sent twice count once."""

    amount = forms.IntegerField(min_value=1, max_value=ledger.MAX_AMOUNT, label="Tokens for each")
    reason = forms.CharField(max_length=200, help_text="The person reads this on their receipt.")
    once = forms.UUIDField(widget=forms.HiddenInput)


def may_move_tokens(request: HttpRequest) -> bool:
    """Whether this operator may grant and revoke."""
    return bool(request.user.is_active and request.user.has_perm("ledger.add_transfer"))


def move_tokens(
    people_admin: "admin.ModelAdmin[User]", request: HttpRequest, people: "QuerySet[User]", verb: Verb
) -> HttpResponse | None:
    """The admin action behind "Grant tokens" and "Revoke tokens": asks how many and why, then moves them.

    All of the chosen people get the movement or, when one of them cannot, nobody does.
    """
    asked = "amount" in request.POST
    form = TokensForm(request.POST if asked else None, initial={"once": uuid4()})
    if asked and form.is_valid() and _moved(people_admin, request, people, verb, form):
        return None
    return TemplateResponse(
        request,
        "admin/ledger/move_tokens.html",
        {
            **people_admin.admin_site.each_context(request),
            "title": f"{verb.capitalize()} tokens",
            "opts": people_admin.opts,
            "form": form,
            "people": people,
            "verb": verb,
            "action": f"{verb}_tokens",
            "checkbox": ACTION_CHECKBOX_NAME,
        },
    )


def _moved(
    people_admin: "admin.ModelAdmin[User]",
    request: HttpRequest,
    people: "QuerySet[User]",
    verb: Verb,
    form: TokensForm,
) -> bool:
    amount, reason, once = (form.cleaned_data[name] for name in ("amount", "reason", "once"))
    move = ledger.grant if verb == "grant" else ledger.revoke
    try:
        with transaction.atomic():
            for person in people.order_by(
                "id"
            ):  # one order, so that two operators cannot lock each other out
                try:
                    move(person.id, amount, reason=reason, key=f"operator:{once}:{person.id}")
                except LedgerError as error:
                    form.add_error(None, f"{person.username}: {error}")
                    raise
                people_admin.log_change(request, person, f"{verb}: {amount} tokens. {reason}")
    except LedgerError:
        return False
    people_admin.message_user(
        request, f"{verb.capitalize()}: {amount} tokens for {len(people)} people.", messages.SUCCESS
    )
    return True


class ReadOnly:
    """Rows that the admin shows and never touches."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Account)
class AccountAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # the class takes no arguments when it runs
    """Who has how much."""

    list_display = ["id", "user", "kind", "balance"]
    list_filter = ["kind"]
    list_select_related = ["user"]
    search_fields = ["=id", "user__username"]
    ordering = ["-id"]
    show_full_result_count = False


@admin.register(Transfer)
class TransferAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # the class takes no arguments when it runs
    """What moved, when and why."""

    list_display = ["created_at", "kind", "amount", "source", "target", "reason", "subject"]
    list_filter = ["kind"]
    list_select_related = ["source__user", "target__user"]
    search_fields = ["=id", "=key", "=subject", "source__user__username", "target__user__username"]
    show_full_result_count = False
