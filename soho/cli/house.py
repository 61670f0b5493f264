"""`soho house`: the posts that keep a new feed from being empty."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

LOOK_SECONDS = 1.0


@click.group(name="house")
def group() -> None:
    """Fill the feed with eight posts of the house, or take them away."""


@group.command()
@click.option("--wait", is_flag=True, help="Stay until all of them are in the feed, or have failed.")
def fill(wait: bool) -> None:
    """Have eight posts painted and published; safe to repeat. A running Soho does the work."""
    with _house():
        from soho.house.actions import fill as start

        started = start()
        if started:
            click.echo(f"{started} posts are being made; each is in the feed as soon as it is ready.")
        else:
            click.echo("They are all there or on their way.")
        if wait:
            _wait()


@group.command()
def clear() -> None:
    """Take the house's posts away, with their media."""
    with _house():
        from soho.house.actions import clear as remove

        click.echo(f"{remove()} posts of the house are gone.")


def _wait() -> None:
    """Tells of each step until nothing changes by itself any more."""
    from soho.house.queries import filling

    told = -1
    while True:
        now = filling()
        there = now.count("published")
        if there != told:
            click.echo(f"{there} of {len(now.posts)} are in the feed.")
            told = there
        if not now.under_way:
            break
        time.sleep(LOOK_SECONDS)
    failed = now.count("failed")
    if failed:
        raise click.ClickException(f"{failed} could not be made. Run soho house fill to try them again.")


@contextmanager
def _house() -> Iterator[None]:
    """The product, with what the house refuses told in one sentence."""
    from soho.cli.ground import product

    with product():
        from soho.problems.refusals import Refusal

        try:
            yield
        except Refusal as error:
            raise click.ClickException(str(error)) from error
