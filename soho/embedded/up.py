"""`soho up`: the whole product on one machine, in order.

1. Take the home folder; see that the port is free. 2. PostgreSQL and Valkey, unless the environment names
real ones, and beside them the static files; then migrations. 3. The web; when /healthz answers, the address
is told, with the link for the first operator, and the workers, the beat and the live door start. 4. Watch. On
Ctrl-C stop in reverse: web and live door, beat, workers (they hand back what they were making), Valkey,
PostgreSQL.
"""

import errno
import http.client
import importlib
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from types import ModuleType

from soho.embedded import addresses, children, folders, postgres, servers, valkey
from soho.embedded.children import Command, Stops
from soho.embedded.errors import EmbeddedError
from soho.embedded.identity import server_identity
from soho.embedded.output import say
from soho.embedded.supervisor import AskedToStop, Supervisor

MARK = "SOHO_SUPERVISED"  # in the environment of every child: how leftovers of this very home are found
MIGRATE_SECONDS = 600.0
SERVE_SECONDS = 60.0
INVITE_SECONDS = 30.0
# They stop in reverse order: nobody asks for work that nobody will do, or works without a database.
POSTGRES, VALKEY, WORKERS, WEB = range(4)


def up(home: Path) -> None:
    """Start everything and return when asked to stop (Ctrl-C, SIGTERM), all of it ended.

    Raises EmbeddedError, whose sentence says what is wrong, with nothing left running.
    """
    folders.create(home)
    with folders.lock(home):
        os.environ["SOHO_HOME"] = str(home)
        _name_live_port()
        settings = importlib.import_module("soho.config.settings")
        _check_port(settings.HOST, settings.PORT, "PORT")
        if settings.LIVE_URL:
            _check_port(settings.HOST, settings.LIVE_PORT, "SOHO_LIVE_PORT")
        lanes = _lanes_of_models()
        log_folder = home / "log"
        log_folder.mkdir(mode=0o700, exist_ok=True)
        _end_leftovers(home)
        with Supervisor(log_folder) as supervisor:
            try:
                _bring_up(supervisor, home, settings, lanes)
                supervisor.watch()
            except AskedToStop:
                pass
            say("soho     | stopping")
        say("soho     | stopped")


def _bring_up(supervisor: Supervisor, home: Path, settings: ModuleType, lanes: Iterable[str]) -> None:
    # Both at once: the static files need no database, and making a new one takes as long.
    wait = servers.START_SECONDS if settings.DATABASE_IS_EMBEDDED else 0
    with supervisor.beside(_soho(home, "migrate", f"--wait={wait:g}")) as migrated:
        _start_servers(supervisor, home, settings)
        if migrated(MIGRATE_SECONDS) != 0:
            raise EmbeddedError(
                f"Bringing the database up to date failed; {home / 'log' / 'migrate.log'} says why."
            )
    # The web first: what the others load at their start would hold up the first page.
    with supervisor.asking(_soho(home, "users", "invitation")) as invitation:
        web = supervisor.start(lambda: _soho(home, "web"), wave=WEB)
        if not supervisor.wait(
            lambda: _is_healthy(settings.HOST, settings.PORT), seconds=SERVE_SECONDS, child=web
        ):
            raise EmbeddedError(f"The web did not come up; {home / 'log' / 'web.log'} says why.")
        _announce(invitation(INVITE_SECONDS), home, settings)
    for lane in ("video", "image", "upkeep", *lanes):
        supervisor.start(partial(_worker, home, lane), wave=WORKERS)
    supervisor.start(lambda: _soho(home, "beat"), wave=WORKERS)
    if settings.LIVE_URL:
        supervisor.start(lambda: _soho(home, "live"), wave=WEB)


def _start_servers(supervisor: Supervisor, home: Path, settings: ModuleType) -> None:
    if not (settings.DATABASE_IS_EMBEDDED or settings.REDIS_IS_EMBEDDED):
        return
    identity = server_identity()
    folders.prepare(home, identity)
    if settings.DATABASE_IS_EMBEDDED:
        _start_server(supervisor, home, lambda: postgres.prepare(home, identity), postgres.is_ready, POSTGRES)
        postgres.create_database(home)
    if settings.REDIS_IS_EMBEDDED:
        _start_server(supervisor, home, lambda: valkey.prepare(home, identity), valkey.is_ready, VALKEY)


