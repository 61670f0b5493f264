"""The HTTP door to oneself: who am I, what do I have, where did it go."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from soho.accounts.api_auth import person
from soho.accounts.schemas import MeOut, ReceiptPage
from soho.cursors import BadCursor, decode, encode
from soho.ledger import queries as ledger
from soho.problems.refusals import InvalidField
from soho.problems.schemas import Problem

router = Router(tags=["me"], by_alias=True)


@router.get("/me", response={200: MeOut, 401: Problem}, summary="Me and my balance")
def me(request: HttpRequest) -> dict[str, Any]:
    """Who is asking, and the tokens they have."""
    balance = ledger.balance(person(request).pk)
    return {
        "user": {"user_id": person(request).pk, "username": person(request).username},
        "balance": {"available": balance.available, "held": balance.held},
    }


@router.get("/me/receipts", response={200: ReceiptPage, 401: Problem, 422: Problem}, summary="My receipts")
def receipts(
    request: HttpRequest,
    cursor: Annotated[str | None, Query(None, max_length=200)],
    limit: Annotated[int, Query(50, ge=1, le=100)],
) -> dict[str, Any]:
    """Every movement of my tokens, newest first."""
    before: UUID | None = None
    if cursor:
        try:
            (before,) = decode(cursor, UUID)
        except BadCursor as error:
            raise InvalidField("cursor", str(error)) from error
    found = ledger.receipts(person(request).pk, before=before, limit=limit + 1)
    return {
        "receipts": [
            {
                "receipt_id": one.id,
                "kind": one.kind,
                "amount": one.amount,
                "balance": one.balance,
                "reason": one.reason,
                "creation_id": one.subject,
                "created_at": one.time,
            }
            for one in found[:limit]
        ],
        "next_cursor": encode(found[limit - 1].id) if len(found) > limit else None,
    }
