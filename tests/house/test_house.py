"""The house fills an empty feed and clears it again, with nothing outside the books."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from pytest_django import Settings

from soho.accounts.actions import create_user
from soho.accounts.models import User
from soho.cli.main import main
from soho.creations import actions as verbs
from soho.creations import outcomes
from soho.creations.models import Creation, DoomedObject, Status
from soho.creations.tasks import remove_objects
from soho.generation import queue
from soho.generation.models import Attempt, Outcome
from soho.generation.run import work_once
from soho.house import actions, queries
from soho.house.account import HOUSE_ID
from soho.house.errors import HouseNameTaken, NobodyPaints
from soho.house.posts import POSTS
from soho.ledger.models import Transfer
from soho.providers import registry
from tests.house.conftest import PERCENT
from tests.support import engine

PRICE = sum(10 if post.kind == "video" else 1 for post in POSTS)


def house() -> User:
    return User.objects.get(pk=HOUSE_ID)


def at_once(act: Callable[[], int], times: int) -> list[int]:
    """What `act` answered to each of `times` people who asked together."""
    start = threading.Barrier(times)

    def one() -> int:
        try:
            start.wait(10)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as people:
        return [asked.result(60) for asked in [people.submit(one) for _ in range(times)]]


def test_eight_posts_are_made_by_a_real_worker_published_and_taken_away() -> None:
    """Given an empty feed, when the house fills it, then each is in the feed as it gets ready."""
    assert len(POSTS) == len({post.prompt for post in POSTS}) == 8
    with (
        engine.worker(SOHO_PROVIDERS="soho.providers.diorama", SOHO_DIORAMA_PERCENT=str(PERCENT)),
        ThreadPoolExecutor(1) as terminal,
    ):
        asked = terminal.submit(CliRunner().invoke, main, ["house", "fill", "--wait"])
        seen: set[int] = set()

        def hung() -> bool:
            actions.publish_ready()
            seen.add(queries.filling().count("published"))
            return queries.filling().whole

        engine.until(hung, seconds=100)
        told = asked.result(30)
    assert len(seen) > 2  # one after the other, not all at the end
    assert (told.exit_code, told.stderr) == (0, "")
    assert told.stdout.startswith("8 posts are being made")
    assert told.stdout.endswith("\n8 of 8 are in the feed.\n")
    assert Transfer.objects.get(kind="grant", target__user=house()).amount == PRICE

    # Real attempts, real objects, everything paid; the books are right and nobody has anything left over.
    assert Attempt.objects.filter(outcome=Outcome.SUCCEEDED, creation__user=house()).count() == 8
    assert engine.tokens(house()) == (0, 0)
    assert engine.books_balance()
    feed = Client().get("/api/feed").json()["creations"]
    captions = {post.caption: post for post in POSTS}
    assert {one["caption"] for one in feed} == set(captions)
    for one in feed:
        post = captions[one["caption"]]
        assert (one["username"], one["mediaType"], one["aspectRatio"]) == (
            "soho-house",
            post.kind,
            post.aspect_ratio,
        )
    assert len(engine.stored()) >= 16
    assert "House</span>" in Client().get("/soho/explore").content.decode()

    # Filling it again finds nothing to do; clearing leaves neither rows nor objects, and the books stay.
    assert actions.fill() == 0
    assert actions.clear() == 8
    while DoomedObject.objects.exists():
        remove_objects()
    assert not engine.stored()
    assert not Creation.objects.exists()
    assert Transfer.objects.filter(kind="capture").count() == 8
    assert engine.books_balance()
    assert actions.clear() == 0


def test_cleared_in_the_middle_it_gives_everything_back_and_can_be_filled_again() -> None:
    actions.fill()
    assert queue.claim("video", worker="a test")
    assert work_once("image", worker="a test")  # one is a draft now
    assert queries.filling().count("draft") == 1
    assert actions.clear() == 8
    assert queries.filling().empty
    assert engine.tokens(house()) == (0, 0)
    assert engine.books_balance()
    assert actions.fill() == 8
    assert engine.tokens(house()) == (0, PRICE)


def test_many_who_fill_at_once_fill_once() -> None:
    """Given four people press at the same instant, also the first time, then there are eight posts."""
    assert sorted(at_once(actions.fill, 4)) == [0, 0, 0, 8]
    assert Creation.objects.filter(user_id=HOUSE_ID).count() == 8
    assert engine.tokens(house()) == (0, PRICE)
    assert sum(at_once(actions.clear, 3)) == 8
    assert engine.tokens(house()) == (0, 0)
    assert engine.books_balance()


def test_many_who_publish_at_once_publish_each_once() -> None:
    actions.fill()
    for _ in range(3):
        assert work_once("image", worker="a test")
    assert sum(at_once(actions.publish_ready, 4)) == 3
    assert queries.filling().count("published") == 3


def test_what_broke_off_half_way_is_taken_up_and_what_failed_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given the filling breaks off at the fourth post, then there is nothing, not three and no tokens.
    started: list[object] = []
    start = verbs.start

    def stumbling(*wish: object) -> object:
        started.append(wish)
        if len(started) == 4:
            raise RuntimeError("the machine is gone")
        return start(*wish)

    monkeypatch.setattr(verbs, "start", stumbling)
    with pytest.raises(RuntimeError):
        actions.fill()
    assert not Creation.objects.exists()
    assert not User.objects.filter(pk=HOUSE_ID).exists()
    monkeypatch.undo()

    # Given one failed and one was cancelled, then filling again tries these two, and pays no more than once.
    actions.fill()
    failing = queue.claim("image", worker="a test")
    assert failing
    outcomes.fail(failing.creation_id, failing.fence, code="black", message="All black.", retriable=False)
    waiting = Creation.objects.filter(user_id=HOUSE_ID, status=Status.PENDING).first()
    assert waiting
    verbs.cancel(HOUSE_ID, waiting.pk)
    assert queries.filling().count("failed") == 2
    assert actions.fill() == 2
    assert queries.filling().count("pending") == 8
    assert engine.tokens(house()) == (0, PRICE)
    assert engine.books_balance()


def test_a_draft_of_anybody_else_is_not_the_houses_to_publish(alice: User) -> None:
    post = next(post for post in POSTS if post.kind == "image")
    order = actions._order(post)
    mine = verbs.start(alice, order)
    assert work_once("image", worker="a test")
    assert actions.publish_ready() == 0
    assert engine.status(mine) == "draft"


def test_nobody_signs_in_as_the_house_or_takes_its_name(client: Client) -> None:
    actions.fill()
    assert not house().has_usable_password()
    answer = client.post("/accounts/login/", {"login": "soho-house", "password": ""})
    assert answer.status_code == 200  # the form again
    for name in ("soho-house", "Soho_House", "soho.house"):
        joined = client.post("/accounts/signup/", {"username": name, "password1": "between the acts 7"})
        assert b"That name is kept for the site itself" in joined.content


def test_without_the_renderer_or_the_name_it_says_so(settings: Settings, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(username="soho-house")
    with pytest.raises(HouseNameTaken):
        actions.fill()
    settings.PROVIDERS = ["tests.support.rehearsal"]
    registry.providers.cache_clear()
    try:
        with pytest.raises(NobodyPaints):
            actions.fill()
        told = CliRunner().invoke(main, ["house", "fill"])
        assert (told.exit_code, told.stderr.count("\n")) == (1, 1)
        assert "SOHO_PROVIDERS" in told.stderr
    finally:
        registry.providers.cache_clear()
    assert not Creation.objects.exists()


def test_on_the_command_line() -> None:
    def said(*words: str) -> str:
        done = CliRunner().invoke(main, ["house", *words])
        assert (done.exit_code, done.stderr) == (0, "")
        return done.stdout

    assert said("fill") == "8 posts are being made; each is in the feed as soon as it is ready.\n"
    assert said("fill") == "They are all there or on their way.\n"
    assert said("clear") == "8 posts of the house are gone.\n"
    assert said("clear") == "0 posts of the house are gone.\n"


@pytest.fixture
def as_operator(db: None) -> Client:
    client = Client()
    client.force_login(create_user("alice", "between the acts 7", operator=True))
    return client


def test_the_page_is_for_operators_alone(as_operator: Client, bob: User) -> None:
    other = Client()
    other.force_login(bob)
    for path in ("/house/fill", "/house/clear"):
        assert other.post(path).status_code == 404
        assert Client().post(path)["Location"].startswith("/accounts/login/")
        assert as_operator.get(path).status_code == 405
    assert other.get("/house").status_code == 404
    assert b"/house" not in other.get("/settings").content
    assert not Creation.objects.exists()
    assert b"Fill the feed" in as_operator.get("/house").content
    for path in ("/settings", "/soho/explore"):  # an empty feed offers it too
        assert b'href="/house"' in as_operator.get(path).content
        assert b'href="/house"' not in other.get(path).content


def test_the_page_fills_and_clears_at_few_queries(
    as_operator: Client, django_assert_num_queries: Callable[[int], object]
) -> None:
    assert as_operator.post("/house/fill")["Location"] == "/house"
    assert work_once("image", worker="a test")
    html = as_operator.get("/house").content.decode()
    assert html.count('data-status="pending"') == 7
    assert html.count('data-status="draft"') == 1
    assert html.count("/media/") == 0  # a draft's picture is nobody's but the house's
    with django_assert_num_queries(3):
        as_operator.get("/house", headers={"X-Fragment": "opening"})
    actions.publish_ready()
    assert as_operator.get("/house").content.decode().count("_thumb.jpg") == 1
    as_operator.post("/house/clear")
    assert b"Fill the feed" in as_operator.get("/house").content
