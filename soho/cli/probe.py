"""`soho probe`: what a container's health check runs."""

import http.client

import click


@click.command()
@click.argument("role", type=click.Choice(["web", "live", "worker", "beat"]))
@click.option("--lane", "lanes", multiple=True, help="The lanes the worker was started with.")
def command(role: str, lanes: tuple[str, ...]) -> None:
    """Say whether the ROLE that runs beside this command is alive: exit status 0, or 1 with a sentence.

    The web and the live door are asked over HTTP; a worker and the beat leave a file that is looked at.
    """
    from soho.cli.ground import told_plainly

    with told_plainly():
        from soho.config import settings

        if role == "web":
            problem = _asked(settings.PORT, "/healthz", "web")
        elif role == "live":
            problem = _asked(settings.LIVE_PORT, "/live/healthz", "live door")
        else:
            problem = _signed(role, lanes)
    if problem:
        raise click.ClickException(problem)


def _asked(port: int, path: str, name: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        answer = connection.getresponse()
        return "" if answer.status == http.HTTPStatus.OK else f"The {name} answers {answer.status} to {path}."
    except OSError as error:
        return f"The {name} does not answer on port {port} ({error})."
    finally:
        connection.close()


def _signed(role: str, lanes: tuple[str, ...]) -> str:
    from soho.cli.services import LANES
    from soho.config import alive, settings

    name = alive.worker_name(lanes or LANES) if role == "worker" else role
    seconds = alive.age(settings.SOHO_HOME, name)
    if seconds is None:
        return f"No {name} has run in SOHO_HOME ({settings.SOHO_HOME})."
    if seconds > alive.STALE_SECONDS:
        return f"The {name} gave its last sign of life {seconds:.0f} seconds ago."
    return ""
