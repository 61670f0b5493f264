"""`soho queue`: how much work there is, for whoever scales the workers."""

import json

import click


@click.command(name="queue")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def command(as_json: bool) -> None:
    """Say how many creations wait for a worker now, by kind."""
    from soho.cli.ground import product

    with product():
        from soho.generation import turns

        waiting = {kind: turns.waiting(kind) for kind in ("video", "image")}
    if as_json:
        click.echo(json.dumps(waiting))
    else:
        for kind, count in waiting.items():
            click.echo(f"{kind:<6} {count}")
