"""The rehearsal provider, a client for each of the cast, and creations in any status."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import boto3
import pytest
from django.db.models import F
from django.test import Client
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from soho.accounts.models import User
from soho.creations import actions
from soho.creations.models import Creation
from soho.creations.objects import storage
from soho.generation import queue
from soho.generation.run import work_once
from soho.providers import registry
from tests.support.engine import start, stored

Api = Callable[..., Any]


@pytest.fixture(autouse=True)
def rehearsal(settings: Settings, db: None) -> Iterator[None]:
    settings.PROVIDERS = ["tests.support.rehearsal"]
    # Most of these stories are one transaction, into which a beating heart's own connection cannot see.
    settings.HEARTBEAT_SECONDS, settings.LEASE_SECONDS = 60, 600
    registry.providers.cache_clear()
    storage().delete([item.key for item in storage().keys()])  # noqa: SIM118 - a storage is no dict
    yield
    registry.providers.cache_clear()


class Caller:
    """Somebody at the API, with a session or a key."""

    def __init__(self, user: User | None = None, key: str | None = None, *, csrf: bool = False) -> None:
        self.client = Client(enforce_csrf_checks=csrf)
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}
        if user is not None:
            self.client.force_login(user)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api{path}", query, headers=self.headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.client.post(
            f"/api{path}",
            body if isinstance(body, str | bytes) else json.dumps(body or {}),
            content_type="application/json",
            headers={**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}},
        )

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/api{path}", headers=self.headers)


@pytest.fixture
def as_alice(alice: User) -> Caller:
    return Caller(alice)


@pytest.fixture
def as_bob(bob: User) -> Caller:
    return Caller(bob)


@pytest.fixture
def a_draft(alice: User) -> UUID:
    return make(alice, "draft")


@pytest.fixture
def bucket(settings: Settings) -> Iterator[str]:
    """A real S3 server with the bucket of this installation; its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    boto3.client(
        "s3",
        endpoint_url=address,
        aws_access_key_id="alice-key",
        aws_secret_access_key="alice-secret",
        region_name="us-east-1",
    ).create_bucket(Bucket="soho")
    settings.R2 = {
        "R2_ACCESS_KEY_ID": "alice-key",
        "R2_SECRET_ACCESS_KEY": "alice-secret",
        "R2_ENDPOINT_URL": address,
        "R2_BUCKET_NAME": "soho",
    }
    storage.cache_clear()
    # Servers of one process share what they keep.
    storage().delete(stored())
    yield address
    storage.cache_clear()
    server.stop()


def time_passes(seconds: float = 15) -> None:
    """What was deleted was deleted that much longer ago, and what is scheduled is that much nearer."""
    earlier = timedelta(seconds=seconds)
    Creation.objects.filter(deleted_at__isnull=False).update(deleted_at=F("deleted_at") - earlier)
    Creation.objects.filter(publish_at__isnull=False).update(publish_at=F("publish_at") - earlier)


def make(user: User, status: str, *, kind: str = "video") -> UUID:
    """A creation of the person's in `status`, brought there by the product's own verbs."""
    creation_id = start(user, "fail=moderated" if status == "failed" else "A quiet lake", kind=kind)
    if status == "processing":
        assert queue.claim(kind, worker="a test")
    elif status != "pending":
        assert work_once(kind, worker="a test")
    if status == "published":
        actions.publish(user.pk, creation_id, caption="By the lake")
    assert Creation.objects.get(pk=creation_id).status == status
    return creation_id
