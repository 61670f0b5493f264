"""The feed's own quick way to write a post says exactly what `creation_json` says."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

import soho.feed.shape
from soho.accounts.models import User
from soho.creations.models import Creation
from soho.creations.shape import COLUMNS, creation_json
from soho.feed import queries
from soho.feed.shape import post_json
from tests.feed.conftest import make

KEYS = (
    st.just("")
    | st.from_regex(r"\A(videos|images)/[0-9a-f-]{36}/[0-9a-f-]{36}\.(mp4|png)\Z")
    | st.text(max_size=30)
)
MOMENTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])).filter(
    lambda moment: 1900 < moment.year < 9000
)
NUMBERS = st.none() | st.integers(0, 9000)


@st.composite
def published_rows(draw: st.DrawFn) -> dict[str, Any]:
    """A published creation as the database might hold it, its leftovers from being made included."""
    return {
        "id": draw(st.uuids()),
        "media_type": draw(st.sampled_from(["image", "video"])),
        "status": "published",
        "prompt": draw(st.text(max_size=50)),
        "caption": draw(st.text(max_size=50) | st.text("#@aé_ 1", max_size=30)),
        "username": draw(st.text(max_size=30)),
        "user_id": draw(st.uuids()),
        **{name: draw(KEYS) for name in ("media_key", "thumbnail_key", "rendition_key", "poster_key")},
        "placeholder": draw(st.just("") | st.text(max_size=28)),
        "duration": draw(st.none() | st.floats(0, 600)),
        "width": draw(NUMBERS),
        "height": draw(NUMBERS),
        "aspect_ratio": draw(st.sampled_from(["9:16", "1:1"])),
        "seed": draw(st.integers(0, 2**63 - 1)),
        "progress": draw(st.floats(0, 1)),
        "progress_note": draw(st.text(max_size=10)),
        "processing_since": draw(st.none() | MOMENTS),
        "expected_seconds": draw(st.none() | st.floats(0, 600)),
        "error_code": draw(st.just("") | st.text(max_size=10)),
        "error_message": "",
        "error_retriable": draw(st.booleans()),
        "hold": None,
        "tokens": draw(st.integers(0, 100)),
        "model": draw(st.text(max_size=20)),
        "made_by": draw(st.just("") | st.text(max_size=20)),
        "like_count": draw(st.integers(0, 10**6)),
        "created_at": draw(MOMENTS),
        "published_at": draw(MOMENTS),
        "publish_at": draw(st.none() | MOMENTS),
        "comment_count": draw(st.integers(0, 10**6)),
        "remix_of_id": draw(st.none() | st.uuids()),
        "user__avatar": draw(st.none() | st.uuids()),
    }


# The columns, in the order in which the query selects them; one of them by a query of its own.
_PLAIN = re.sub(r"\(SELECT.*?\) AS (\w+)", r"c.\1", soho.feed.shape.SELECTED)
SELECTED = tuple(re.findall(r"c\.(\w+)", _PLAIN))


@given(row=published_rows(), liked=st.booleans(), public=st.sampled_from(["", "https://media.example"]))
@settings(deadline=None)
def test_a_post_is_written_as_every_other_creation_is(row: dict[str, Any], liked: bool, public: str) -> None:
    selected = [
        str(row[name])
        if name in {"id", "user_id", "remix_of_id", "user__avatar"} and row[name]
        else row[name]
        for name in SELECTED
    ]
    with override_settings(R2_PUBLIC_URL=public):
        assert post_json([*selected, liked]) == creation_json(row, liked=liked)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"media_type": "image", "duration": None, "caption": "Evening ✨ <b>light</b>"},
        {
            "media_key": "videos/with space/ü?.mp4",
            "rendition_key": "videos/a_480.mp4",
            "placeholder": "3OcRJYB4",
        },
        {"width": None, "height": None, "publish_at": datetime(2026, 3, 1, tzinfo=UTC)},
    ],
)
def test_a_post_from_the_database_is_too(alice: User, facts: dict[str, Any]) -> None:
    post = make(alice, published_at=datetime(2026, 3, 14, 12, 0, 0, 123999, tzinfo=UTC), **facts)
    row = Creation.objects.values(*COLUMNS).get(pk=post.pk)

    found = queries.post(post.pk, alice.pk)

    assert found == creation_json(row)
    assert found["publishedAt"] == "2026-03-14T12:00:00.123Z"
