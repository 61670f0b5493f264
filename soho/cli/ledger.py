"""`soho ledger`: the books."""

import click


@click.group(name="ledger")
def group() -> None:
    """Check the books."""


@group.command()
@click.pass_context
def verify(context: click.Context) -> None:
    """Prove that all balances are what the transfers add up to; name what is not, with exit status 1."""
    from soho.cli.ground import product

    with product():
        from soho.ledger.audit import verify as audit

        findings = audit()
    for finding in findings:
        click.echo(str(finding), err=True)
    if findings:
        click.echo(f"The books are wrong: {len(findings)} found.", err=True)
        context.exit(1)
    click.echo("The books are right.")
