"""`soho tokens`: what operators give and take."""

import uuid

import click

_KEY_HELP = "Makes repeating the command safe: the same key moves the tokens once."


@click.group(name="tokens")
def group() -> None:
    """Give tokens to people."""


@group.command()
@click.argument("username")
@click.argument("amount", type=int)
@click.option("--reason", required=True, help="Shown on the person's receipt.")
@click.option("--key", help=_KEY_HELP)
def grant(username: str, amount: int, reason: str, key: str | None) -> None:
    """Give a person AMOUNT tokens."""
    _move("grant", username, amount, reason, key)


@group.command()
@click.argument("username")
@click.argument("amount", type=int)
@click.option("--reason", required=True, help="Shown on the person's receipt.")
@click.option("--key", help=_KEY_HELP)
def revoke(username: str, amount: int, reason: str, key: str | None) -> None:
    """Take back AMOUNT tokens that a person is free to spend."""
    _move("revoke", username, amount, reason, key)


def _move(verb: str, username: str, amount: int, reason: str, key: str | None) -> None:
    from soho.cli.ground import product
    from soho.cli.people import person

    with product():
        from soho.ledger import actions, queries

        user = person(username)
        getattr(actions, verb)(user.pk, amount, reason=reason, key=key or f"cli:{uuid.uuid4()}")
        click.echo(f"{user.username} has {queries.balance(user.pk).available} tokens now.")
