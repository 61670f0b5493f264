"""What commands stand on: the product set up in this process, and errors told in one sentence."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click
from django.core.exceptions import ImproperlyConfigured, ValidationError

from soho import collector
from soho.embedded.errors import EmbeddedError


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn what is wrong with the configuration or the servers into one sentence and exit status 1."""
    try:
        yield
    except (EmbeddedError, ImproperlyConfigured) as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def product() -> Iterator[None]:
    """The product, ready for its verbs, inside the block.

    What the verbs refuse, and a database that does not answer, end the command with one sentence and status
    1.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "soho.config.settings")
    # One connection is all a command needs, and a refused one is told at once, not after a pool's patience.
    os.environ.setdefault("SOHO_DATABASE_POOL", "0")
    with told_plainly():
        with collector.resting():
            import django

            django.setup()
        from django.conf import settings
        from django.db import OperationalError, ProgrammingError, connection

        from soho.ledger.errors import LedgerError

        try:
            yield
        except ValidationError as error:
            raise click.ClickException(_told(error)) from error
        except LedgerError as error:
            raise click.ClickException(str(error)) from error
        except OperationalError as error:
            where = f"is Soho running on {settings.SOHO_HOME}?"
            if not settings.DATABASE_IS_EMBEDDED:
                where = "check DATABASE_URL and the server."
            reason = str(error).strip().splitlines()[0]
            raise click.ClickException(f"The database does not answer ({reason}); {where}") from error
        except ProgrammingError as error:
            raise click.ClickException("The database is not up to date; run: soho migrate") from error
        finally:
            connection.close()


def _told(error: ValidationError) -> str:
    """All that is wrong in one line, each with the field it is about."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return " ".join(f"{field}: {' '.join(said)}" for field, said in error.message_dict.items())
