"""What posts are found by: tags and words, in any spelling, and only while they are published."""

import importlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from soho.accounts.models import User
from soho.creations import actions, clock
from soho.creations.models import Creation, Status
from soho.cursors import BadCursor
from soho.feed import finding, queries, search, tasks
from soho.feed.comments import comment
from soho.feed.models import Comment, PostTag, SearchEntry
from soho.feed.queries import Page
from soho.problems.refusals import InvalidField
from tests.feed.conftest import NOON, make


def publish(user: User, caption: str = "", **facts: Any) -> str:
    """A post as people make one."""
    draft = make(user, status=Status.DRAFT, published_at=None, **facts)
    actions.publish(user.pk, draft.pk, caption=caption)
    return str(draft.pk)


def ids(page: Page) -> list[str]:
    return [item["creationId"] for item in page.items]


def found(text: str) -> list[str]:
    return ids(search.posts(search.read(text), None))


def names(text: str) -> list[str]:
    return [one.username for one in search.people(text)]


def test_a_tag_finds_its_posts_newest_first_page_by_page(alice: User, bob: User) -> None:
    hers = [publish(alice, f"{n} #Sunset #hills") for n in range(5)]
    his = publish(bob, "No #sunset_here, but #sunset!")
    publish(bob, "#hills")
    expected = [his, *reversed(hers)]
    seen: list[str] = []
    cursor = None
    for _ in range(3):
        page = queries.tagged("sunset", None, cursor, 2)
        seen += ids(page)
        cursor = page.next
    assert (seen, cursor) == (expected, None)
    assert ids(queries.tagged("sunset_here", None)) == [his]
    assert queries.tagged("nothing", None) == Page([], None)
    item = queries.tagged("sunset", None).items[0]
    assert item["tags"] == ["sunset_here", "sunset"]


def test_what_is_taken_back_is_found_no_more_and_again_under_its_new_caption(alice: User) -> None:
    post = publish(alice, "#before")
    actions.unpublish(alice.pk, UUID(post))
    assert queries.tagged("before", None).items == found("#before") == []
    actions.publish(alice.pk, UUID(post), caption="#after")
    assert queries.tagged("before", None).items == []
    assert ids(queries.tagged("after", None)) == found("#after") == [post]
    actions.remove(alice.pk, UUID(post))
    assert not PostTag.objects.exists()
    assert not SearchEntry.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "ferry",
        "FERRY harbour",
        "harbours",
        "été",
        "ete",
        '"night ferry"',
        "ferry -train",
        "train or ferry",
        "#Plage",
        "@alice ferry",
        "@alice",
        "the ferry",
        "غروب",
        "strasse",
        "  ferry  ",
    ],
)
def test_words_of_caption_and_prompt_tags_and_names_find_a_post(alice: User, bob: User, text: str) -> None:
    post = publish(alice, "Été à la Straße #plage غروب الشمس", prompt="The night ferry leaves the harbour")
    publish(bob, "Something else #beach", prompt="A train in the snow")
    assert post in found(text)
    assert len(found(text)) == (2 if " or " in text else 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "submarine",
        "ferry train",
        "#ferry",
        "@bob ferry",
        "-",
        "#",
        "@",
        "'",
        "\\",
        "#a'b\\",
        "& | !",
        ":*",
    ],
)
def test_what_is_not_there_is_not_found_and_nothing_breaks(alice: User, bob: User, text: str) -> None:
    publish(alice, "#plage", prompt="The night ferry")
    publish(bob, prompt="A train")
    assert found(text) == []


def test_what_is_too_long_or_no_text_names_its_field(db: None) -> None:
    for text in ("x" * (search.MAX_QUERY + 1), "a\0b"):
        with pytest.raises(InvalidField) as refused:
            search.read(text)
        assert refused.value.field == "q"


def test_found_posts_come_newest_first_page_by_page(alice: User) -> None:
    expected = [publish(alice, prompt="ferry") for _ in range(7)][::-1]
    query = search.read("ferry")
    one = search.posts(query, None, None, 3)
    two = search.posts(query, None, one.next, 3)
    three = search.posts(query, None, two.next, 3)
    assert ids(one) + ids(two) + ids(three) == expected
    assert three.next is None
    with pytest.raises(BadCursor):
        search.posts(query, None, "x")


def test_people_are_found_by_the_beginning_of_their_name(alice: User, bob: User) -> None:
    for n in range(10):
        User.objects.create_user(f"al-{n}")
    User.objects.create_user("al.gone", is_active=False)
    assert names("ALI") == names("@alice") == ["alice"]
    assert names("al") == [f"al-{n}" for n in range(8)]
    for text in ("", "@", "%", "_", "lice", "x" * 200, "a\0", "al_"):
        assert names(text) == []


