"""`soho users`: people's accounts."""

import sys

import click


@click.group(name="users")
def group() -> None:
    """Make people's accounts."""


@group.command()
@click.argument("username")
@click.option("--operator", is_flag=True, help="Who may do everything.")
def create(username: str, operator: bool) -> None:
    """Make an account; its password is one line on standard input."""
    from soho.cli.ground import product

    if sys.stdin.isatty():
        raise click.ClickException(
            f"Give the password on standard input, such as: soho users create {username} < password.txt"
        )
    password = sys.stdin.readline().rstrip("\r\n")
    with product():
        from soho.accounts.actions import create_user

        user = create_user(username, password, operator=operator)
        click.echo(f"{user.username} can sign in now" + (", as an operator." if operator else "."))


@group.command()
def invitation() -> None:
    """Print the path of a one-time link that makes the first operator; nothing once there is one.

    A new link replaces the one before.
    """
    from soho.cli.ground import product

    with product():
        from soho.accounts.actions import operator_invitation

        path = operator_invitation()
        if path:
            click.echo(path)
