"""What a creation was made from: a post, or something of one's own."""

from uuid import UUID

from django.db import connection

from soho.problems.refusals import InvalidField

FIELD = "remixOf"


def parent(text: str | None) -> UUID | None:
    """The id of the creation to remix, from outside; None when none was named. Raises InvalidField."""
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise _none_such() from error


def hold_parent(parent_id: UUID, user_id: UUID) -> UUID:
    """The id again, its row kept from deletion until the transaction ends.

    Raises InvalidField unless it is published or `user_id`'s own.
    """
    with connection.cursor() as cursor:
        # KEY SHARE lets likes and heartbeats pass; deleting, which locks FOR UPDATE, waits.
        cursor.execute(
            "SELECT 1 FROM creations_creation WHERE id = %s "
            "AND (status = 'published' OR (user_id = %s AND status <> 'deleted')) FOR KEY SHARE",
            [parent_id, user_id],
        )
        if cursor.fetchone() is None:
            raise _none_such()
    return parent_id


def _none_such() -> InvalidField:
    return InvalidField(FIELD, "There is no such post to make another like. Begin without it.")