def _start_server(
    supervisor: Supervisor,
    home: Path,
    make: Callable[[], Command],
    is_ready: Callable[[Path], bool],
    wave: int,
) -> None:
    child = supervisor.start(make, wave=wave, shown=False)
    if not supervisor.wait(lambda: is_ready(home), seconds=servers.START_SECONDS, child=child, pause=0.02):
        raise EmbeddedError(
            f"The embedded {child.name} did not start; {home / 'log' / child.name}.log says why."
        )


def _soho(home: Path, *words: str, name: str = "", stops: Stops = ((signal.SIGTERM, 10),)) -> Command:
    """The `soho` command itself, as a child: the same doors that a fleet uses."""
    return Command(
        name=name or words[0],
        # -P: what lies in the working folder is never imported.
        arguments=(sys.executable, "-P", "-m", "soho", *words),
        folder=Path.cwd(),
        stops=stops,
        environment={**os.environ, MARK: addresses.fingerprint(home), "PYTHONUNBUFFERED": "1"},
    )


def _worker(home: Path, lane: str) -> Command:
    # Warm first: running attempts hand their creations back, which takes about a second. Then cold.
    warm_then_cold = ((signal.SIGTERM, 15), (signal.SIGQUIT, 5))
    return _soho(home, "worker", "--lane", lane, name=lane, stops=warm_then_cold)


def _lanes_of_models() -> list[str]:
    """The lanes that models have of their own: each gets a worker. Raises ImproperlyConfigured."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "soho.config.settings")
    from soho.providers import registry

    return list(registry.lanes())


def _announce(invited: str, home: Path, settings: ModuleType) -> None:
    invitation = next((line for line in invited.splitlines() if line.startswith("/")), "")
    say("")
    say(f"  Soho is ready   {settings.BASE_URL}")
    if invitation:
        say(f"  First operator  {settings.BASE_URL}{invitation}   (this link works once)")
    say(f"  Data            {home}")
    say("  Ctrl-C stops it; everything is there again at the next start.")
    say("")


def _end_leftovers(home: Path) -> None:
    """End children of a supervisor that was killed. Only who holds the lock may have any."""
    mark = addresses.fingerprint(home)
    left = children.leftovers(lambda process: process.environ().get(MARK) == mark)
    children.end(left, signal.SIGTERM, 3)


def _name_live_port() -> None:
    """Names a port for the live door where nobody has: the one after the web's or, if that is taken, a free
    one.

    Pages tell browsers which it is, so it need not be the same at every start. Behind a proxy it must be, and
    stays the one after the web's, to be complained about when it is taken.
    """
    port, host = (
        os.environ.get("PORT", "").strip() or "8000",
        os.environ.get("HOST", "").strip() or "127.0.0.1",
    )
    names = ("SOHO_LIVE_PORT", "SOHO_LIVE_URL", "SOHO_BEHIND_PROXY")
    named = any(os.environ.get(name, "").strip() for name in names)
    proxied = os.environ.get("SOHO_BASE_URL", "").strip().startswith("https://")
    if named or proxied or not (port.isascii() and port.isdecimal()):
        return
    try:
        _check_port(host, int(port) + 1, "SOHO_LIVE_PORT")
    except EmbeddedError:
        try:
            with socket.create_server((host, 0)) as probe:
                os.environ["SOHO_LIVE_PORT"] = str(probe.getsockname()[1])
        except OSError:
            return  # the host is at fault, which the check of the web's port says


def _check_port(host: str, port: int, name: str) -> None:
    """Raises EmbeddedError when nobody could listen there; `name` is the variable that says which port."""
    if not 0 < port < 65536:
        raise EmbeddedError(f"{name} is {port}; set it to a number from 1 to 65535.")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, _, _, address = found[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror as error:
        raise EmbeddedError(
            f"HOST is {host!r}, which is no address; set it to 127.0.0.1 or 0.0.0.0."
        ) from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            sentence = (
                f"Port {port} on {host} is taken by another program; stop it, or set {name} to another."
            )
        elif error.errno == errno.EACCES:
            sentence = f"Port {port} is for root alone; name one of 1024 or more in {name}."
        else:
            sentence = f"Nothing can listen on {host} port {port} ({error.strerror}); change HOST or {name}."
        raise EmbeddedError(sentence) from error


def _is_healthy(host: str, port: int) -> bool:
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    connection = http.client.HTTPConnection(reachable, port, timeout=2)
    try:
        # ALLOWED_HOSTS always knows localhost, whatever the machine is called.
        connection.request("GET", "/healthz", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
