"""Whom a command is about."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:  # models can only be imported once the product is set up
    from soho.accounts.models import User


def person(username: str) -> "User":
    """The person of that name. Ends the command with one sentence when there is none."""
    from soho.accounts.models import User
    from soho.accounts.names import canonical

    user = User.objects.filter(username=canonical(username)).first()
    if user is None:
        raise click.ClickException(f"There is nobody called {username}.")
    return user
