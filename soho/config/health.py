"""Whether the product can serve: `/healthz` for who restarts it, `/readyz` for who sends it requests."""

from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from kombu.exceptions import OperationalError

from soho.config.celery import app
from soho.config.fresh import Fresh
from soho.config.insiders import is_insider
from soho.creations.objects import storage
from soho.storage import StorageError

FRESH_SECONDS = 2.0

# Once the schema is as this version wants it, it stays so for as long as the process lives.
_schema_is_there = False


@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and its schema is there;

    503 with the reason's name otherwise. No secrets, no versions.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM creations_creation LIMIT 1")
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "reason": "database"}, status=503)
    return JsonResponse({"status": "ok"})


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when requests may be sent here: the database answers with the schema that this version wants.

    Everybody hears `ok` or `unavailable`. Insiders (`soho.config.insiders`) hear of every part what it is,
    `ok`, `down`, or `behind` for a schema that waits for `soho migrate`, and the reason. The broker and the
    storage are told of but do not make it unready: without the broker creations wait, without the storage
    they fail softly, and taking every web away would mend neither. What is told is at most `FRESH_SECONDS`
    old, however many ask.
    """
    stands = database()
    ready = stands.state == "ok"
    body: dict[str, Any] = {"status": "ok" if ready else "unavailable"}
    if _is_insider(request):
        parts = {"database": stands, "broker": broker(), "storage": media()}
        body["parts"] = {name: part.state for name, part in parts.items()}
        body["reasons"] = {name: part.reason for name, part in parts.items() if part.reason}
    return JsonResponse(body, status=200 if ready else 503)


@dataclass(frozen=True, slots=True)
class Part:
    """How a part stands: `ok`, `down` or `behind`, and why; a reason is for insiders alone."""

    state: str
    reason: str = ""


def _is_insider(request: HttpRequest) -> bool:
    try:
        return is_insider(request)
    except DatabaseError:
        return False  # It cannot be known; the token needs no database.


def _down(error: Exception) -> Part:
    return Part("down", next(iter(str(error).splitlines()), type(error).__name__)[:300])


def _database() -> Part:
    global _schema_is_there
    try:
        if _schema_is_there:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            return Part("ok")
        executor = MigrationExecutor(connection)
        _schema_is_there = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return _down(error)
    return Part("ok") if _schema_is_there else Part("behind", "Migrations wait: run `soho migrate`.")


def _broker() -> Part:
    try:
        with app.connection_for_read() as line:
            line.ensure_connection(max_retries=1, timeout=2)
    except OperationalError as error:
        return _down(error)
    return Part("ok")


def _storage() -> Part:
    try:
        storage().stat("checks/ready.txt")
    except StorageError as error:
        return _down(error)
    return Part("ok")


# Each on its own: who is not told of the broker and the storage does not wait for them.
database = Fresh(_database, FRESH_SECONDS)
broker = Fresh(_broker, FRESH_SECONDS)
media = Fresh(_storage, FRESH_SECONDS)
