"""The names of stored objects: what a creation owns, and whose an object is."""

from uuid import UUID

import pytest

from soho.storage.keys import (
    InvalidKeyError,
    all_keys_for,
    content_type_of,
    creation_id_of,
    image_key,
    poster_key,
    rendition_key,
    thumbnail_key,
    user_id_of,
    video_key,
)

CREATION = UUID("0198a3c2-7b7a-7c3e-9f1d-3a5b6c7d8e9f")


def test_names_are_those_of_the_specification() -> None:
    assert video_key(7, CREATION) == f"videos/7/{CREATION}.mp4"
    assert thumbnail_key(7, CREATION) == f"videos/7/{CREATION}_thumb.jpg"
    assert rendition_key(7, CREATION) == f"videos/7/{CREATION}_feed.mp4"
    assert poster_key(7, CREATION) == f"videos/7/{CREATION}_poster.jpg"
    assert image_key(7, CREATION, ".png") == f"images/7/{CREATION}.png"
    assert thumbnail_key(7, CREATION, folder="images") == f"images/7/{CREATION}_thumb.jpg"
    assert rendition_key(7, CREATION, folder="images") == f"images/7/{CREATION}_feed.jpg"


def test_every_key_leads_back_to_its_creation() -> None:
    keys = all_keys_for("alice", CREATION)
    assert len(keys) == len(set(keys)) == 9
    for key in keys:
        assert creation_id_of(key) == str(CREATION)
        assert user_id_of(key) == "alice"
        assert content_type_of(key).startswith(("video/mp4", "image/"))


@pytest.mark.parametrize(
    "key",
    [
        "checks/1a2b.txt",
        "videos/alice/x.mp4/../y.mp4",
        "videos/alice",
        "videos/a/b/c.mp4",
        "other/alice/1.mp4",
        "",
    ],
)
def test_what_is_nobody_s_leads_nowhere(key: str) -> None:
    assert creation_id_of(key) is None
    assert user_id_of(key) is None


@pytest.mark.parametrize("user", ["", "..", "a/b", "alice\x00", "-alice", "a.b", "älice"])
def test_an_id_cannot_break_out_of_its_folder(user: str) -> None:
    with pytest.raises(InvalidKeyError):
        video_key(user, CREATION)
    with pytest.raises(InvalidKeyError):
        image_key("alice", user, ".png")


@pytest.mark.parametrize("suffix", [".svg", ".html", "png", ".gif", ""])
def test_an_image_is_of_a_known_kind(suffix: str) -> None:
    with pytest.raises(InvalidKeyError):
        image_key("alice", CREATION, suffix)
