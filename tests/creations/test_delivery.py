"""The media door: who may fetch what, from the local folder and from an S3 server."""

from uuid import UUID

import httpx
import pytest
from django.test import Client
from pytest_django import Settings

from soho.accounts.actions import create_api_key
from soho.accounts.models import User
from soho.creations import actions, clock, objects
from soho.creations.models import Creation
from tests.creations.conftest import make, time_passes
from tests.support.engine import stored

PLACES = ("media_key", "thumbnail_key", "rendition_key", "poster_key")


def client_of(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


@pytest.mark.parametrize("place", PLACES)
def test_a_drafts_media_is_its_owners_alone(place: str, alice: User, bob: User) -> None:
    address = "/media/" + getattr(Creation.objects.get(pk=make(alice, "draft")), place)
    assert client_of(alice).get(address).status_code == 200
    assert client_of(alice).get(address)["Cache-Control"].startswith("private")
    assert client_of(bob).get(address).status_code == 404
    assert client_of(None).get(address).status_code == 404


def test_a_key_opens_its_owners_drafts(alice: User, bob: User) -> None:
    address = f"/media/{Creation.objects.get(pk=make(alice, 'draft')).media_key}"
    for person, status in ((alice, 200), (bob, 404)):
        key = create_api_key(person, "player")[1]
        assert Client().get(address, headers={"Authorization": f"Bearer {key}"}).status_code == status
    assert client_of(alice).get(address, headers={"Authorization": "Bearer none"}).status_code == 404


def test_a_posts_media_is_everyones_until_it_is_unpublished(alice: User) -> None:
    post = make(alice, "published")
    address = f"/media/{Creation.objects.get(pk=post).media_key}"
    everyone = client_of(None).get(address)
    assert everyone.status_code == 200
    assert everyone["Content-Type"] == "video/mp4"
    actions.unpublish(alice.pk, post)
    assert client_of(None).get(address).status_code == 404


def test_a_range_is_answered_with_that_range(alice: User) -> None:
    address = f"/media/{Creation.objects.get(pk=make(alice, 'published')).media_key}"
    whole = b"".join(client_of(None).get(address))
    part = client_of(None).get(address, headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert b"".join(part) == whole[100:200]
    assert part["Content-Range"] == f"bytes 100-199/{len(whole)}"
    assert client_of(None).get(address, headers={"If-None-Match": part["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "key",
    [
        "videos/x/y.mp4",
        "videos/01a20250-4032-77ae-b7d4-b62078785b00/01a20250-4049-7349-bd16-8a96fb9b0187.mp4",
        "../secret_key",
        "videos/../../secret_key",
        "secret_key",
        "%2e%2e/secret_key",
        "videos/%00.mp4",
    ],
)
def test_nothing_else_comes_through_the_door(key: str, db: None) -> None:
    assert client_of(None).get(f"/media/{key}").status_code == 404


def test_with_a_bucket_a_draft_comes_by_a_signed_address(bucket: str, alice: User, bob: User) -> None:
    creation = Creation.objects.get(pk=make(alice, "draft"))
    assert stored() == {getattr(creation, place) for place in PLACES}
    answer = client_of(alice).get(f"/media/{creation.media_key}")
    assert answer.status_code == 302
    assert answer["Location"].startswith(bucket)
    fetched = httpx.get(answer["Location"])
    assert fetched.status_code == 200
    assert fetched.headers["Content-Type"] == "video/mp4"
    assert len(fetched.content) == creation.size_bytes
    assert client_of(bob).get(f"/media/{creation.media_key}").status_code == 404


def test_with_a_public_address_only_posts_are_linked_there(
    bucket: str, alice: User, settings: Settings
) -> None:
    from soho.creations import queries

    settings.R2_PUBLIC_URL = "https://media.example"
    draft = make(alice, "draft")
    key = Creation.objects.get(pk=draft).media_key

    def shown() -> str:
        found = queries.mine(alice.pk, draft)
        assert found
        return str(found["mediaUrl"])

    assert shown() == f"/media/{key}"
    actions.publish(alice.pk, draft)
    assert shown() == f"https://media.example/{key}"


def test_deleting_removes_every_object_from_the_bucket(bucket: str, alice: User) -> None:
    draft: UUID = make(alice, "draft")
    address = f"/media/{Creation.objects.get(pk=draft).media_key}"
    assert client_of(alice).get(address).status_code == 302
    actions.delete(alice.pk, draft)
    # Hidden at once, also from its owner; the objects stay as long as an undo may need them.
    assert client_of(alice).get(address).status_code == 404
    assert len(stored()) == 4
    time_passes()
    clock.finish_deletions()
    objects.remove_doomed()
    assert stored() == set()
