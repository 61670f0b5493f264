"""One creation followed from the click to the stored object, in the logs and traces of real processes."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from pytest_django import Settings

from soho import trail
from soho.accounts.actions import create_api_key
from soho.accounts.models import User
from soho.creations.models import Creation
from soho.generation.models import Attempt
from soho.generation.tasks import sweep
from tests.support.engine import ROOT, environment, stored
from tests.support.live import free_port
from tests.support.otlp import Received, Receiver, receiver

PROMPT = "a lake nobody may read of in a log stumble=provider_down times=1"
CLICK = "click-0123456789.abc"
PATIENCE = 60.0


class Site:
    """A web and a worker, each a process with a log in JSON, behind what they take for a trusted proxy."""

    def __init__(self, folder: Path, key: str, **more: str) -> None:
        self.key = key
        self.port = free_port()
        self._logs = {name: folder / f"{name}.log" for name in ("web", "worker")}
        self._environment = environment(
            SOHO_LOG_JSON="1",
            SOHO_BEHIND_PROXY="1",
            PORT=str(self.port),
            OTEL_BSP_SCHEDULE_DELAY="200",
            **more,
        )
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, name: str, *command: str) -> None:
        with self._logs[name].open("wb") as log:
            self._running.append(
                subprocess.Popen(
                    [sys.executable, "-m", *command],
                    cwd=ROOT,
                    env=self._environment,
                    stderr=log,
                    start_new_session=True,
                )
            )

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[Any, str]:
        """The answer, and its X-Request-ID."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        common = {
            "Authorization": f"Bearer {self.key}",
            "Content-Type": "application/json",
            "Host": "localhost",
        }
        with contextlib.closing(connection):
            connection.request(method, path, json.dumps(body) if body else None, {**common, **named})
            answer = connection.getresponse()
            return json.loads(answer.read()), answer.headers["X-Request-ID"]

    def up(self) -> bool:
        with contextlib.suppress(OSError):
            return bool(self.ask("GET", "/healthz")[0]["status"] == "ok")
        return False

    def lines(self, name: str) -> list[dict[str, Any]]:
        """Every line of a process's log; each must be JSON."""
        return [json.loads(line) for line in self._logs[name].read_text().splitlines()]

    def text(self) -> str:
        return "".join(log.read_text() for log in self._logs.values())

    def end(self) -> None:
        for process in self._running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def until(true: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, what
        sweep()
        time.sleep(0.1)


@pytest.fixture
def traces() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture
def site(transactional_db: None, alice: User, tmp_path: Path, traces: Receiver) -> Iterator[Site]:
    _, key = create_api_key(alice, "a test")
    found = Site(tmp_path, key, OTEL_EXPORTER_OTLP_ENDPOINT=traces.address, OTEL_SERVICE_NAME="soho-test")
    found.start("web", "soho", "web", "--processes", "1", "--threads", "2")
    found.start("worker", "soho", "worker")
    until(found.up, "the web serves")
    yield found
    found.end()


def test_one_creation_is_followed_by_its_request_through_logs_and_traces(
    site: Site, traces: Receiver
) -> None:
    # When alice asks for a video that stumbles once, by a proxy that names her request,
    asked = {"prompt": PROMPT, "model": "rehearsal", "duration": 2}
    answer, request_id = site.ask("POST", "/api/generate/video", asked, X_Request_ID=CLICK)
    assert request_id == CLICK
    one = UUID(answer["creationId"])
    until(lambda: Creation.objects.get(pk=one).status == "draft", "the video becomes a draft")
    until(lambda: any(line["event"] == "attempt.succeeded" for line in site.lines("worker")), "it is told")
    row = Creation.objects.get(pk=one)
    assert row.request_id == CLICK

    # then every line about it carries the ids, in the web and in the worker, for both attempts
    assert_told(site, one)
    # and all of it is one trace
    assert_traced(traces, row)

    # and what failed for good and is asked for again belongs to the new request, linked to the old trace.
    failing, _ = site.ask("POST", "/api/generate/video", {**asked, "prompt": "fail=moderated"})
    other = UUID(failing["creationId"])
    until(lambda: Creation.objects.get(pk=other).status == "failed", "it fails")
    before = Creation.objects.get(pk=other)
    _, again = site.ask("POST", f"/api/generate/video/{other}/retry")
    after = Creation.objects.get(pk=other)
    assert (after.request_id, after.request_id == before.request_id) == (again, False)
    old, new = before.traceparent.split("-")[1], after.traceparent.split("-")[1]
    until(lambda: traces.named("creation.retry", new) and traces.named("attempt", new), "both are traced")
    assert [span.links for span in traces.named("creation.retry", new)] == [(old,)]
    # Nowhere does it say what she wrote, nor her key.
    wire = b"".join(traces.raw)
    for secret in ("nobody may read", site.key):
        assert secret not in site.text()
        assert secret.encode() not in wire


def assert_told(site: Site, one: UUID) -> None:
    about = [line for line in site.lines("web") + site.lines("worker") if line.get("creation") == str(one)]
    assert {line["request_id"] for line in about} == {CLICK}
    worker = [line for line in about if line["event"] != "creation.started"]
    attempts = {str(pk): fence for pk, fence in Attempt.objects.values_list("pk", "fence")}
    assert {(line["attempt"], line["fence"]) for line in worker} == set(attempts.items())
    assert [line["event"] for line in about] == [
        "creation.started",
        *("attempt.began", "provider.asked", "attempt.failed"),
        *("attempt.began", "provider.asked", "circuit.closed", "provider.answered", "media.made"),
        *["object.stored"] * 4,
        *("creation.completed", "attempt.succeeded"),
    ]
    keys = {line["key"] for line in about if line["event"] == "object.stored"}
    assert keys == {key for key in stored() if str(one) in key}


def assert_traced(traces: Receiver, row: Creation) -> None:
    trace, start = row.traceparent.split("-")[1:3]
    until(lambda: len(traces.named("attempt", trace)) == 2, "both attempts are traced")
    until(lambda: traces.named("POST /api/generate/video", trace), "the request is traced")

    def parents(name: str) -> list[str]:
        return [span.parent for span in traces.named(name, trace)]

    (web,) = traces.named("POST /api/generate/video", trace)
    (started,) = traces.named("creation.start", trace)
    assert (web.parent, started.parent, started.id) == ("", web.id, start)
    assert web.facts["http.response.status_code"] in {200, 201, 202}
    assert web.facts["soho.request_id"] == CLICK
    assert parents("ring") == [start]
    assert parents("claim") == parents("attempt") == [start, start]
    stumbled, made = sorted(traces.named("attempt", trace), key=lambda span: span.facts["soho.fence"])
    assert (stumbled.failed, made.failed) == ("provider_down", "")
    assert sorted(parents("provider call")) == sorted([stumbled.id, made.id])
    for name in ("media", "upload", "complete"):
        assert parents(name) == [made.id], name
    spans: list[Received] = [span for span in traces.spans if span.trace == trace]
    assert {span.service for span in spans} == {"soho-test"}


# --- Who is believed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("behind_proxy", "given", "kept"),
    [
        (True, CLICK, True),
        (False, CLICK, False),
        (True, "short", False),
        (True, "x" * 65, False),
        (True, "two words here", False),
        (True, 'quote"0123456789', False),
    ],
)
def test_an_id_is_taken_from_a_trusted_proxy_alone(
    settings: Settings, behind_proxy: bool, given: str, kept: bool
) -> None:
    settings.BEHIND_PROXY = behind_proxy
    answered = Client().get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"]
    assert (answered == given) is kept
    assert trail.sound(answered)


