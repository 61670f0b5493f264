"""`soho keys`: API keys."""

from uuid import UUID

import click


@click.group(name="keys")
def group() -> None:
    """Make and revoke API keys."""


@group.command()
@click.argument("username")
@click.option("--name", default="command line", show_default=True, help="What to call the key.")
def create(username: str, name: str) -> None:
    """Make an API key and print it: now, and never again."""
    from soho.cli.ground import product
    from soho.cli.people import person

    with product():
        from soho.accounts.actions import create_api_key

        _, text = create_api_key(person(username), name)
        click.echo(text)


@group.command("list")
@click.argument("username")
def show(username: str) -> None:
    """List a person's API keys: id, beginning, state and name."""
    from soho.cli.ground import product
    from soho.cli.people import person

    with product():
        for key in person(username).api_keys.order_by("id"):
            state = "revoked" if key.revoked_at else "active"
            click.echo(f"{key.id}  {key.prefix}...  {state:<7}  {key.name}")


@group.command()
@click.argument("username")
@click.argument("key_id", type=click.UUID)
def revoke(username: str, key_id: UUID) -> None:
    """End an API key at once."""
    from soho.cli.ground import product
    from soho.cli.people import person

    with product():
        from soho.accounts.actions import revoke_api_key
        from soho.accounts.models import ApiKey

        try:
            ended = revoke_api_key(person(username), key_id)
        except ApiKey.DoesNotExist as error:
            raise click.ClickException(f"{username} has no key {key_id}.") from error
        click.echo("Revoked." if ended else "It was revoked before.")