@pytest.mark.django_db(transaction=True)
def test_a_search_that_takes_too_long_ends_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PATIENCE_MS", 150)
    publish(User.objects.create_user("alice"), prompt="ferry")
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("LOCK TABLE feed_searchentry IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(InvalidField, match="takes too long"):
                found("ferry")
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert len(found("ferry")) == 1
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_what_was_published_before_there_were_tags_is_filled_in(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given posts that no listener heard of, as of a version before this one, over several batches.
    monkeypatch.setattr(finding, "BATCH", 2)
    posts = [
        make(alice, caption=f"#old {n}", published_at=NOON + timedelta(minutes=n // 2)) for n in range(5)
    ]
    draft = make(alice, status=Status.DRAFT, published_at=None, caption="#old")
    assert queries.tagged("old", None).items == []

    # When the migration runs, twice,
    migration = importlib.import_module("soho.feed.migrations.0002_follows_comments_tags_and_search")
    with connection.schema_editor() as editor:
        for _ in range(2):
            migration.fill(apps, editor)

    # then all of them and nothing else is found.
    assert set(ids(queries.tagged("old", None))) == set(found("#old")) == {str(one.pk) for one in posts}
    assert str(draft.pk) not in found("old")


@pytest.fixture
def left_by_old_code(alice: User, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What code that knew nothing of words and tags did beside this: published, took back, both, long ago."""
    monkeypatch.setattr(finding, "BATCH", 2)
    late = timezone.now() - timedelta(hours=1)
    new = [make(alice, caption=f"#late {n}", published_at=late - timedelta(minutes=n)) for n in range(5)]
    ancient = make(alice, caption="#late of old", published_at=late - timedelta(days=3))
    gone, anew, well = (publish(alice, f"#before {name}") for name in ("gone", "anew", "well"))
    Creation.objects.filter(pk=gone).update(status=Status.DRAFT, published_at=None)
    Creation.objects.filter(pk=anew).update(caption="#late again", published_at=late + timedelta(minutes=1))
    return {
        "late": " ".join([anew, *(str(one.pk) for one in new)]),
        "ancient": str(ancient.pk),
        "well": well,
    }


def test_what_old_code_published_beside_this_is_caught_up_with(left_by_old_code: dict[str, str]) -> None:
    tasks.catch_up()
    late = left_by_old_code["late"].split()
    assert ids(queries.tagged("late", None)) == found("#late") == found("late") == late
    assert ids(queries.tagged("before", None)) == found("#before") == [left_by_old_code["well"]]
    assert SearchEntry.objects.count() == len(late) + 1
    # Of long ago is what the doctor looks at; then nothing is left to do.
    assert finding.catch_up() == 1
    assert found("#late") == [*late, left_by_old_code["ancient"]]
    assert finding.catch_up() == 0


@pytest.mark.django_db(transaction=True)
def test_what_somebody_takes_back_meanwhile_is_left_alone() -> None:
    alice = User.objects.create_user("alice")
    held, free = (make(alice, caption="#late", published_at=timezone.now()) for _ in range(2))
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("UPDATE creations_creation SET status = 'draft' WHERE id = %s", [held.pk])
            assert finding.catch_up() == 1
            cursor.execute("COMMIT")
    finally:
        other.close()
    assert finding.catch_up() == 0
    assert found("#late") == [str(free.pk)]


def test_a_post_is_never_published_without_being_findable(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = make(alice, status=Status.DRAFT, published_at=None)

    def breaks(_: Creation) -> None:
        raise RuntimeError("no room left")

    monkeypatch.setattr(finding, "remember", breaks)
    with pytest.raises(RuntimeError):
        actions.publish(alice.pk, draft.pk, caption="#lost")
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_what_is_deleted_is_found_no_more_and_an_undo_brings_back_its_words_and_its_comments(
    alice: User, bob: User
) -> None:
    post = UUID(publish(alice, "#undone"))
    comment(bob, post, "Good")
    actions.delete(alice.pk, post)
    assert queries.tagged("undone", None).items == found("#undone") == []

    actions.restore(alice.pk, post)
    assert ids(queries.tagged("undone", None)) == found("#undone") == [str(post)]
    assert Comment.objects.filter(creation_id=post).count() == 1

    actions.delete(alice.pk, post)
    Creation.objects.filter(pk=post).update(deleted_at=Now() - timedelta(minutes=1))
    assert clock.finish_deletions() == 1
    assert not Comment.objects.exists()
    assert not PostTag.objects.exists()
    assert not SearchEntry.objects.exists()


def test_what_goes_out_on_schedule_is_found_too(alice: User) -> None:
    draft = make(alice, status=Status.DRAFT, published_at=None)
    actions.schedule(alice.pk, draft.pk, timezone.now() + timedelta(hours=1), caption="At last #punctual")
    Creation.objects.filter(pk=draft.pk).update(publish_at=Now() - timedelta(seconds=1))
    assert clock.publish_due() == 1
    assert ids(queries.tagged("punctual", None)) == found("at last") == [str(draft.pk)]
