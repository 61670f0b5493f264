"""Requests that are sent once, answers that are capped, and which failures certainly bought nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest

from soho.providers import wire
from soho.providers.contract import ProviderError
from soho.providers.faults import Faults, reads_as_refusal, retry_after
from soho.providers.openai.client import Counted as Counted2
from soho.providers.wire import PerProcess, Wire, capped, never_sent
from tests.support.standins import CUT, KEY, Reply
from tests.support.standins.files import Files
from tests.support.standins.media import clip, picture
from tests.support.standins.orders import Ear, order
from tests.support.standins.replicate import Predictions

ROOT = Path(__file__).parents[2]


@pytest.fixture
def server() -> Iterator[Files]:
    with Files() as found:
        yield found


CLIENTS: list[Any] = [(httpx.Client, wire.Counted), (httpx2.Client, Counted2)]


@pytest.mark.parametrize(("client", "counted"), CLIENTS, ids=["httpx", "httpx2"])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_an_answer_may_not_grow_past_its_cap(
    client: Callable[..., Any], counted: Any, is_chunked: bool, server: Files
) -> None:
    server.routes["/"] = Reply(200, bytes(100_001), is_chunked=is_chunked)
    with client(event_hooks=capped(counted, 100_000)) as one, pytest.raises(wire.TooLarge):
        one.get(server.url)
    with client(event_hooks=capped(counted, 100_001)) as one:
        assert len(one.get(server.url).content) == 100_001


def test_a_submit_is_sent_once_and_told_apart(server: Files) -> None:
    faults = Faults("It", KEY)
    server.routes["/"] = CUT
    with pytest.raises(ProviderError) as cut:
        Wire(faults, {}).submit(server.url, {}, {})
    assert cut.value.code == "unknown_outcome"
    assert len(server.asked) == 1
    with pytest.raises(ProviderError) as refused:
        Wire(faults, {}).submit("http://127.0.0.1:1", {}, {})
    assert refused.value.code == "provider_down"


def test_what_was_never_sent_bought_nothing() -> None:
    wrapped = RuntimeError("SDK")
    wrapped.__cause__ = httpx.ConnectTimeout("late")
    assert never_sent(wrapped)
    assert never_sent(httpx2.ConnectError("no"))
    for error in (
        httpx.ReadTimeout("x"),
        httpx.RemoteProtocolError("x"),
        httpx.WriteError("x"),
        ValueError(),
    ):
        assert not never_sent(error)


def test_a_fork_opens_connections_of_its_own() -> None:
    made = PerProcess(lambda: os.getpid())
    assert made() == made() == os.getpid()
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        os.write(write, str(made()).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert int(os.read(read, 20)) == child


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("99999", 3600.0), ("soon", None), ("", None), ("nan", None)],
)
def test_the_wait_that_is_asked_for(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}) == seconds


def test_the_wait_may_be_a_date() -> None:
    assert retry_after({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0.0


def test_what_is_logged_holds_neither_key_nor_prompt() -> None:
    said = Faults("It", KEY).clean(
        f"bad  {KEY}: a lake\nat dawn, Bearer abcdefghijkl, ya29.xyz", "a lake at dawn"
    )
    assert said == "bad [key]: [prompt], [key], [key]"


@pytest.mark.parametrize(
    "text",
    [
        "Your request was rejected by our safety system.",
        "content_policy_violation: The content was flagged",
        "The prompt violates our usage guidelines.",
        "This violates Google's Responsible AI practices.",
        "NSFW content detected in image",
        "The input or output was flagged as sensitive. (E005)",
        "PROHIBITED_CONTENT",
        "rejected by moderation",
    ],
)
def test_words_of_content_rules_are_a_refusal(text: str) -> None:
    assert reads_as_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "CUDA out of memory",
        "worker died of an access violation",
        "duplicate key violates unique constraint",
        "the field is case-sensitive",
        "unsafe pointer",
        "train step failed",
    ],
)
def test_other_faults_are_none(text: str) -> None:
    assert not reads_as_refusal(text)


KILLED = """
import sys
from pathlib import Path
from tests.providers.stand_ins.replicate import provider
from tests.support.standins.orders import Ear, order

class Written(Ear):
    def remember(self, provider_job):
        print(provider_job, flush=True)

one = provider(sys.argv[1])
one.generate(order(one, "replicate-wan-2.2-fast"), Path(sys.argv[2]), Written())
"""


def test_a_killed_worker_leaves_a_job_that_another_takes_up(tmp_path: Path) -> None:
    with Predictions(clip(), picture()) as server:
        server.steps = 10**9
        worker = subprocess.Popen(
            [sys.executable, "-c", KILLED, server.url, str(tmp_path)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert worker.stdout
        reference = worker.stdout.readline().strip()
        while not server.jobs[reference].asked:
            time.sleep(0.02)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(10)
        server.steps = 0
        from tests.providers.stand_ins.replicate import provider

        next_worker = provider(server.url)
        job = order(next_worker, "replicate-wan-2.2-fast", provider_job=reference)
        assert next_worker.generate(job, tmp_path, Ear()).read_bytes() == clip()
        assert server.bought == 1
        assert not server.jobs[reference].is_cancelled
