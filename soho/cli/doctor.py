"""`soho doctor`: whether everything that must hold does."""

import click


@click.command(name="doctor")
@click.option("--no-objects", is_flag=True, help="Leave out the storage, whose listing may take long.")
@click.option("--mend", is_flag=True, help="First put right what needs no choice: words and tags of posts.")
@click.pass_context
def command(context: click.Context, no_objects: bool, mend: bool) -> None:
    """Check the books, the rows and the objects against each other, beside the traffic.

    Exit status 1, with a line for each thing that is wrong.
    """
    from soho.cli.ground import product

    with product():
        from soho import doctor
        from soho.generation.lengths import lengths
        from soho.storage import StorageError

        if mend:
            click.echo(f"Words and tags of {doctor.mend()} posts were put right.")
        count = 0
        try:
            for finding in doctor.examine(with_objects=not no_objects):
                click.echo(str(finding), err=True)
                count += 1
        except StorageError as error:
            raise click.ClickException(str(error)) from error
        waits = ", ".join(f"{length.waiting} {length.kind}s wait" for length in lengths())
    if count:
        click.echo(f"{count} things are wrong.", err=True)
        context.exit(1)
    click.echo(f"All is well ({waits}).")
