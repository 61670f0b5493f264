"""What Soho asks of django-allauth: its own names, accounts that open with tokens, redirects that stay
here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from soho.accounts.actions import open_account
from soho.accounts.models import User
from soho.accounts.names import canonical


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Sign-up and sign-in as Soho's people know them."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_taken": "That name is taken. Choose another.",
        "username_password_mismatch": "This name and password do not belong together.",
        "too_many_login_attempts": "Too many attempts failed. Try again in a few minutes.",
    }

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """The name as it will be kept. Raises ValidationError when it is malformed, reserved or taken."""
        return str(super().clean_username(canonical(username), shallow=shallow))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """The person these credentials belong to; names are the same in any case."""
        if "username" in credentials:
            credentials["username"] = canonical(credentials["username"])
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        return user

    def save_user(self, request: HttpRequest, user: User, form: Form, commit: bool = True) -> User:
        """Opens the account: person, token accounts and welcome grant in one transaction."""
        super().save_user(request, user, form, commit=False)
        if commit:
            try:
                open_account(user)
            except ValidationError as error:
                # Someone took the name after the form had looked.
                messages.error(request, error.messages[0])
                raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_signup"))) from error
        return user

    def is_safe_url(self, url: str) -> bool:
        """Only paths of this site, and addresses that name the very host that was asked."""
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()} if self.request else None
        )
