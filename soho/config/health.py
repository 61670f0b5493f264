"""Whether the product can serve: `/healthz` for who restarts it, `/readyz` for who sends it requests."""

from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from kombu.exceptions import OperationalError

from soho.config.celery import app
from soho.creations.objects import storage
from soho.storage import StorageError

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

    Every part is named with what it is: `ok`, `down`, or `behind` for a schema that waits for `soho migrate`.
    The broker and the storage are told of but do not make it unready: without the broker creations wait,
    without the storage they fail softly, and taking every web away would mend neither.
    """
    parts = {"database": _database(), "broker": _broker(), "storage": _storage()}
    ready = parts["database"] == "ok"
    body: dict[str, Any] = {"status": "ok" if ready else "unavailable", "parts": parts}
    return JsonResponse(body, status=200 if ready else 503)


def _database() -> str:
    global _schema_is_there
    try:
        if _schema_is_there:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            return "ok"
        executor = MigrationExecutor(connection)
        _schema_is_there = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "down"
    return "ok" if _schema_is_there else "behind"


def _broker() -> str:
    try:
        with app.connection_for_read() as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except OperationalError:
        return "down"
    return "ok"


def _storage() -> str:
    try:
        storage().stat("checks/ready.txt")
    except StorageError:
        return "down"
    return "ok"
