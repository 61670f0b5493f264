"""`soho up`, for real: the whole product started, hurt, killed, stopped and started again on one home."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from soho.embedded import addresses, children, up
from soho.embedded.up import MARK
from tests.support.surroundings import nothing_configured

START_SECONDS = 90  # on a machine that is busy with other tests; alone it takes about five


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Instance:
    """One `soho up` on a home, and what a person at its terminal sees."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        self.port = port
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "soho", "up"],
            env=nothing_configured(SOHO_HOME=str(home), PORT=str(port)),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def says(self, words: str) -> bool:
        return any(words in line for line in self.lines)

    def is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def await_ready(self) -> None:
        assert wait_for(
            lambda: self.says("Ctrl-C stops it") or self.process.poll() is not None, START_SECONDS
        )
        assert self.says("Soho is ready"), self.lines

    def end(self, sign: signal.Signals) -> int:
        self.process.send_signal(sign)
        status = self.process.wait(60)
        self._reader.join(5)
        return status

    def processes(self) -> list[psutil.Process]:
        """Every process of this instance but the supervisor."""
        mark = addresses.fingerprint(self.home)
        return children.leftovers(
            lambda process: (
                any(str(self.home) in word or f"soho-{mark}" in word for word in process.cmdline())
                or process.environ().get(MARK) == mark
            )
        )

    def process_of(self, words: str) -> psutil.Process | None:
        """The oldest of its processes with these words in the command line; None while there is none."""
        found = [process for process in self.processes() if words in " ".join(process.cmdline())]
        return min(found, key=lambda process: process.create_time(), default=None)


def wait_for(condition: Callable[[], object], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def soho(home: Path, *words: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "soho", *words],
        env=nothing_configured(SOHO_HOME=str(home), **environment),
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.timeout(600)
def test_a_day_in_the_life_of_an_instance(home):
    first = Instance(home, free_port())
    try:
        # Given a first start: it serves, and offers to make the first operator
        first.await_ready()
        assert first.is_healthy()
        assert first.says(f"http://localhost:{first.port}/welcome/")

        # A second instance on the same folder says so in one sentence
        second = soho(home, "up", PORT=str(free_port()))
        assert (second.returncode, second.stderr.count("\n")) == (1, 1)
        assert f"already runs on SOHO_HOME ({home})" in second.stderr

        # Commands find the running instance by its folder alone
        assert soho(home, "users", "create", "alice", given="between the acts 7\n").returncode == 0
        granted = soho(home, "tokens", "grant", "alice", "7", "--reason", "a gift")
        assert granted.stdout == "alice has 57 tokens now.\n", granted.stderr

        # What dies is started again: the web, a worker, the database
        first.process_of("soho web").kill()
        assert wait_for(lambda: first.says("web was killed by SIGKILL"), 10)
        assert wait_for(first.is_healthy, START_SECONDS)
        worker = first.process_of("--lane video")
        worker.kill()
        assert wait_for(lambda: first.says("video was killed by SIGKILL"), 10)
        assert wait_for(lambda: first.process_of("--lane video") not in (None, worker), 10)
        live = first.process_of("soho live")
        live.kill()
        assert wait_for(lambda: first.says("live was killed by SIGKILL"), 10)
        assert wait_for(lambda: first.process_of("soho live") not in (None, live), 10)
        first.process_of(f"postgres -D {home / 'postgres'}").kill()
        assert wait_for(lambda: first.says("postgres was killed by SIGKILL"), 10)
        assert wait_for(first.is_healthy, START_SECONDS)
        assert soho(home, "ledger", "verify").stdout == "The books are right.\n"

        # When somebody presses Ctrl-C, all of it stops, and nothing stays behind
        assert first.end(signal.SIGINT) == 0
        assert first.processes() == []
    finally:
        first.process.kill()

    second = Instance(home, first.port)
    try:
        # A second start finds everything again
        second.await_ready()
        again = soho(home, "tokens", "grant", "alice", "1", "--reason", "still here")
        assert again.stdout == "alice has 58 tokens now.\n", again.stderr
        # And the supervisor killed without warning takes all of it along
        assert second.end(signal.SIGKILL) == -signal.SIGKILL
        assert wait_for(lambda: second.processes() == [], 30), second.processes()
    finally:
        second.process.kill()

    third = Instance(home, first.port)
    try:
        # After which a start works as if nothing had happened
        third.await_ready()
        assert third.is_healthy()
        assert third.end(signal.SIGTERM) == 0
        assert third.processes() == []
    finally:
        third.process.kill()


def test_a_taken_port_is_told_in_one_sentence_before_anything_starts(home):
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        port = somebody.getsockname()[1]
        refused = soho(home, "up", PORT=str(port))
    assert refused.returncode == 1
    assert refused.stderr == (
        f"Error: Port {port} on 127.0.0.1 is taken by another program; stop it, or set PORT to another.\n"
    )
    assert not (home / "postgres").exists()


def test_the_live_door_takes_another_port_when_the_next_one_is_taken(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        taken = somebody.getsockname()[1]
        for name in ("SOHO_LIVE_URL", "SOHO_LIVE_PORT", "HOST"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("PORT", str(taken - 1))
        up._name_live_port()
        # Set by the code under test, so monkeypatch is told to take it away again.
        chosen = os.environ.pop("SOHO_LIVE_PORT")
        assert chosen not in {str(taken), str(taken - 1)}
        # What somebody has named is kept, to be complained about.
        monkeypatch.setenv("SOHO_BEHIND_PROXY", "1")
        up._name_live_port()
        assert "SOHO_LIVE_PORT" not in os.environ


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("SOHO_LIVE_PORT", "70000", "SOHO_LIVE_PORT is 70000; set it to a number from 1 to 65535."),
        ("SOHO_LIVE_URL", "https://live.example", "SOHO_LIVE_URL is 'https://live.example'"),
        ("PORT", "70000", "PORT is 70000; set it to a number from 1 to 65535."),
        ("PORT", "eight", "PORT is 'eight'"),
        ("HOST", "no such host", "HOST is 'no such host'"),
        ("HOST", "203.0.113.7", "Nothing can listen on 203.0.113.7"),
        ("DATABASE_URL", "mysql://x/y", "DATABASE_URL must look like postgresql://"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence_that_names_it(home, variable, value, sentence):
    refused = soho(home, "up", **{variable: value})
    assert refused.returncode == 1
    assert sentence in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_database_that_does_not_answer_is_told_and_nothing_stays_behind(home):
    refused = soho(home, "up", PORT=str(free_port()), DATABASE_URL="postgresql://soho@127.0.0.1:9/soho")
    assert refused.returncode == 1
    assert "Bringing the database up to date failed" in refused.stderr
    assert "The database does not answer" in refused.stdout
    assert "check DATABASE_URL" in refused.stdout
    assert (
        children.leftovers(lambda process: process.environ().get(MARK) == addresses.fingerprint(home)) == []
    )
