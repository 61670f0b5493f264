"""What is mine alone: settings, API keys, receipts, and the first operator's door."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from soho.accounts import actions, queries
from soho.accounts.errors import InvitationRefused
from soho.accounts.models import ApiKey, User
from soho.cursors import BadCursor, decode, encode
from soho.ledger import queries as ledger
from soho.problems.refusals import InvalidField, Refusal
from soho.profiles import actions as profiles
from soho.profiles.uploads import file_of, is_too_large

RECEIPTS = 50


class KeyForm(forms.Form):
    """What a new API key is called."""

    name = forms.CharField(label="Name of a new key", max_length=60)


class WelcomeForm(forms.Form):
    """Name and password of the first operator; `soho.accounts.actions` checks both."""

    username = forms.CharField(label="Username", max_length=30)
    password = forms.CharField(label="Password", widget=forms.PasswordInput, max_length=256)


def _me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _settings_page(
    request: HttpRequest,
    form: KeyForm,
    new_key: dict[str, str] | None = None,
    status: int = 200,
    profile: tuple[str, dict[str, str]] | None = None,
) -> HttpResponse:
    """`profile` is the bio that was written, and what is wrong with it and the picture."""
    bio, errors = profile or (_me(request).bio, {})
    context = {
        "keys": list(queries.api_keys(_me(request))),
        "key_form": form,
        "new_key": new_key,
        "bio": bio,
        "profile_errors": {"bio": "", "avatar": "", **errors},
    }
    return render(request, "pages/settings.html", context, status=status)


@require_safe
@never_cache
@login_required
def settings_page(request: HttpRequest) -> HttpResponse:
    """Profile, tokens, API keys, password, sign-out."""
    return _settings_page(request, KeyForm())


@require_POST
@never_cache
@login_required
def change_profile(request: HttpRequest) -> HttpResponse:
    """Takes bio and picture, or removes the picture. What is wrong with one does not keep the other."""
    me, errors = _me(request), {}
    bio = request.POST.get("bio", "")
    if request.POST.get("remove") == "avatar":
        profiles.remove_avatar(me)
        return redirect("settings")
    upload = request.FILES.get("avatar")
    if is_too_large(request.headers.get("Content-Length")):
        # What came behind the picture, the bio among it, was never read.
        errors["avatar"] = profiles.TOO_LARGE
        return _settings_page(request, KeyForm(), status=422, profile=(me.bio, errors))
    try:
        profiles.set_bio(me, bio)
    except InvalidField as refusal:
        errors["bio"] = str(refusal)
    try:
        if isinstance(upload, UploadedFile):
            with file_of(upload) as path:
                profiles.set_avatar(me, path)
    except Refusal as refusal:
        errors["avatar"] = str(refusal)
    if errors:
        return _settings_page(request, KeyForm(), status=422, profile=(bio, errors))
    messages.success(request, "Saved")
    return redirect("settings")


@require_POST
@never_cache
@login_required
def make_key(request: HttpRequest) -> HttpResponse:
    """Makes an API key and shows it, this once: in the answer itself, never stored, never in a redirect."""
    form = KeyForm(request.POST)
    if form.is_valid():
        try:
            key, secret = actions.create_api_key(_me(request), form.cleaned_data["name"])
            return _settings_page(request, KeyForm(), {"name": key.name, "secret": secret})
        except ValidationError as error:
            form.add_error(None if not hasattr(error, "error_dict") else "name", error.messages)
    return _settings_page(request, form, status=422)


@require_POST
@login_required
def revoke_key(request: HttpRequest, key_id: UUID) -> HttpResponse:
    """Ends a key. Raises Http404 when the person has no such key."""
    try:
        actions.revoke_api_key(_me(request), key_id)
    except ApiKey.DoesNotExist as error:
        raise Http404 from error
    return redirect("settings")


@require_safe
@never_cache
@login_required
def receipts(request: HttpRequest) -> HttpResponse:
    """Every movement of my tokens, newest first."""
    before: UUID | None = None
    if request.GET.get("cursor"):
        try:
            (before,) = decode(request.GET["cursor"], UUID)
        except BadCursor as error:
            raise Http404 from error
    found = ledger.receipts(_me(request).pk, before=before, limit=RECEIPTS + 1)
    rows = found[:RECEIPTS]
    next_href = f"?cursor={encode(rows[-1].id)}" if len(found) > RECEIPTS else None
    return render(request, "pages/receipts.html", {"rows": rows, "next_href": next_href})


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
@never_cache
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link that makes the first operator. Raises Http404 once it was used or has expired."""
    form = WelcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.accept_operator_invitation(
                token, form.cleaned_data["username"], form.cleaned_data["password"]
            )
        except InvitationRefused as error:
            raise Http404 from error
        except ValidationError as error:
            form.add_error(None, error)
        else:
            login(request, user)
            return redirect("opening")
    elif not actions.invitation_is_open(token):
        raise Http404
    return render(request, "pages/welcome.html", {"form": form}, status=422 if form.errors else 200)
