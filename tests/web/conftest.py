"""Rooms with something in them, and browsers to look at them."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from soho.accounts.models import User
from soho.creations.models import Creation
from soho.creations.objects import storage
from soho.ids import new_id
from tests.support.browser import profile, watched

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
MARKUP = "<img src=x onerror=alert(1)> & <b>bold</b>"


def make(user: User, status: str = "published", **facts: Any) -> Creation:
    """A creation in a state. Its media are names only: what is tested here is the page around them."""
    creation_id = new_id()
    kind = facts.pop("media_type", "video")
    ready = status in {"draft", "published"}
    stem = f"{kind}s/{user.pk}/{creation_id}"
    made = {
        "media_key": f"{stem}.mp4" if kind == "video" else f"{stem}.jpg",
        "thumbnail_key": f"{stem}_thumb.jpg",
        "duration": 8.0 if kind == "video" else None,
        "width": 1080,
        "height": 1920,
    }
    public = {"username": user.username, "published_at": NOON} if status == "published" else {}
    return Creation.objects.create(
        **{
            "id": creation_id,
            "user": user,
            "media_type": kind,
            "status": status,
            "prompt": "A sunset over mountains with vibrant colors",
            "model": "diorama",
            "aspect_ratio": "9:16",
            "seed": 7,
            "tokens": 10 if kind == "video" else 1,
            **(made if ready else {}),
            **public,
            **facts,
        }
    )


def make_posts(user: User, count: int) -> list[Creation]:
    """Posts a minute apart, newest first."""
    posts = [make(user, published_at=NOON + timedelta(minutes=n), caption=f"Post {n}") for n in range(count)]
    return posts[::-1]


def one_of_each(user: User) -> dict[str, Creation]:
    """A creation in every state there is, by that state's name."""
    return {
        "published": make(user, caption="In the feed"),
        "draft": make(user, "draft"),
        "failed": make(
            user,
            "failed",
            error_code="provider_down",
            error_message="The model did not answer.",
            hold=new_id(),
        ),
        "processing": make(user, "processing", progress=0.5, progress_note="Painting frame 96 of 192"),
        "pending": make(user, "pending"),
    }


def update(creation: Creation, **facts: Any) -> None:
    Creation.objects.filter(pk=creation.pk).update(**facts)


def picture(creation: Creation, tmp_path: Any, colour: tuple[int, int, int] = (200, 90, 60)) -> None:
    """Gives a creation a real thumbnail."""
    path = tmp_path / f"{creation.pk}.jpg"
    Image.new("RGB", (90, 160), colour).save(path)
    storage().put(creation.thumbnail_key, path, "image/jpeg")


@pytest.fixture(autouse=True)
def everything_is_answered(request: pytest.FixtureRequest) -> Iterator[None]:
    """Waits at the end for what a browser that is gone still asked for: emptying the tables while it is read
    would end in a deadlock.
    """
    if "live_server" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")  # so that the tables are emptied after this, not before
    asked: list[object] = []
    answered: list[object] = []

    def begins(sender: object, **_: Any) -> None:
        asked.append(sender)

    def ends(sender: object, **_: Any) -> None:
        answered.append(sender)

    request_started.connect(begins)
    request_finished.connect(ends)
    yield
    until = time.monotonic() + 3
    while len(answered) < len(asked) and time.monotonic() < until:
        time.sleep(0.01)
    request_started.disconnect(begins)
    request_finished.disconnect(ends)


@pytest.fixture
def reader(db: None) -> Client:
    """Somebody signed out, whom the shared front page does not answer from its copies."""
    client = Client()
    client.cookies["visit"] = "1"
    return client


def sign_in(context: BrowserContext, client: Client, address: str) -> None:
    """Gives a browser's profile the session that `client` has."""
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])


@pytest.fixture
def context(browser: Browser, live_server: Any, alice: User) -> Iterator[BrowserContext]:
    """Alice's browser."""
    client = Client()
    client.force_login(alice)
    found = profile(browser, base_url=live_server.url)
    sign_in(found, client, live_server.url)
    yield found
    found.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    faults: list[str] = []
    yield watched(context, faults)
    assert faults == []
