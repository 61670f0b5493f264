"""The public stream: how many posts are newer than the page's newest."""

from datetime import UTC, datetime, timedelta

from soho.accounts.models import User
from soho.creations.models import Creation
from soho.creations.shape import timestamp
from tests.support.live import LiveDoor
from tests.web.conftest import make, update


def post(user: User, seconds: int = 0) -> Creation:
    return make(user, published_at=datetime.now(UTC) + timedelta(seconds=seconds))


def place(creation: Creation) -> str:
    return f"{timestamp(creation.published_at)},{creation.pk}"


def test_newer_posts_are_counted_from_what_the_page_shows(door: LiveDoor, alice: User) -> None:
    # Given a page whose newest post is this one, and one post that came before the stream opened,
    shown = post(alice)
    missed = post(alice, 1)
    reader = door.ask(f"/live/feed?since={place(shown)}")
    assert reader.next().data == {"count": 1}

    # when more are published, they are counted on, without a sign-in;
    newest = post(alice, 2)
    told = reader.next()
    assert (told.name, told.data) == ("posts", {"count": 2})

    # when one is taken back, it counts no more;
    update(missed, status="draft", published_at=None)
    assert reader.next().data == {"count": 1}

    # and a page that has heard of this head already is told of the next one only.
    reader.close()
    again = door.ask(f"/live/feed?since={place(shown)}", Last_Event_ID=told.id)
    post(alice, 3)
    assert again.next().data == {"count": 2}
    update(newest, status="draft", published_at=None)
    assert again.next().data == {"count": 1}
    again.close()


def test_the_first_post_of_an_empty_feed_is_told(door: LiveDoor, alice: User) -> None:
    reader = door.ask("/live/feed?since=")
    first = post(alice)
    assert reader.next().data == {"count": 1}
    update(first, status="draft", published_at=None)
    assert reader.next().data == {"count": 0}
    reader.close()


def test_without_a_place_it_counts_from_where_the_feed_stands(door: LiveDoor, alice: User) -> None:
    before = post(alice)
    placed = door.ask(f"/live/feed?since={place(before)}")
    unplaced = door.ask("/live/feed")
    # The first look of the one that names its place shows that the other's was taken too.
    post(alice, 1)
    assert placed.next().data["count"] == 1
    post(alice, 2)
    post(alice, 3)
    assert unplaced.next().data["count"] in {1, 2, 3}
    placed.close()
    unplaced.close()


def test_a_private_draft_is_no_news(door: LiveDoor, alice: User) -> None:
    reader = door.ask("/live/feed?since=")
    make(alice, "draft")
    make(alice, "processing")
    post(alice)
    assert reader.next().data == {"count": 1}
    reader.close()


def test_a_place_that_is_none_is_refused_with_its_field(door: LiveDoor) -> None:
    for bad in ("yesterday", "2026-11-22T08:00:00.000Z", "2026-11-22T08:00:00,1", "," + "9" * 200):
        refused = door.ask(f"/live/feed?since={bad}")
        assert refused.status == 422
        assert refused.problem()["errors"][0]["field"] == "since"
