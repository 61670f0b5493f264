"""The roles as separate processes, started as the deployment files start them.

Commands and variables come from the files; only the values are this machine's. The servers are real:
PostgreSQL, a Valkey on a port, an S3 server. As in the image, the
static files were collected before.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest
from django.conf import settings
from moto.server import ThreadedMotoServer

from soho.embedded import addresses
from soho.embedded.binaries import valkey_program
from tests.deploy import files
from tests.support.otlp import Received, Receiver, receiver
from tests.support.surroundings import nothing_configured

PATIENCE = 120  # seconds, on a machine busy with other tests
DATABASE = f"soho_fleet_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"


class Fleet:
    """Every role's process, and a client of its web."""

    def __init__(self, folder: Path, values: dict[str, str], roles: list[files.Role]) -> None:
        self.folder = folder
        self.values = values
        self.roles = {role.name: role for role in roles}
        self.port = free_port()
        self.key = ""
        self._running: list[subprocess.Popen[bytes]] = []

    def environment(self, role: str, copy: int = 0) -> dict[str, str]:
        """What the file tells this role, with this machine's values; and what the image itself sets."""
        told = {name: self.values[name] for name in self.roles[role].environment}
        home = self.folder / f"{role}-{copy}"
        home.mkdir(mode=0o700, exist_ok=True)
        return nothing_configured(
            **told,
            SOHO_HOME=str(home),
            SOHO_STATIC=str(self.folder / "static"),
            HOST="127.0.0.1",
            PORT=str(self.port),
            SOHO_LOG_JSON="1",
            PYTHONPATH=str(files.ROOT),
            # Not the files': a small film, and spans sent soon, so that the test is short.
            SOHO_DIORAMA_PERCENT="17",
            OTEL_BSP_SCHEDULE_DELAY="200",
        )

    def start(self, role: str, copy: int = 0) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "soho", *self.roles[role].command],
            env=self.environment(role, copy),
            cwd=self.folder,
            start_new_session=True,
        )
        self._running.append(process)
        return process

    def soho(self, *words: str, role: str = "web", given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "soho", *words],
            env=self.environment(role),
            cwd=self.folder,
            input=given,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def healthy(self, role: str) -> bool:
        probe = self.roles[role].health[1:] or ("probe", "web")
        return self.soho(*probe, role=role).returncode == 0

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={
                "Authorization": f"Bearer {self.key}",
                "Content-Type": "application/json",
                "Host": "localhost",
            },
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            content = answer.read()
        return json.loads(content) if "json" in answer.headers["Content-Type"] else content

    def creation(self, creation_id: str) -> Any:
        return self.ask("GET", f"/api/generate/video/{creation_id}")["creation"]

    def end(self) -> None:
        for process in self._running:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            process.wait(10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if true():
                return
        except (OSError, urllib.error.HTTPError):
            pass
        assert time.monotonic() < deadline, what
        time.sleep(0.2)


def make_bucket(values: dict[str, str]) -> None:
    """As an operator does, where `soho migrate` is not told to."""
    boto3.session.Session().client(
        "s3",
        endpoint_url=values["R2_ENDPOINT_URL"],
        aws_access_key_id=values["R2_ACCESS_KEY_ID"],
        aws_secret_access_key=values["R2_SECRET_ACCESS_KEY"],
        region_name="us-east-1",
    ).create_bucket(Bucket=values["R2_BUCKET_NAME"])


@pytest.fixture
def valkey_port(tmp_path: Path) -> Iterator[int]:
    port = free_port()
    program = valkey_program(tmp_path, None)
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    yield port
    process.kill()
    process.wait(10)


@pytest.fixture
def traces() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture
def values(valkey_port: int, traces: Receiver) -> Iterator[dict[str, str]]:
    """A value on this machine for each variable that the files name."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    admin = addresses.database_url(settings.SOHO_HOME, database="postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}")
    yield {
        "DATABASE_URL": addresses.database_url(settings.SOHO_HOME, database=DATABASE),
        "REDIS_HOST": "127.0.0.1",
        "REDIS_PORT": str(valkey_port),
        "R2_ENDPOINT_URL": f"http://{host}:{port}",
        "R2_BUCKET_NAME": "soho",
        "R2_ACCESS_KEY_ID": "fleet-key",
        "R2_SECRET_ACCESS_KEY": "fleet-secret",
        "SOHO_MEDIA_REDIRECT": "0",
        "SOHO_SECRET_KEY": "a secret for the fleet of this test only",
        "SOHO_BASE_URL": "http://localhost",
        "SOHO_BEHIND_PROXY": "0",
        "OTEL_EXPORTER_OTLP_ENDPOINT": traces.address,
    }
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
    server.stop()


@pytest.fixture(params=["compose", "kubernetes"])
def fleet(request: pytest.FixtureRequest, tmp_path: Path, values: dict[str, str]) -> Iterator[Fleet]:
    roles = files.compose_roles() if request.param == "compose" else files.kubernetes_roles()
    folder = tmp_path / "fleet"
    folder.mkdir()
    found = Fleet(folder, values, roles)
    collect = [sys.executable, "-m", "django", "collectstatic", "--no-input", "--verbosity", "0"]
    building = found.environment("web") | {"DJANGO_SETTINGS_MODULE": "soho.config.settings"}
    subprocess.run(collect, env=building, check=True, timeout=PATIENCE)
    yield found
    found.end()
    shutil.rmtree(folder, ignore_errors=True)


# From the click to the stored object, each below the one it is part of: web, broker, worker, provider.
WAY = {
    "POST /api/generate/video": "",
    "creation.start": "POST /api/generate/video",
    "ring": "creation.start",
    "claim": "creation.start",
    "attempt": "creation.start",
    "provider call": "attempt",
    "media": "attempt",
    "upload": "attempt",
    "complete": "attempt",
}


def way_of(traces: Receiver, creation_id: str) -> dict[str, str]:
    """The spans of the trace in which a creation was started, each with the name of the one it is part of."""
    spans = list(traces.spans)

    def starts(span: Received) -> bool:
        return span.name == "creation.start" and span.facts["soho.creation_id"] == creation_id

    ours = {one.trace for one in spans if starts(one)}
    names = {one.id: one.name for one in spans}
    return {one.name: names.get(one.parent, "") for one in spans if one.trace in ours}


@pytest.mark.timeout(600)
def test_the_roles_make_store_and_publish_a_video_and_drain_without_losing_one(
    fleet: Fleet, traces: Receiver
) -> None:
    # Given the schema and the bucket, made as the files say
    if "--create-bucket" not in fleet.roles["migrate"].command:
        make_bucket(fleet.values)
    assert fleet.start("migrate").wait(PATIENCE) == 0
    roles = ("web", "video", "image", "upkeep", "beat")
    processes = {role: fleet.start(role) for role in roles}
    until(lambda: fleet.ask("GET", "/healthz")["status"] == "ok", "the web serves")

    # And alice, with a key
    assert fleet.soho("users", "create", "alice", given="between the acts 7\n").returncode == 0
    fleet.key = fleet.soho("keys", "create", "alice").stdout.strip()

    # When she asks for a video and an image
    video = fleet.ask("POST", "/api/generate/video", {"prompt": "a red balloon over a lake"})["creationId"]
    image = fleet.ask("POST", "/api/image/generate", {"prompt": "a lighthouse at night"})["image"]["image_id"]
    until(lambda: fleet.creation(video)["status"] == "draft", "the video becomes a draft")
    assert fleet.creation(image)["status"] == "draft"

    # And where the files' one value says where to, all of it is one trace
    until(lambda: way_of(traces, video) == WAY, "the video's trace is whole")

    # Then its bytes come from the bucket through the web, and publishing puts it into the feed
    made = fleet.creation(video)
    assert fleet.ask("GET", made["mediaUrl"].partition("localhost")[2] or made["mediaUrl"])[4:8] == b"ftyp"
    fleet.ask("POST", f"/api/generate/video/{video}/publish", {"caption": "From the fleet"})
    assert fleet.ask("GET", "/api/feed")["creations"][0]["creationId"] == video
    for role in roles:
        until(lambda role=role: fleet.healthy(role), f"{role} is alive")

    # When a worker is drained in the middle of its work, another takes the work up, at no further cost
    second = fleet.ask("POST", "/api/generate/video", {"prompt": "a train crosses a bridge"})["creationId"]
    until(lambda: fleet.creation(second)["status"] == "processing", "it is being made")
    fleet.start("video", copy=1)
    processes["video"].send_signal(signal.SIGTERM)
    assert processes["video"].wait(PATIENCE) == 0
    until(lambda: fleet.creation(second)["status"] == "draft", "the other worker makes it")
    assert fleet.ask("GET", "/api/me")["balance"] == {"available": 50 - 10 - 1 - 10, "held": 0}
    assert fleet.soho("ledger", "verify").returncode == 0

    # And every other role ends when it is asked to
    for role in ("web", "image", "upkeep", "beat"):
        processes[role].send_signal(signal.SIGTERM)
    for role in ("web", "image", "upkeep", "beat"):
        assert processes[role].wait(PATIENCE) in {0, -signal.SIGTERM}, role
