"""A picture of oneself: taken in as pixels only, shown to everybody, replaced and removed without a trace."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.test import Client
from PIL import Image

from soho.accounts.actions import create_api_key
from soho.accounts.models import User
from soho.creations import objects
from soho.creations.models import DoomedObject
from soho.profiles import actions
from soho.storage.keys import avatar_key
from tests.profiles.conftest import bomb, encoded, keys_of, objects_of, picture, shown, with_secrets

GREEN = (20, 160, 60)


def put(client: Client, data: bytes, **headers: str) -> Any:
    return client.put("/api/me/avatar", data, content_type="image/png", headers=headers)


def refused(answer: Any) -> str:
    """The sentence about the picture in a refusal."""
    assert answer.status_code == 422, answer.content
    (error,) = answer.json()["errors"]
    assert error["field"] == "avatar"
    return str(error["message"])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_the_middle_square_is_kept_in_two_sizes(kind: str, as_alice: Client, alice: User) -> None:
    answer = put(as_alice, picture(kind))

    assert answer.status_code == 200
    user = answer.json()["user"]
    for side, address in ((64, user["avatarUrl"]), (256, user["avatarLargeUrl"])):
        image = shown(alice, side)
        assert (image.format, image.size) == ("WEBP", (side, side))
        for at in (side // 10, side // 2, side - side // 10):
            pixel = image.convert("RGB").getpixel((at, at))
            assert isinstance(pixel, tuple)
            assert all(abs(a - b) < 14 for a, b in zip(pixel, GREEN, strict=True)), (kind, side, pixel)
        served = Client().get(address)
        assert served.status_code == 200
        assert served["Content-Type"] == "image/webp"
        assert served["Cache-Control"] == "public, max-age=86400, immutable"
        assert served["X-Content-Type-Options"] == "nosniff"
        assert Client().get(address, headers={"If-None-Match": served["ETag"]}).status_code == 304


def test_it_is_turned_upright(as_alice: Client, alice: User) -> None:
    # Given a photo stored lying on its side: white above black once it is upright.
    image = Image.new("RGB", (100, 100), "black")
    image.paste((255, 255, 255), (0, 0, 50, 100))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    put(as_alice, encoded(image, "JPEG", exif=exif, quality=95))

    upright = shown(alice, 64).convert("L")

    assert upright.getpixel((32, 8)) > 200
    assert upright.getpixel((32, 56)) < 50


def test_nothing_but_pixels_is_kept(as_alice: Client, alice: User) -> None:
    page = b"<html><script>alert(1)</script>"
    for data in (with_secrets(), picture("JPEG", comment=b"SecretCamera") + page, picture() + page):
        assert put(as_alice, data).status_code == 200
        for side in (64, 256):
            key = avatar_key(alice.pk, User.objects.get(pk=alice.pk).avatar, side)
            stored = b"".join(objects.storage().open(key))
            for secret in (b"secret", b"SecretCamera", b"script", b"EXIF", b"XMP", b"ICCP"):
                assert secret not in stored
            assert not shown(alice, side).getexif()


def test_what_is_transparent_becomes_white(as_alice: Client, alice: User) -> None:
    clear = Image.new("RGBA", (80, 80), (255, 0, 0, 0))
    palette = Image.new("P", (80, 80), 0)
    palette.putpalette([255, 0, 0] + [0, 0, 0] * 255)
    for image, saving in ((clear, {}), (palette, {"transparency": 0}), (Image.new("LA", (80, 80), 0), {})):
        assert put(as_alice, encoded(image, "PNG", **saving)).status_code == 200
        assert shown(alice, 64).convert("L").getextrema()[0] > 245


def test_the_smallest_and_the_oddest_are_taken(as_alice: Client, alice: User) -> None:
    for image, kind in (
        (Image.new("RGB", (1, 1), "red"), "PNG"),
        (Image.new("RGB", (4000, 1), "red"), "PNG"),
        (Image.new("CMYK", (90, 40), (0, 255, 255, 0)), "JPEG"),
        (Image.new("1", (64, 64), 1), "PNG"),
    ):
        assert put(as_alice, encoded(image, kind)).status_code == 200
        assert shown(alice, 256).size == (256, 256)


def svg() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><rect width="9" height="9"/></svg>'


def animated() -> bytes:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "green")]
    return encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:])


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (svg(), "PNG, JPEG or WebP"),
        (b"<html><script>alert(1)</script></html>", "PNG, JPEG or WebP"),
        (encoded(Image.new("RGB", (9, 9)), "GIF"), "PNG, JPEG or WebP"),
        (b"", "no picture"),
        (animated(), "still picture"),
        (bomb(), "24 megapixels"),
        (bomb(5000, 4801), "24 megapixels"),
        (bomb(2000, 2000), "breaks off"),
        (picture("JPEG", (900, 900))[:4000], "breaks off"),
        (picture("JPEG")[:60], ""),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 200, ""),
        (b"RIFF\x10\0\0\0WEBPVP8 ????", ""),
        (picture() + bytes(5 * 1024 * 1024), "5 MB"),
    ],
    ids=[
        *("svg", "html", "gif", "empty", "animated", "bomb", "huge", "lying", "cut", "stub"),
        *("png", "webp", "5MB"),
    ],
)
def test_what_is_no_still_picture_of_a_decent_size_is_refused(
    data: bytes, says: str, as_alice: Client, alice: User
) -> None:
    put(as_alice, picture())
    before = keys_of(alice)

    message = refused(put(as_alice, data))

    assert says in message
    assert keys_of(alice) == before == objects_of(alice)


def test_it_is_ones_own_and_only_with_a_token_or_key(alice: User, bob: User, as_bob: Client) -> None:
    assert put(Client(), picture()).status_code == 401
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert put(strict, picture()).status_code == 403
    assert strict.delete("/api/me/avatar").status_code == 403
    key = create_api_key(alice, "camera")[1]
    assert put(strict, picture(), Authorization=f"Bearer {key}").status_code == 200
    assert keys_of(alice)
    assert not keys_of(bob)
    assert as_bob.delete("/api/me/avatar").status_code == 200
    assert keys_of(alice) == objects_of(alice)


def test_another_one_takes_its_place_and_the_old_one_goes(as_alice: Client, alice: User) -> None:
    first = put(as_alice, picture()).json()["user"]["avatarUrl"]
    old = keys_of(alice)
    second = put(as_alice, picture("JPEG")).json()["user"]["avatarUrl"]
    assert first != second
    assert set(DoomedObject.objects.values_list("key", flat=True)) == old
    objects.remove_doomed()
    assert objects_of(alice) == keys_of(alice)
    assert Client().get(first).status_code == 404
    # Removed, too, and twice.
    for _ in range(2):
        answer = as_alice.delete("/api/me/avatar").json()["user"]
        assert (answer["avatarUrl"], answer["avatarLargeUrl"]) == (None, None)
    objects.remove_doomed()
    assert objects_of(alice) == set()


def test_the_sweep_takes_pictures_of_nobody_and_leaves_those_in_use(
    as_alice: Client, alice: User, tmp_path: Path
) -> None:
    # Given a picture in use, one whose row was never written, and one of somebody who is gone.
    objects.storage().delete([item.key for item in objects.storage().keys()])  # noqa: SIM118 - a storage is no dict
    put(as_alice, picture())
    for owner in (alice.pk, UUID(int=7)):
        path = tmp_path / "stray"
        path.write_bytes(b"RIFF")
        objects.storage().put(avatar_key(owner, UUID(int=9), 64), path, "image/webp")
    assert objects.remove_orphans(older_than=timedelta(hours=1)) == 0  # too young to judge
    assert objects.remove_orphans(older_than=timedelta(seconds=-5)) == 2
    assert objects_of(alice) == keys_of(alice)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_stays_and_the_other_is_doomed(alice: User, tmp_path: Path) -> None:
    upload = tmp_path / "me.png"
    upload.write_bytes(picture())
    together = threading.Barrier(4)
    errors: list[Exception] = []

    def change() -> None:
        try:
            together.wait()
            actions.set_avatar(User.objects.get(pk=alice.pk), upload)
        except Exception as error:  # noqa: BLE001 - told by the assertion below
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=change) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    objects.remove_doomed()
    assert len(keys_of(alice)) == 2
    assert objects_of(alice) == keys_of(alice)


def test_a_hundred_pictures_an_hour_are_too_many(as_alice: Client, alice: User) -> None:
    answers = [put(as_alice, b"no picture") for _ in range(7)]
    assert [one.status_code for one in answers] == [422] * 6 + [429]
    assert answers[-1].json()["code"] == "too_many_requests"


def test_an_unknown_side_or_owner_is_not_found(db: None) -> None:
    for key in ("avatars/x/y_64.webp", "avatars/x/y_65.webp", "avatars/x/../y_64.webp", "avatars/y_64.webp"):
        assert Client().get(f"/media/{key}").status_code == 404
