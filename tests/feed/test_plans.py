"""How PostgreSQL reads a page: along the partial index, without a sort, as deep down as at the top."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from soho.accounts.models import User
from soho.creations.models import Creation
from soho.cursors import encode
from soho.feed import comments, queries, search
from soho.feed.models import Comment, Follow
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
        cursor.execute(
            "INSERT INTO feed_posttag (creation_id, tag, published_at) "
            "SELECT id, 'common', published_at FROM creations_creation"
        )
        cursor.execute(
            "INSERT INTO feed_posttag (creation_id, tag, published_at) "
            "SELECT id, 'rare', published_at FROM creations_creation LIMIT 30"
        )
        cursor.execute(
            "INSERT INTO feed_searchentry (creation_id, published_at, words) SELECT id, published_at, "
            "to_tsvector('simple', 'common' || CASE WHEN random() < 0.005 THEN ' rare' ELSE '' END) "
            "FROM creations_creation"
        )
        cursor.execute("ANALYZE creations_creation, feed_like, feed_posttag, feed_searchentry, accounts_user")
    return bob


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def plan_of(read: Callable[[], object], beginning: str = "") -> list[dict[str, Any]]:
    """The nodes of the plan of the one query (that begins so) that `read` sends, as it was when it ran."""
    sent: list[tuple[str, Any]] = []

    def overhear(execute: Callable[..., Any], sql: str, values: Any, *rest: Any) -> Any:
        if sql.startswith(beginning):
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


@pytest.mark.parametrize("depth", [None, 100, 5900])
def test_top_walks_the_scores_index(crowd: User, depth: int | None) -> None:
    score = int((NOON - timedelta(minutes=depth or 0)).timestamp() * 1_000_000)
    cursor = encode(score, UUID(int=0)) if depth else None
    assert_walks(plan_of(lambda: queries.top(crowd.pk, cursor)), "creations_top")


@pytest.mark.parametrize("depth", [None, 100, 5900])
@pytest.mark.parametrize("tag", ["common", "rare", "nothing"])
def test_a_tag_reads_a_page_of_its_own_rows_and_looks_their_posts_up(
    crowd: User, tag: str, depth: int | None
) -> None:
    cursor = deep(depth) if depth else None
    plan = plan_of(lambda: queries.tagged(tag, crowd.pk, cursor))
    (walk,) = [node for node in plan if node.get("Relation Name") == "feed_posttag"]
    assert (walk["Index Name"], walk["Scan Direction"]) == ("feed_tag_pages", "Backward")
    assert walk["Actual Rows"] <= queries.PAGE_SIZE + 1
    (posts,) = [node for node in plan if node.get("Relation Name") == "creations_creation"]
    assert posts["Node Type"] == "Index Scan"
    assert posts["Actual Rows"] * posts["Actual Loops"] <= queries.PAGE_SIZE + 1


def test_following_asks_each_for_one_post_and_a_page_of_people_for_more(crowd: User, alice: User) -> None:
    """Three hundred people followed, most of whom have posted nothing: the cost is theirs, not the feed's."""
    many = User.objects.bulk_create([User(username=f"friend{n}") for n in range(300)])
    for person in [alice, crowd, *many]:
        if person != many[0]:
            Follow.objects.create(follower=many[0], followed=person)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE feed_follow, accounts_user")
    for cursor_text in (None, deep(100), deep(5900)):
        plan = plan_of(lambda cursor=cursor_text: queries.followed(many[0].pk, cursor))
        walks = [node for node in plan if node.get("Index Name") == "creations_profile"]
        assert [node["Scan Direction"] for node in walks] == ["Backward", "Backward"]
        newest, pages = sorted(walks, key=lambda node: -node["Actual Loops"])
        assert newest["Actual Loops"] == 301
        assert newest["Actual Rows"] <= 1
        assert pages["Actual Loops"] <= 2  # those of them who have posted
        assert pages["Actual Rows"] <= queries.PAGE_SIZE + 1
        posts = [n for n in plan if n.get("Relation Name") == "creations_creation" and n not in walks]
        assert [node["Index Name"] for node in posts] == ["creations_creation_pkey"]
        assert blocks(plan) < 301 * 6 + 500


