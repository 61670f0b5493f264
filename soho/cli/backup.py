"""`soho backup` and `soho restore`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click


@click.command(name="backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--database-only", is_flag=True, help="Leave the objects to the bucket's own backup.")
def backup(folder: Path, database_only: bool) -> None:
    """Copy everything into FOLDER, beside the traffic or with Soho stopped.

    Once more into the same FOLDER copies only what is new.
    """
    from soho.cli.ground import product

    with _servers(), product(), _told():
        from soho.backups.make import make

        made = make(folder, with_objects=not database_only, say=click.echo)
    click.echo(f"A backup of {made.objects} objects and {sum(made.rows.values())} rows is in {folder}.")


@click.command(name="restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def restore(folder: Path) -> None:
    """Fill an empty place (a new SOHO_HOME, or an empty database and bucket) from the backup in FOLDER."""
    from soho.cli.ground import product

    with _servers(), product(), _told():
        from soho.backups.restore import restore as bring_back

        manifest = bring_back(folder, say=click.echo)
    click.echo(f"Restored what was backed up at {manifest.made_at}. Start Soho, or run: soho migrate")


@contextmanager
def _servers() -> Iterator[None]:
    """The embedded servers, when they are ours to start: Soho is stopped, or this is a new home."""
    from soho.cli.ground import told_plainly
    from soho.config import environment
    from soho.embedded import folders, postgres, servers

    home = environment.home()
    if environment.text("DATABASE_URL") or postgres.is_ready(home):
        yield
        return
    with told_plainly():
        folders.create(home)
        with servers.running(home):
            yield


@contextmanager
def _told() -> Iterator[None]:
    from soho.backups.errors import BackupError
    from soho.storage import StorageError

    try:
        yield
    except (BackupError, StorageError, OSError) as error:
        raise click.ClickException(str(error)) from error
