"""The feed that the benchmark writes is one that the product could have written, and reads."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from benchmarks.feed.filling import FOLLOWED, TABLES, Filling
from benchmarks.feed.texts import COMMON_TAG, COMMON_WORD
from soho.accounts.models import User
from soho.feed import finding, queries, search

FEW, MORE = 150, 400


def everything_that_holds() -> list[tuple[Any, ...]]:
    """Constraints and indexes of the tables that were filled, as PostgreSQL describes them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, convalidated, pg_get_constraintdef(oid) "
            "FROM pg_constraint WHERE conrelid = ANY (%s::regclass[]) OR confrelid = ANY (%s::regclass[]) "
            "UNION ALL SELECT tablename, indexname, true, indexdef FROM pg_indexes "
            "WHERE tablename = ANY (%s) "
            "ORDER BY 1, 2, 4",
            [list(TABLES), list(TABLES), list(TABLES)],
        )
        return list(cursor.fetchall())


def what_finds() -> tuple[list[Any], list[Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT creation_id, tag, published_at FROM feed_posttag ORDER BY 1, 2")
        tags = cursor.fetchall()
        cursor.execute("SELECT creation_id, published_at, words::text FROM feed_searchentry ORDER BY 1")
        return tags, cursor.fetchall()


@pytest.fixture
def filling(transactional_db: None) -> Iterator[Filling]:
    """In a database of its own: what is made anew and counted there would lead other tests' plans."""
    named, creation = connection.settings_dict, connection.creation
    tests = named["NAME"]
    _let_go()
    creation.clone_test_db(suffix="filling", verbosity=0)
    named["NAME"] = creation.get_test_db_clone_settings("filling")["NAME"]
    try:
        yield Filling(User.objects.create(username="alice").pk, texts=500)
    finally:
        _let_go()
        named["NAME"] = tests
        creation.destroy_test_db(suffix="filling", verbosity=0)


def _let_go() -> None:
    connection.close()
    connection.close_pool()


def seeds(viewer: Any, read: Any, *, pages: int = 100) -> list[int]:
    """The numbers of the posts on the pages that `read` turns."""
    found, cursor = [], None
    for _ in range(pages):
        page = read(viewer, cursor)
        found += [one["seed"] for one in page.items]
        cursor = page.next
        if cursor is None:
            break
    return found


def test_a_feed_that_was_filled_in_two_steps_is_whole_and_is_read(filling: Filling) -> None:
    before = everything_that_holds()
    alice = filling.reader
    # Given a small feed, and page 1 of it,
    filling.grow(FEW)
    first = queries.explore(alice)
    # when it grows into the past,
    filling.grow(MORE)
    # then page 1 is what it was, every post is read once in its order, and no rule of the tables was lost.
    assert queries.explore(alice).items == first.items
    assert seeds(alice, queries.explore) == list(range(1, MORE + 1))
    assert everything_that_holds() == before
    # The reader likes every fifth; one is found at the place that its number says.
    assert [one["seed"] for one in first.items if one["likedByMe"]] == [5, 10, 15, 20]
    assert {one["publishedAt"] for one in first.items if one["seed"] == 7} == {
        filling.moment(7).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    }
    assert any(one["avatarUrl"] for one in first.items)
    assert any(one["remixOf"] for one in queries.explore(alice, limit=100).items)


def test_what_was_filled_is_found_by_the_words_tags_and_people_that_the_product_would_keep(
    filling: Filling,
) -> None:
    filling.grow(MORE)
    alice, kept = filling.reader, what_finds()
    # The product's own way of remembering finds nothing to add and nothing to change.
    finding.fill(connection)
    assert what_finds() == kept

    tenth = search.posts(search.read(COMMON_WORD), alice, limit=100).items
    assert 0.05 * MORE < len(tenth) < 0.2 * MORE
    assert 0.05 * MORE < len(seeds(alice, lambda *given: queries.tagged(COMMON_TAG, *given))) < 0.2 * MORE
    theirs = seeds(alice, lambda *given: queries.profile("maker0", *given))
    followed = seeds(alice, queries.followed)
    assert theirs
    assert set(theirs) <= set(followed)
    assert User.objects.get(username="maker0").standing.followers == 1
    assert User.objects.get(pk=alice).follows.count() == FOLLOWED
    assert sorted(seeds(alice, queries.top)) == list(range(1, MORE + 1))
