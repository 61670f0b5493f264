"""How PostgreSQL reads a page: along the partial index, without a sort, as deep down as at the top."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from soho.accounts.models import User
from soho.cursors import encode
from soho.feed import queries
from tests.feed.conftest import NOON, make

POSTS = 6000

COPY_OF_ONE = """
    INSERT INTO creations_creation ({columns})
    SELECT {values} FROM creations_creation AS c, generate_series(1, %s) AS n WHERE c.id = %s
"""


@pytest.fixture
def crowd(alice: User, bob: User) -> User:
    """Thousands of posts, every tenth by Alice, and Bob likes many; with the statistics autovacuum keeps."""
    first = make(alice)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'creations_creation'"
        )
        columns = [name for (name,) in cursor.fetchall()]
        changed = {
            "id": "gen_random_uuid()",
            "published_at": "c.published_at - n * interval '1 minute'",
            "user_id": f"CASE WHEN n %% 10 = 0 THEN c.user_id ELSE '{bob.pk}' END",
        }
        cursor.execute(
            COPY_OF_ONE.format(
                columns=", ".join(columns), values=", ".join(changed.get(c, f"c.{c}") for c in columns)
            ),
            [POSTS, first.pk],
        )
        cursor.execute(
            "INSERT INTO feed_like (creation_id, user_id) SELECT id, %s FROM creations_creation LIMIT 3000",
            [bob.pk],
        )
        cursor.execute("ANALYZE creations_creation, feed_like, accounts_user")
    return bob


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def plan_of(read: Callable[[], object]) -> list[dict[str, Any]]:
    """The nodes of the plan of the one query that `read` sends, as it was when that query ran."""
    sent: list[tuple[str, Any]] = []

    def overhear(execute: Callable[..., Any], sql: str, values: Any, *rest: Any) -> Any:
        sent.append((sql, values))
        return execute(sql, values, *rest)

    with connection.execute_wrapper(overhear):
        read()
    ((sql, values),) = sent
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", values)
        (answer,) = cursor.fetchone()
    plan = json.loads(answer) if isinstance(answer, str) else answer
    return list(nodes(plan[0]["Plan"]))


def deep(position: int) -> str:
    return encode(NOON - timedelta(minutes=position), UUID(int=0))


def assert_walks(plan: list[dict[str, Any]], index: str) -> None:
    kinds = {node["Node Type"] for node in plan}
    assert not kinds & {"Sort", "Incremental Sort", "Bitmap Heap Scan", "Hash", "Hash Join"}, kinds
    (walk,) = [node for node in plan if node.get("Relation Name") == "creations_creation"]
    assert (walk["Node Type"], walk["Index Name"], walk["Scan Direction"]) == (
        "Index Scan",
        index,
        "Backward",
    )
    assert walk["Actual Rows"] <= queries.PAGE_SIZE + 1
    for likes in (node for node in plan if node.get("Relation Name") == "feed_like"):
        assert likes["Index Name"] == "feed_one_like_a_person"


@pytest.mark.parametrize("depth", [None, 100, 5900])
@pytest.mark.parametrize("signed_in", [False, True])
def test_explore_walks_the_feeds_index(crowd: User, depth: int | None, signed_in: bool) -> None:
    cursor = deep(depth) if depth else None
    assert_walks(plan_of(lambda: queries.explore(crowd.pk if signed_in else None, cursor)), "creations_feed")


@pytest.mark.parametrize("depth", [None, 100, 5000])
@pytest.mark.parametrize("name", ["alice", "bob", "charlie", "nobody"])
def test_a_profile_walks_its_own_index_even_of_one_who_posted_nothing(
    crowd: User, charlie: User, name: str, depth: int | None
) -> None:
    cursor = deep(depth) if depth else None
    assert_walks(plan_of(lambda: queries.profile(name, crowd.pk, cursor)), "creations_profile")


def test_a_deep_page_reads_no_more_than_the_first(crowd: User) -> None:
    def blocks(read: Callable[[], object]) -> int:
        top = plan_of(read)[0]
        return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])

    first, last = (
        blocks(lambda cursor=cursor: queries.explore(crowd.pk, cursor))  # type: ignore[misc]
        for cursor in (None, deep(5900))
    )
    assert last <= first + 10
    first, last = (
        blocks(lambda cursor=cursor: queries.profile("bob", crowd.pk, cursor))  # type: ignore[misc]
        for cursor in (None, deep(5900))
    )
    assert last <= first + 10
