"""Lines to PostgreSQL and Valkey that break, or go dead without a word: nobody waits on them for ever."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
from celery import Celery
from django.conf import settings
from django.core.cache.backends.redis import RedisCache
from psycopg_pool import ConnectionPool
from redis.exceptions import TimeoutError as NoAnswer

from soho.config.brokers import cache_options, transport_options
from soho.config.celery import PromptConnection
from soho.config.celery import app as product
from soho.config.databases import database_from_url
from soho.creations import bell
from soho.embedded import addresses
from tests.chaos.proxy import Proxy


@pytest.fixture
def to_postgres() -> Iterator[Proxy]:
    with Proxy(addresses.postgres_socket(settings.SOHO_HOME)) as proxy:
        yield proxy


@pytest.fixture
def to_valkey() -> Iterator[Proxy]:
    with Proxy(addresses.valkey_socket(settings.SOHO_HOME)) as proxy:
        yield proxy


def database(proxy: Proxy) -> dict[str, Any]:
    return database_from_url(f"postgresql://soho@127.0.0.1:{proxy.port}/postgres", pool_size=2)


def connected(proxy: Proxy, **more: Any) -> psycopg.Connection:
    found = database(proxy)
    options = {name: value for name, value in found["OPTIONS"].items() if name != "pool"}
    return psycopg.connect(
        host=found["HOST"], port=found["PORT"], user=found["USER"], dbname=found["NAME"], **options, **more
    )


def pool(proxy: Proxy) -> ConnectionPool:
    """As Django makes it."""
    return ConnectionPool(
        f"postgresql://soho@127.0.0.1:{proxy.port}/postgres", open=True, **database(proxy)["OPTIONS"]["pool"]
    )


def is_kept_alive(line: socket.socket) -> None:
    assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
    idle = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
    pause = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL)
    times = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT)
    # The worst case, in seconds; the system's own is more than two hours.
    assert idle + pause * times <= 30


def test_postgresql_that_vanished_is_found_out(to_postgres: Proxy) -> None:
    with connected(to_postgres) as line, closing(socket.socket(fileno=line.pgconn.socket)) as found:
        is_kept_alive(found)
        # And when something was sent that nobody took, milliseconds.
        assert 0 < found.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) <= 30_000
        found.detach()


def test_an_operator_may_be_more_patient_with_postgresql() -> None:
    url = "postgresql://soho@db.example/soho?keepalives_idle=300&connect_timeout=30"
    options = database_from_url(url, pool_size=0)["OPTIONS"]
    assert (options["keepalives_idle"], options["connect_timeout"]) == ("300", "30")


def test_a_worker_learns_that_the_broker_vanished(to_valkey: Proxy) -> None:
    app = Celery(broker=f"redis://127.0.0.1:{to_valkey.port}/0")
    app.conf.broker_transport_options = transport_options()
    with app.connection_for_read() as broker:
        client = broker.default_channel.client
        line = client.connection_pool.get_connection()
        is_kept_alive(line._sock)
        client.connection_pool.release(line)


def test_a_worker_asks_often_whether_the_broker_is_back(to_valkey: Proxy) -> None:
    # Given a broker that is away
    to_valkey.turn("refuse")
    pauses: list[float] = []

    def comes_back(error: Exception, pause: float) -> None:
        pauses.append(pause)
        to_valkey.turn("pass")

    # When a worker asks for it, then it asks again soon after
    with PromptConnection(f"redis://127.0.0.1:{to_valkey.port}/0") as line:
        line.ensure_connection(comes_back, None)
        assert line.default_channel.client.ping()
    assert pauses == [0.5]
    # And the product's own lines are such lines
    with product.connection_for_read() as line:
        assert isinstance(line, PromptConnection)


def test_a_dead_cache_is_an_error_and_no_hanging_page(to_valkey: Proxy) -> None:
    url = f"redis://127.0.0.1:{to_valkey.port}/0"
    cache = RedisCache(url, {"OPTIONS": cache_options(url)})
    cache.set("rehearsal", 1)
    to_valkey.turn("hole")
    with pytest.raises(NoAnswer):
        cache.get("rehearsal")


def test_a_dead_broker_is_a_ring_unheard(to_valkey: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    app = Celery(broker=f"redis://127.0.0.1:{to_valkey.port}/0")
    app.conf.broker_transport_options = transport_options()
    app.conf.task_publish_retry = False
    monkeypatch.setattr(bell, "app", app)
    assert bell.ring("a-lane-of-this-test")
    to_valkey.turn("hole")
    assert not bell.ring("a-lane-of-this-test")


def test_after_an_outage_the_database_is_there_for_the_next_who_asks(to_postgres: Proxy) -> None:
    # Given a pool whose only connection breaks, and that cannot make another for a while
    with pool(to_postgres) as connections:
        with connections.connection() as line:
            line.execute("SELECT 1")
        to_postgres.turn("refuse")
        outage = time.monotonic() + 7.5
        while time.monotonic() < outage:
            with pytest.raises(psycopg.Error), connections.connection(timeout=0.5) as line:
                line.execute("SELECT 1")
        # When the server is back, then the next who asks is served, not only whoever comes minutes later:
        # the pool by itself would wait as long again as the outage has lasted.
        to_postgres.turn("pass")
        with connections.connection(timeout=5) as line:
            assert line.execute("SELECT 1").fetchone() == (1,)