@pytest.mark.django_db
def test_every_request_has_an_id_of_its_own_and_none_outlives_it() -> None:
    first, second = (Client().get("/nowhere")["X-Request-ID"] for _ in range(2))
    assert first != second
    assert trail.request_id() == ""


def test_traces_cost_no_import_while_they_are_off() -> None:
    code = (
        "import sys, django; django.setup(); from soho.config.wsgi import application; "
        "import soho.generation.tasks; from soho import tracing\n"
        "with tracing.span('nothing'): assert tracing.current() == ''\n"
        # The Redis client itself imports what measures, wherever OpenTelemetry is installed.
        "traces = ('opentelemetry.sdk.trace.export', 'opentelemetry.exporter')\n"
        "assert not [name for name in sys.modules if name.startswith(traces)]"
    )
    ran = subprocess.run([sys.executable, "-c", code], env=environment(), cwd=ROOT, check=False, timeout=60)
    assert ran.returncode == 0


def test_a_wrong_address_stops_the_start() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env=environment(OTEL_EXPORTER_OTLP_ENDPOINT="collector:4318"),
        cwd=ROOT,
        check=False,
        timeout=60,
        capture_output=True,
        text=True,
    )
    assert ran.returncode != 0
    assert "OTEL_EXPORTER_OTLP_ENDPOINT is 'collector:4318'" in ran.stderr
