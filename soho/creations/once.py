"""Idempotency-Keys: what was asked once is done once, however often it is sent."""

import hashlib
import json
from typing import Any
from uuid import UUID

from django.db import connection

from soho.creations import intake
from soho.creations.errors import IdempotencyMismatch
from soho.creations.models import IdempotencyKey


def claim(user_id: UUID, key: str, digest: str, *, creation_id: UUID | None = None) -> IdempotencyKey | None:
    """Takes the person's `key` for this request, or answers what took it before.

    The insert waits for a concurrent transaction with the same key, so exactly one of them does anything, and
    a request that was refused leaves the key free. Raises IdempotencyMismatch for another request.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO creations_idempotencykey (user_id, key, digest, creation_id) "
            "VALUES (%s, %s, %s, %s) ON CONFLICT (user_id, key) DO NOTHING",
            [user_id, key, digest, creation_id],
        )
        if cursor.rowcount:
            return None
    kept = IdempotencyKey.objects.get(user_id=user_id, key=key)
    if kept.digest != digest:
        raise IdempotencyMismatch()
    return kept


def remember(user_id: UUID, key: str, answer: Any) -> None:
    """Keeps the answer (JSON) beside a key that was claimed in this transaction."""
    IdempotencyKey.objects.filter(user_id=user_id, key=key).update(answer=answer)


def asked(key: str | None, *request: Any) -> tuple[str, str] | None:
    """A request (as JSON can say it) with its header's `key`, as the verbs take it: the key and a digest.

    Raises InvalidField for a key that is no text.
    """
    if key is None:
        return None
    digest = hashlib.sha256(json.dumps(request, default=str).encode()).hexdigest()
    return intake.written("Idempotency-Key", key, 255), digest
