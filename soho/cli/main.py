"""The `soho` command. What a sub-command needs is imported when it runs, so that `soho --help` answers at
once.
"""

from importlib import import_module

import click

NOUNS = {
    "house": "Fill a new feed with eight posts, or take them away.",
    "keys": "Make and revoke API keys.",
    "ledger": "Check the books.",
    "models": "See which models are offered, and try one.",
    "tokens": "Give tokens to people.",
    "users": "Make people's accounts.",
}
# Each verb and the module that holds it.
VERBS = {
    "backup": "backup:backup",
    "diorama": "diorama:command",
    "doctor": "doctor:command",
    "probe": "probe:command",
    "queue": "queue:command",
    "restore": "backup:restore",
}


class Commands(click.Group):
    """The commands of this module, a group for each module named in NOUNS and a command for each in VERBS,
    imported when it is asked for.
    """

    def list_commands(self, context: click.Context) -> list[str]:
        """All names, sorted."""
        return sorted([*super().list_commands(context), *NOUNS, *VERBS])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of that name, or None."""
        if name in NOUNS:
            group: click.Group = import_module(f"soho.cli.{name}").group
            return group
        if name in VERBS:
            module, _, word = VERBS[name].partition(":")
            command: click.Command = getattr(import_module(f"soho.cli.{module}"), word)
            return command
        return super().get_command(context, name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Soho: a self-hosted studio and feed for AI video.

    `soho up` starts everything on this machine. The other commands work beside it, on the same SOHO_HOME, or
    on the servers that DATABASE_URL and REDIS_URL name.
    """


@main.command()
def up() -> None:
    """Start the product: servers, workers, web and live events, until Ctrl-C."""
    from soho.cli.ground import told_plainly
    from soho.config import environment

    with told_plainly():
        from soho.embedded.up import up as bring_up

        bring_up(environment.home())


@main.command()
@click.option("--processes", type=click.IntRange(1, 64), default=2, show_default=True, help="Web processes.")
@click.option(
    "--threads", type=click.IntRange(1, 256), default=16, show_default=True, help="Requests at once in each."
)
def web(processes: int, threads: int) -> None:
    """Serve the pages and the API on HOST and PORT."""
    from soho.cli.ground import told_plainly

    with told_plainly():
        from soho.cli.services import serve_web

        serve_web(processes, threads)


@main.command()
def live() -> None:
    """Serve live events on HOST and SOHO_LIVE_PORT."""
    from soho.cli.ground import told_plainly

    with told_plainly():
        from soho.cli.services import serve_live

        serve_live()


@main.command()
@click.option(
    "--lane", "lanes", multiple=True,
    help="Only this work: video, image, upkeep, or a lane that models have of their own (such as gpu); may "
    "be given more than once. Without it: video, image and upkeep.",
)  # fmt: skip
def worker(lanes: tuple[str, ...]) -> None:
    """Do the waiting work: make videos and images, keep house."""
    from soho.cli.ground import told_plainly

    with told_plainly():
        from soho.cli.services import LANES, work

        work(lanes or LANES)


@main.command()
def beat() -> None:
    """Ring for the work that comes round regularly. One is enough."""
    from soho.cli.ground import told_plainly

    with told_plainly():
        from soho.cli.services import keep_beat

        keep_beat()


@main.command()
@click.option("--create-bucket", is_flag=True, help="Make the bucket R2_BUCKET_NAME too, if it is not there.")
@click.option(
    "--wait", type=click.FloatRange(0, 3600), default=0, show_default=True,
    help="Seconds to wait for a database that is still starting.",
)  # fmt: skip
def migrate(create_bucket: bool, wait: float) -> None:
    """Bring the database up to this version; safe to repeat."""
    from soho.cli.ground import told_plainly

    with told_plainly():
        from soho.cli.services import bring_up_to_date

        bring_up_to_date(create_bucket=create_bucket, wait=wait)


@main.command()
def version() -> None:
    """Print the version."""
    from importlib.metadata import version as installed

    click.echo(installed("soho"))
