"""Finding posts by words, tags and names, and people by the beginning of theirs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from soho import cursors
from soho.accounts.models import User
from soho.accounts.names import canonical
from soho.creations import captions, intake
from soho.creations.links import avatar_url
from soho.feed import queries
from soho.feed.finding import plain
from soho.feed.queries import PAGE_SIZE, Page
from soho.problems.refusals import InvalidField

MAX_QUERY = 200
MOST_PEOPLE = 8
# PostgreSQL chooses between the words' index and a walk back through time by how common the words are. Where
# it is far off, as with words that are common but never meet, this ends it.
PATIENCE_MS = 2_000

_FOUND = (
    " FROM (SELECT e.creation_id FROM feed_searchentry AS e WHERE e.words @@ "
    "((websearch_to_tsquery('english', %s) || websearch_to_tsquery('simple', %s)) && %s::tsquery){before} "
    "ORDER BY e.published_at DESC, e.creation_id DESC LIMIT %s) AS p "
    "JOIN creations_creation AS c ON c.id = p.creation_id WHERE c.status = 'published' "
    "ORDER BY c.published_at DESC, c.id DESC"
)
_BEFORE = " AND (e.published_at, e.creation_id) < (%s, %s)"


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for: `words` as PostgreSQL's web search reads them, `exact` #tags and @names."""

    words: str
    exact: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not self.exact and not any(sign.isalnum() for sign in self.words)


def read(text: str) -> Query:
    """What `text` asks for. Raises InvalidField for what is too long or no text."""
    text = intake.written("q", text, MAX_QUERY, may_be_empty=True, called="search")
    words, exact = [], []
    for word in text.split():
        tag = captions.fold(word[1:]) if word[0] in "#＃" else None
        if tag:
            exact.append(f"#{tag}")
        elif word[0] == "@" and len(word) > 1:
            exact.append(f"@{canonical(word[1:])}")
        else:
            words.append(word)
    return Query(plain(" ".join(words)), tuple(exact))


def posts(query: Query, viewer_id: UUID | None, cursor: str | None = None, limit: int = PAGE_SIZE) -> Page:
    """A page of what `query` finds, newest first. Raises BadCursor, InvalidField when it takes too long."""
    before = () if cursor is None else cursors.decode(cursor, datetime, UUID)
    if query.is_empty:
        return Page([], None)
    exact = " & ".join(_lexeme(one) for one in query.exact)
    parameters: list[Any] = [query.words, query.words, exact, *before, limit + 1]
    source = _FOUND.format(before=_BEFORE if before else "")
    try:
        with transaction.atomic():
            with connection.cursor() as first:
                first.execute("SELECT set_config('statement_timeout', %s, true)", [str(PATIENCE_MS)])
            return queries.page_of(source, parameters, viewer_id, limit)
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        raise InvalidField("q", "That takes too long to find. Add or leave out a word.") from error


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who was found, with the address of their picture, if they have one."""

    username: str
    avatar_url: str | None


def people(text: str) -> list[Person]:
    """People whose names begin with `text` (with or without its @), in their order, a few. One query."""
    name = canonical(text.strip().removeprefix("@"))
    if not name or len(name) > 30 or "\0" in name:
        return []
    found = User.objects.filter(username__startswith=name, is_active=True).order_by("username")
    few = found.values_list("username", "pk", "avatar")[:MOST_PEOPLE]
    return [Person(username, avatar_url(pk, avatar)) for username, pk, avatar in few]


def _lexeme(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'"
