"""One's own stream: what is told, to whom, and how it is taken up again."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from soho.accounts.actions import create_api_key, revoke_api_key
from soho.accounts.models import User
from soho.creations import actions, intake, states
from soho.creations.models import Creation
from soho.generation import queue
from soho.ledger.actions import grant
from soho.live import queries
from tests.live.conftest import Headers
from tests.support.live import LiveDoor, live_door
from tests.web.conftest import make, update

HeadersOf = Callable[[User], Headers]


def start(user: User, prompt: str = "Fog") -> str:
    return str(actions.start(user, intake.order("video", prompt)))


def test_a_creation_is_told_from_its_start_to_its_draft(
    door: LiveDoor, alice: User, session_of: HeadersOf
) -> None:
    # Given Alice's stream, which begins with an empty queue and her balance,
    reader = door.ask("/live/me", **session_of(alice))
    assert reader.headers["Content-Type"].startswith("text/event-stream")
    begun = reader.next()
    assert begun is not None
    assert (begun.name, begun.data) == (
        "queue", {"creations": [], "gone": [], "balance": {"available": 50, "held": 0}}
    )  # fmt: skip
    assert reader.retry is not None

    # when she starts a video, it and the price that is held are told;
    video = start(alice, "Fog lifting\noff a lake")
    pending = reader.until("creation", creationId=video, status="pending")
    assert pending.data["title"] == "Fog lifting off a lake"
    assert reader.until("balance").data == {"available": 40, "held": 10}

    # when a worker claims it and reports, so are words, progress and time left;
    claim = queue.claim("video", worker="test")
    assert claim is not None
    reader.until("creation", status="processing")
    update(Creation.objects.get(), expected_seconds=60)
    queue.heartbeat(claim.creation_id, claim.fence, progress=0.5, note="Painting frame 96 of 192")
    halfway = reader.until("creation", progress=0.5).data
    assert halfway["progressNote"] == "Painting frame 96 of 192"
    least, most = halfway["etaRange"]
    assert least <= halfway["etaSeconds"] <= most

    # and when she cancels, the failure, its reason and the tokens.
    actions.cancel(alice.pk, claim.creation_id)
    failed = reader.until("creation", status="failed").data
    assert failed["error"]["code"] == "cancelled"
    assert reader.until("balance").data == {"available": 50, "held": 0}
    actions.delete(alice.pk, claim.creation_id)
    reader.until("gone", creationId=video)
    reader.close()


def test_nobody_sees_anothers_things(
    door: LiveDoor, alice: User, bob: User, charlie: User, key_of: HeadersOf
) -> None:
    # Given Bob and an outsider who watch,
    bobs, charlies = door.ask("/live/me", **key_of(bob)), door.ask("/live/me", **key_of(charlie))
    assert bobs.next().data["creations"] == charlies.next().data["creations"] == []

    # when Alice makes something and later Bob does,
    start(alice)
    make(alice, "processing")
    his = start(bob)

    # then the first that Bob hears of is his own, and the outsider hears of nothing but a gift.
    first = [bobs.next(), bobs.next()]
    assert {one.name for one in first} == {"creation", "balance"}
    assert next(one for one in first if one.name == "creation").data["creationId"] == his
    grant(charlie.pk, 3, reason="A gift", key="gift")
    heard = charlies.next()
    assert (heard.name, heard.data) == ("balance", {"available": 53, "held": 0})
    bobs.close()
    charlies.close()


def test_a_stream_is_taken_up_where_it_ended(own_door: LiveDoor, alice: User, key_of: HeadersOf) -> None:
    door = own_door
    # Given a stream that heard of two creations and broke off,
    headers = key_of(alice)
    reader = door.ask("/live/me", **headers)
    reader.next()
    kept = start(alice)
    reader.until("creation", creationId=kept)
    lost = start(alice)
    last = reader.until("creation", creationId=lost).id
    reader.close()

    # when one is published and one deleted before it comes back (to a door that was started since),
    door.kill()
    claim = queue.claim("video", worker="test")
    assert str(claim.creation_id) == kept
    update(Creation.objects.get(pk=kept), status="draft", media_key="videos/x.mp4", hold=None)
    actions.publish(alice.pk, claim.creation_id, caption="Up")
    other = Creation.objects.get(pk=lost)
    actions.cancel(alice.pk, other.pk)
    actions.delete(alice.pk, other.pk)
    door.open()

    # then it hears of both, by the browser's header as well as by the address,
    for path, more in (("/live/me", {"Last_Event_ID": last}), (f"/live/me?after={last}", {})):
        again = door.ask(path, **headers, **more)
        begun = again.next()
        assert begun.name == "queue"
        assert [(one["creationId"], one["status"]) for one in begun.data["creations"]] == [
            (kept, "published")
        ]
        assert begun.data["gone"] == [lost]
        door.let_go(again)

    # while a new stream, or one with an id that is none, begins with what is being made.
    for nothing in ({}, {"Last_Event_ID": "nonsense"}):
        fresh = door.ask("/live/me", **headers, **nothing)
        assert fresh.next().data["creations"] == []
        door.let_go(fresh)


def test_a_new_stream_still_tells_what_came_out_lately(
    door: LiveDoor, alice: User, bob: User, key_of: HeadersOf
) -> None:
    ready = make(alice, "draft")
    states.record(ready.pk, alice.pk, states.COMPLETE)
    old = make(alice, "draft")
    bobs = make(bob, "draft")
    states.record(bobs.pk, bob.pk, states.COMPLETE)
    reader = door.ask("/live/me", **key_of(alice))
    assert [one["creationId"] for one in reader.next().data["creations"]] == [str(ready.pk)]
    assert old.pk
    reader.close()


@pytest.mark.parametrize("how", ["signs out", "is switched off", "changes the password", "revokes the key"])
def test_who_may_watch_no_longer_is_told_no_more(
    door: LiveDoor, alice: User, bob: User, session_of: HeadersOf, key_of: HeadersOf, how: str
) -> None:
    # Given Alice and Bob, who watch,
    key, text = create_api_key(alice, "phone")
    headers = {"Authorization": f"Bearer {text}"} if how == "revokes the key" else session_of(alice)
    reader, bobs = door.ask("/live/me", **headers), door.ask("/live/me", **key_of(bob))
    assert reader.next() is not None
    assert bobs.next() is not None

    # when her right to it ends,
    match how:
        case "signs out":
            Session.objects.all().delete()
        case "is switched off":
            User.objects.filter(pk=alice.pk).update(is_active=False)
        case "changes the password":
            alice.set_password("another act 9")
            alice.save()
        case "revokes the key":
            revoke_api_key(alice, key.pk)

    # then her stream ends and opens no more, and Bob's goes on.
    assert reader.next() is None
    refused = door.ask("/live/me", **headers)
    assert (refused.status, refused.problem()["code"]) == (401, "unauthenticated")
    grant(bob.pk, 1, reason="A gift", key="gift")
    assert bobs.until("balance").data["available"] == 51
    bobs.close()


def test_signing_out_on_a_page_ends_the_stream(door: LiveDoor, alice: User) -> None:
    client = Client()
    client.force_login(alice)
    reader = door.ask("/live/me", Cookie=f"sessionid={client.cookies['sessionid'].value}")
    assert reader.next() is not None
    client.post("/accounts/logout/")
    assert reader.next() is None


def test_one_question_a_tick_however_many_are_at_work(
    alice: User, bob: User, django_assert_num_queries: Callable[..., object]
) -> None:
    # Given what twenty people watch (the credentials), and much that happens,
    for user in (alice, bob):
        for _ in range(10):
            start(user) if user.pk and Creation.objects.filter(user=user).count() < 5 else make(
                user, "processing"
            )
    watching = [queries.Credential(f"session-{n}", alice.pk, "0" * 32) for n in range(200)]

    # then what changed is one query, and who may still watch is one, whatever their number;
    with django_assert_num_queries(1):
        found = queries.changes(None, posts=True)
    assert {row["user_id"] for row in found.items} == {str(alice.pk), str(bob.pk)}
    with django_assert_num_queries(1):
        assert len(queries.ended(watching)) == 200
    # and where a stream begins is one.
    with django_assert_num_queries(1):
        queries.beginning(alice.pk, found.at)


def test_streams_hold_no_database_connections(alice: User, key_of: HeadersOf, transactional_db: None) -> None:
    # Given a door whose connections can be told apart,
    from django.db import connection

    def statements() -> tuple[int, int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), count(*) FILTER (WHERE state = 'active') FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND query ILIKE '%%going%%'"
            )
            return cursor.fetchone()

    def connections() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            return int(cursor.fetchone()[0])

    before = connections()
    with live_door(SOHO_LIVE_STREAMS_PER_PERSON="40") as door:
        # when forty streams are open,
        headers = key_of(alice)
        readers = [door.ask("/live/me", **headers) for _ in range(40)]
        for reader in readers:
            assert reader.next() is not None
        # then one connection polls, and those that opened the streams are few.
        assert connections() - before <= 5
        assert statements()[0] <= 2  # two of its pool, taking turns
        grant(alice.pk, 1, reason="A gift", key="gift")
        for reader in readers:
            assert reader.until("balance").data["available"] == 51
            reader.close()
