"""Top: by when a post was published, and a day more for ten times the likes."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soho.accounts.models import User
from soho.creations.models import Creation
from soho.cursors import BadCursor
from soho.feed import queries
from soho.feed.actions import like, unlike
from soho.feed.queries import Page
from tests.feed.conftest import NOON, make

MOMENTS = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - Hypothesis takes bounds bare and adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - the same
    timezones=st.just(UTC),
)
LIKES = st.integers(0, 2**31 - 1)
DAY = timedelta(days=1)


def ids(page: Page) -> list[str]:
    return [item["creationId"] for item in page.items]


def scores(*posts: tuple[int, datetime]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join(["creations_score(%s, %s)"] * len(posts)), [x for p in posts for x in p]
        )
        return list(cursor.fetchone())


@given(likes=st.tuples(LIKES, LIKES), moments=st.tuples(MOMENTS, MOMENTS))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_more_likes_and_newer_are_never_lower(
    db: None, likes: tuple[int, int], moments: tuple[datetime, datetime]
) -> None:
    few, many = sorted(likes)
    old, new = sorted(moments)
    low, liked, newer, both = scores((few, old), (many, old), (few, new), (many, new))
    assert low <= liked <= both
    assert low <= newer <= both
    assert (low < newer) == (old < new)


def test_ten_times_the_likes_are_worth_a_day(db: None) -> None:
    none, nine, ninety_nine, a_day_later = scores((0, NOON), (9, NOON), (99, NOON), (0, NOON + DAY))
    assert none == NOON.timestamp() * 1_000_000
    assert nine == a_day_later
    assert ninety_nine - nine == nine - none


def test_the_score_is_the_same_in_every_time_zone(db: None) -> None:
    here = scores((3, NOON))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'Asia/Kathmandu'")
    assert scores((3, NOON)) == here


def test_likes_lift_a_post_and_taking_them_back_lowers_it(alice: User, bob: User) -> None:
    old = make(alice)
    new = make(alice, published_at=NOON + timedelta(hours=2))
    assert ids(queries.top(None)) == [str(new.pk), str(old.pk)]
    like(bob, old.pk)  # worth seven hours
    assert ids(queries.top(None)) == [str(old.pk), str(new.pk)]
    assert ids(queries.explore(None)) == [str(new.pk), str(old.pk)]
    unlike(bob, old.pk)
    assert ids(queries.top(None)) == [str(new.pk), str(old.pk)]


def test_pages_lose_and_double_nothing_among_equals(alice: User) -> None:
    for n in range(23):
        make(alice, like_count=(n * 7) % 4, published_at=NOON + timedelta(hours=n % 3))
    expected = [
        str(one)
        for one in sorted(
            Creation.objects.values_list("pk", flat=True),
            key=lambda pk: (
                scores(Creation.objects.values_list("like_count", "published_at").get(pk=pk)),
                pk,
            ),
            reverse=True,
        )
    ]
    for limit in (1, 5, 22, 23, 24):
        seen: list[str] = []
        cursor = None
        while True:
            page = queries.top(None, cursor, limit)
            seen += ids(page)
            cursor = page.next
            if cursor is None:
                break
        assert seen == expected


def test_a_cursor_of_another_order_is_refused(alice: User) -> None:
    for n in range(3):
        make(alice, published_at=NOON + n * DAY)
    for bad in ("x", "", "A" * 31):
        with pytest.raises(BadCursor):
            queries.top(None, bad)
    assert UUID(ids(queries.top(alice.pk, queries.top(None, None, 1).next))[0])
