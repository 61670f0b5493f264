"""What travels compressed, and what must not."""

import gzip
import re
from pathlib import Path

from django.http import HttpResponse
from django.test import Client, RequestFactory

from soho.accounts.models import User
from soho.config.compressing import Compressing
from soho.creations.objects import storage
from tests.web.conftest import make, picture

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def test_a_page_comes_compressed_to_who_accepts_it_and_says_the_same(client: Client, alice: User) -> None:
    client.force_login(alice)
    page = client.get("/soho/explore", headers=GZIP)
    assert page.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in page.headers["Vary"]
    html = gzip.decompress(page.content).decode()
    assert "<h1" in html
    assert len(page.content) < len(html) / 2
    plain = client.get("/soho/explore")
    assert "Content-Encoding" not in plain.headers
    assert "<h1" in plain.content.decode()


def test_what_is_short_or_compressed_already_stays_as_it_is_and_a_tag_becomes_a_weak_one() -> None:
    asked = RequestFactory().get("/", headers=GZIP)
    text = b"A sunset over mountains. " * 20

    def answered(content: bytes, **headers: str) -> HttpResponse:
        response = HttpResponse(content, content_type="text/plain", headers=headers)
        answer = Compressing(lambda _: response)(asked)
        assert isinstance(answer, HttpResponse)
        return answer

    assert answered(text[:190]).content == text[:190]
    assert answered(text, **{"Content-Encoding": "br"}).content == text
    assert answered(b"".join(bytes([n]) for n in range(256))).content == bytes(range(256))
    tagged = answered(text, ETag='"a"')
    assert (tagged["ETag"], gzip.decompress(tagged.content)) == ('W/"a"', text)
    assert tagged["Content-Length"] == str(len(tagged.content))


def test_the_length_of_ones_own_page_tells_nothing(client: Client, alice: User) -> None:
    client.force_login(alice)
    lengths = {len(client.get("/settings", headers=GZIP).content) for _ in range(12)}
    assert len(lengths) > 1


def test_the_api_answers_compressed(client: Client, alice: User) -> None:
    make(alice, caption="A caption. " * 40)
    answer = client.get("/api/users/alice/creations", headers=GZIP)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert b"A caption." in gzip.decompress(answer.content)


def test_the_front_page_is_compressed_once_for_everybody(client: Client, alice: User) -> None:
    make(alice, caption="In the window")
    small = client.get("/soho/explore", headers=GZIP)
    again = client.get("/soho/explore", headers=GZIP)
    plain = client.get("/soho/explore")
    assert small.content == again.content
    assert gzip.decompress(small.content) == plain.content
    assert small.headers["Content-Length"] == str(len(small.content))
    assert {"Cookie", "Accept-Encoding"} <= set(re.split(r",\s*", small.headers["Vary"]))
    # Other bytes have another tag, and each is known again.
    assert small.headers["ETag"] != plain.headers["ETag"]
    for answer, headers in ((small, GZIP), (plain, {})):
        told = client.get("/soho/explore", headers={**headers, "If-None-Match": answer.headers["ETag"]})
        assert (told.status_code, told.headers["ETag"]) == (304, answer.headers["ETag"])


def test_pictures_and_parts_of_films_travel_as_they_are(client: Client, alice: User, tmp_path: Path) -> None:
    post = make(alice)
    picture(post, tmp_path)
    film = tmp_path / "film.mp4"
    film.write_bytes(b"\0" * 4096)
    storage().put(post.media_key, film, "video/mp4")
    still = client.get(f"/media/{post.thumbnail_key}", headers=GZIP)
    part = client.get(f"/media/{post.media_key}", headers={**GZIP, "Range": "bytes=0-99"})
    for answer in (still, part):
        assert "Content-Encoding" not in answer.headers
    assert part.status_code == 206