@pytest.mark.parametrize(("word", "index"), [("common", "feed_search_newest"), ("rare", "feed_search_words")])
def test_search_walks_back_through_time_for_common_words_and_looks_rare_ones_up(
    crowd: User, word: str, index: str
) -> None:
    plan = plan_of(lambda: search.posts(search.read(word), None), "SELECT c.id")
    assert index in {node.get("Index Name") for node in plan}
    (posts,) = [node for node in plan if node.get("Relation Name") == "creations_creation"]
    assert posts["Index Name"] == "creations_creation_pkey"
    assert posts["Actual Rows"] * posts["Actual Loops"] <= queries.PAGE_SIZE + 1


def test_search_does_not_take_a_rare_word_for_a_common_one_where_there_are_many_words(crowd: User) -> None:
    """Half a per cent of millions of posts is a crowd: it would be walked through, not looked up."""
    with connection.cursor() as cursor:
        # 1,500 words, each in 200 posts: more than PostgreSQL would keep on its list by itself.
        cursor.execute(
            "UPDATE feed_searchentry AS e SET words = "
            "to_tsvector('simple', (SELECT string_agg('w' || ((o.n * 50 + k) % 1500), ' ') "
            "FROM generate_series(1, 50) AS k) || CASE WHEN o.n <= 3 THEN ' seldom' ELSE '' END) "
            "FROM (SELECT creation_id, row_number() OVER (ORDER BY published_at) AS n FROM feed_searchentry) "
            "AS o WHERE o.creation_id = e.creation_id"
        )
        cursor.execute("ANALYZE feed_searchentry")
    for word in ("seldom", "never"):  # in three posts, and in none
        plan = plan_of(lambda word=word: search.posts(search.read(word), None), "SELECT c.id")
        (found,) = [node for node in plan if node.get("Relation Name") == "feed_searchentry"]
        assert found["Node Type"] == "Bitmap Heap Scan"
        assert found["Plan Rows"] <= 10  # without a longer list, sixty


def test_comments_and_remixes_walk_their_own_indexes(crowd: User, alice: User) -> None:
    post = make(alice)
    Creation.objects.filter(user=alice).exclude(pk=post.pk).update(remix_of=post)
    Comment.objects.bulk_create(
        [Comment(creation=post, user=crowd, text=f"{n}") for n in range(3000)]
        + [Comment(creation_id=other, user=crowd, text="elsewhere") for other in _some_posts(1000)]
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE feed_comment, creations_creation")
    plan = plan_of(lambda: comments.of_post(post.pk, alice.pk))
    (walk,) = [node for node in plan if node.get("Relation Name") == "feed_comment"]
    assert (walk["Index Name"], walk["Scan Direction"]) == ("feed_comments", "Backward")
    assert walk["Actual Rows"] <= comments.PAGE + 1
    plan = plan_of(lambda: queries.remixes(post.pk, alice.pk))
    (walk,) = [node for node in plan if node.get("Relation Name") == "creations_creation"]
    assert (walk["Index Name"], walk["Scan Direction"]) == ("creations_remixes", "Backward")
    assert walk["Actual Rows"] <= queries.PAGE_SIZE + 1


def _some_posts(count: int) -> list[UUID]:
    return list(Creation.objects.values_list("pk", flat=True)[:count])


def blocks(plan: list[dict[str, Any]]) -> int:
    """How many blocks of tables and indexes the plan's query read."""
    return int(plan[0]["Shared Hit Blocks"] + plan[0]["Shared Read Blocks"])


def test_a_deep_page_reads_no_more_than_the_first(crowd: User) -> None:
    def blocks(read: Callable[[], object]) -> int:
        top = plan_of(read)[0]
        return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])

    first, last = (
        blocks(lambda cursor=cursor: queries.explore(crowd.pk, cursor)) for cursor in (None, deep(5900))
    )
    assert last <= first + 10
    first, last = (
        blocks(lambda cursor=cursor: queries.profile("bob", crowd.pk, cursor))
        for cursor in (None, deep(5900))
    )
    assert last <= first + 10
