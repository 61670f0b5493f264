"""Whom a command is about."""

import click

from soho.accounts.models import User
from soho.accounts.names import canonical


def person(username: str) -> User:
    """The person of that name. Ends the command with one sentence when there is none."""
    user = User.objects.filter(username=canonical(username)).first()
    if user is None:
        raise click.ClickException(f"There is nobody called {username}.")
    return user
