"""Watching over children: what is shown and kept, what is started again, when it gives up."""

import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from soho.embedded import supervisor as module
from soho.embedded.children import Command
from soho.embedded.errors import EmbeddedError
from soho.embedded.output import Lines, LogFile
from soho.embedded.supervisor import AskedToStop, Supervisor


def python(name: str, folder: Path, script: str, *words: object) -> Command:
    return Command(
        name, (sys.executable, "-c", script, *map(str, words)), folder, stops=((signal.SIGTERM, 5),)
    )


COUNTS_ITS_LIVES = """
import pathlib, sys, time
lives = pathlib.Path(sys.argv[1])
lives.write_text(lives.read_text() + "x" if lives.exists() else "x")
print("life", len(lives.read_text()), flush=True)
if len(lives.read_text()) < 3: sys.exit(7)
time.sleep(60)
"""


def test_a_child_that_dies_is_started_again_and_told_of(tmp_path, capfd):
    lives = tmp_path / "lives"
    third_life = threading.Thread(
        target=stop_once, args=(lambda: lives.exists() and lives.read_text() == "xxx",)
    )
    third_life.start()
    # Given a part that dies twice and then lives, watched until somebody asks to stop
    with Supervisor(tmp_path) as watched:
        watched.start(lambda: python("part", tmp_path, COUNTS_ITS_LIVES, lives), wave=0)
        watched.watch()
    third_life.join()
    # Then it lived three times, its words are in its log, and the terminal says what happened
    assert (tmp_path / "part.log").read_text() == "life 1\nlife 2\nlife 3\n"
    said = capfd.readouterr().out
    assert "part     | life 3\n" in said
    assert said.count("soho     | part ended with status 7; starting it again") == 2


def test_a_child_that_keeps_dying_ends_the_watch_with_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.01)
    with Supervisor(tmp_path) as watched:
        other = watched.start(lambda: python("other", tmp_path, "import time; time.sleep(60)"), wave=1)
        watched.start(lambda: python("part", tmp_path, "print('no database'); raise SystemExit(3)"), wave=0)
        with pytest.raises(
            EmbeddedError, match=r"part ended with status 3, 5 times in a row .*part\.log says why"
        ):
            watched.watch()
    # And nothing else is left running
    assert other.process.poll() is not None
    assert (tmp_path / "part.log").read_text() == "no database\n" * 5


def test_parts_stop_in_waves_and_those_of_one_wave_together(tmp_path):
    slow_to_stop = """
import pathlib, signal, sys, time
def stop(*_):
    time.sleep(0.5)
    with open(sys.argv[1], "a") as order: order.write(sys.argv[2] + " ")
    sys.exit()
signal.signal(signal.SIGTERM, stop)
print("up", flush=True)
time.sleep(60)
"""
    order = tmp_path / "order"
    with Supervisor(tmp_path) as watched:
        for name, wave in (("server", 0), ("worker1", 1), ("worker2", 1), ("web", 2)):
            watched.start(lambda name=name: python(name, tmp_path, slow_to_stop, order, name), wave=wave)
        logs = [tmp_path / f"{name}.log" for name in ("server", "worker1", "worker2", "web")]
        assert watched.wait(lambda: all(log.read_text() == "up\n" for log in logs), seconds=10)
        begun = time.monotonic()
    stopped = order.read_text().split()
    assert (stopped[0], {*stopped[1:3]}, stopped[3]) == ("web", {"worker1", "worker2"}, "server")
    assert time.monotonic() - begun < 4 * 0.5


def test_a_child_that_does_not_listen_is_killed_with_its_whole_family(tmp_path):
    deaf_with_a_child = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""
    log = tmp_path / "deaf.log"
    with Supervisor(tmp_path) as watched:
        deaf = Command(
            "deaf", (sys.executable, "-c", deaf_with_a_child), tmp_path, stops=((signal.SIGTERM, 0.3),)
        )
        child = watched.start(lambda: deaf, wave=0)
        assert watched.wait(log.read_text, seconds=10)
    assert child.process.returncode == -signal.SIGKILL
    assert ended(int(log.read_text()))


def test_a_request_to_stop_interrupts_what_is_waited_for(tmp_path):
    with Supervisor(tmp_path) as watched:
        timer = threading.Timer(0.2, signal.raise_signal, [signal.SIGINT])
        timer.start()
        # A thread's raise_signal reaches the process; Python handles it in the main thread.
        with pytest.raises(AskedToStop):
            watched.wait(lambda: False, seconds=10)
        timer.join()


def test_a_command_runs_to_its_end_and_its_words_come_back(tmp_path):
    with Supervisor(tmp_path) as watched:
        with (
            watched.beside(python("once", tmp_path, "print('done'); raise SystemExit(4)")) as ended,
            watched.asking(python("asked", tmp_path, "print('an answer')")) as answer,
        ):
            assert ended(10) == 4
            assert answer(10) == "an answer"
        assert (tmp_path / "once.log").read_text() == "done\n"


def test_a_command_that_nobody_waits_for_is_ended_with_its_block(tmp_path):
    with Supervisor(tmp_path) as watched:
        command = python("slow", tmp_path, "import os, time; print(os.getpid(), flush=True); time.sleep(60)")
        log = tmp_path / "slow.log"
        with watched.beside(command):
            assert watched.wait(lambda: log.read_text(), seconds=10)
        assert ended(int(log.read_text()))


def test_a_log_keeps_to_its_bound(tmp_path):
    log = LogFile(tmp_path / "part.log", max_bytes=100)
    for number in range(50):
        log.write(b"line %02d\n" % number)
    log.close()
    kept = (tmp_path / "part.log.1").read_bytes() + (tmp_path / "part.log").read_bytes()
    assert len(kept) <= 200
    assert kept.endswith(b"line 48\nline 49\n")


def test_chunks_become_whole_lines():
    lines = Lines()
    assert lines.feed(b"one\ntw") == [b"one\n"]
    assert lines.feed(b"o\n") == [b"two\n"]
    assert lines.feed(b"no end") == []
    assert lines.feed(b"") == [b"no end\n"]
    assert lines.feed(b"") == []
    # A part that never ends its line cannot fill the memory.
    assert sum(map(len, lines.feed(b"x" * (Lines.MAX_LINE + 1)))) > Lines.MAX_LINE


def stop_once(condition) -> None:
    """Ask the process to stop, as `kill` would, when the condition holds; at the latest after 20 seconds."""
    deadline = time.monotonic() + 20
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    signal.raise_signal(signal.SIGTERM)


def ended(pid: int) -> bool:
    """Whether it is gone within moments: nobody waits for a process that was killed beside its parent."""
    deadline = time.monotonic() + 5
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(pid)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_request_to_stop_is_heard_where_a_shell_had_it_ignored(tmp_path):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Supervisor(tmp_path) as watched:
            timer = threading.Timer(0.2, signal.raise_signal, [signal.SIGINT])
            timer.start()
            with pytest.raises(AskedToStop):
                watched.wait(lambda: False, seconds=10)
    finally:
        signal.signal(signal.SIGINT, before)
