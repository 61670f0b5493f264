"""One creation as an operator looks at it, and how it is found. Whose it is does not matter here."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from soho.accounts.models import User
from soho.accounts.names import canonical
from soho.creations.models import Creation, CreationEvent
from soho.generation.models import Attempt
from soho.ledger.actions import REFUND
from soho.ledger.models import Transfer, TransferKind

SHOWN = 50
FOUND = 20

# What is published and what is not lie in an index each.
_OF_A_PERSON = """
    SELECT * FROM (
        (SELECT c.id, c.media_type, c.status, c.prompt, c.created_at
         FROM creations_creation AS c WHERE c.user_id = %(person)s AND c.status <> 'published'
         ORDER BY c.id DESC LIMIT %(limit)s)
        UNION ALL
        (SELECT c.id, c.media_type, c.status, c.prompt, c.created_at
         FROM creations_creation AS c WHERE c.user_id = %(person)s AND c.status = 'published'
         ORDER BY c.published_at DESC, c.id DESC LIMIT %(limit)s)
    ) AS found ORDER BY id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class File:
    """All there is on one creation. `creation` is None when it was deleted for good; the rest outlives it.

    `captured` tokens were spent on it and `refunded` says whether they were given back.
    """

    creation_id: UUID
    creation: Creation | None
    username: str
    attempts: list[Attempt]
    events: list[CreationEvent]
    transfers: list[Transfer]
    captured: int
    refunded: bool

    @property
    def can_be_refunded(self) -> bool:
        """Whether tokens were spent and not given back yet."""
        return self.captured > 0 and not self.refunded

    @property
    def can_be_rerun(self) -> bool:
        """Whether it failed and is still there."""
        return self.creation is not None and self.creation.status == "failed"


def file_on(creation_id: UUID) -> File | None:
    """What is known of a creation, newest first; None when there never was one. Four queries."""
    creation = Creation.objects.select_related("user").filter(pk=creation_id).first()
    events = list(
        CreationEvent.objects.select_related("user").filter(creation_id=creation_id).order_by("-id")[:SHOWN]
    )
    transfers = list(Transfer.objects.filter(subject=creation_id).order_by("-id")[:SHOWN])
    if creation is None and not events and not transfers:
        return None
    attempts = Attempt.objects.filter(creation_id=creation_id).order_by("-fence")[:SHOWN]
    owner = creation.user if creation else events[0].user if events else None
    return File(
        creation_id=creation_id,
        creation=creation,
        username=owner.username if owner else "",
        attempts=list(attempts),
        events=events,
        transfers=transfers,
        captured=sum(one.amount for one in transfers if one.kind == TransferKind.CAPTURE),
        refunded=any(one.key == f"{REFUND}{creation_id}" for one in transfers),
    )


def latest_of(username: str) -> list[dict[str, Any]]:
    """The newest FOUND creations of the person of that name; none when there is none. Two queries."""
    if not username.isprintable():  # PostgreSQL takes no zero byte, and no name has anything of the kind
        return []
    name = canonical(username)
    person = User.objects.filter(username=name).values_list("pk", flat=True).first()
    if person is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_OF_A_PERSON, {"person": person, "limit": FOUND})
        names = [column.name for column in cursor.description or ()]
        return [{"username": name, **dict(zip(names, row, strict=True))} for row in cursor.fetchall()]
