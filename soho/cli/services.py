"""The long-running parts, each in the process that was started for it."""

import os
import time
import warnings
from collections.abc import Sequence

from soho import collector

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "soho.config.settings")

LANES = ("video", "image", "upkeep")


def serve_web(processes: int, threads: int) -> None:
    """Serve `soho.config.wsgi` on HOST and PORT until told to stop, with `processes` times `threads` requests
    at once. Raises ImproperlyConfigured.
    """
    with collector.resting():
        import django
        from granian.constants import Interfaces
        from granian.log import LogLevels
        from granian.server import Server

        from soho.config import settings

        django.setup()
        from soho.providers import registry

        registry.providers()
    _tell_of_models(probe=())
    Server(
        "soho.config.wsgi:application",
        address=settings.HOST,
        port=settings.PORT,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=threads,
        websockets=False,
        # Granian warns of more threads than cores; here most of them wait (see soho web --help).
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=8,
    ).serve()


def serve_live() -> None:
    """Serve `soho.config.asgi`, the live door, on HOST and SOHO_LIVE_PORT until told to stop.

    One process on purpose: it reads the database once for all who watch. Start more of it for more of them.
    """
    import resource

    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    from soho.config import settings

    # A stream is an open file; the common limit of 1024 would be the first to be met.
    room = settings.LIVE_STREAMS + 512
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < room:
        most = room if hard == resource.RLIM_INFINITY else min(room, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    Server(
        "soho.config.asgi:application",
        address=settings.HOST,
        port=settings.LIVE_PORT,
        interface=Interfaces.ASGI,
        workers=1,
        backlog=2048,
        # Requests at once; past the limit of streams the door itself answers, with a sentence.
        backpressure=room,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=1,  # streams do not end by themselves; readers come back
    ).serve()


def check_parts(*, create_bucket: bool = False) -> None:
    """See, before anything is promised, that the models and the storage that are configured are really there.

    `create_bucket` makes the bucket, or the folder, when it is missing. Raises ImproperlyConfigured with a
    sentence that names the variable.
    """
    import django
    from django.core.exceptions import ImproperlyConfigured

    django.setup()
    from soho.creations.objects import storage
    from soho.providers import registry
    from soho.storage import StorageError

    registry.providers()
    try:
        if create_bucket:
            storage().create()
        storage().check()
    except StorageError as error:
        raise ImproperlyConfigured(str(error)) from error


def work(lanes: Sequence[str]) -> None:
    """Run a Celery worker on these queues until told to stop. Raises ImproperlyConfigured."""
    with collector.resting():
        from soho.config import alive, settings
        from soho.config.celery import app

        check_parts()
    alive.WorkerAlive.home = settings.SOHO_HOME
    alive.WorkerAlive.name = alive.worker_name(lanes)
    app.steps["worker"].add(alive.WorkerAlive)
    if settings.METRICS_PORT:
        from soho.config.metrics import serve_own

        serve_own(settings.METRICS_PORT)
    own = _own_lanes(lanes)
    _tell_of_models(probe=[*([""] if "upkeep" in lanes else []), *own])
    # In a container, or embedded on one's own machine, root is who there is; messages are JSON, never pickle.
    warnings.filterwarnings("ignore", module=r"celery\.platforms")
    # Upkeep alone is short work that needs no process to be killed in.
    pool = "solo" if list(lanes) == ["upkeep"] else "prefork"
    app.worker_main(
        [
            *("--quiet", "--skip-checks", "worker"),
            *(f"--pool={pool}", f"--queues={','.join(lanes)}", "--loglevel=WARNING"),
            f"--hostname={lanes[0]}@%h",
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            # What such a lane is for is loaded once and does one thing at a time.
            *(["--concurrency=1"] if own else []),
        ]
    )


def _tell_of_models(*, probe: Sequence[str]) -> None:
    """Say on the log which models cannot be used and why, after asking those of the lanes `probe` anew."""
    import structlog
    from django.db import DatabaseError, connection

    from soho.providers import health

    log = structlog.get_logger(__name__)
    try:
        if probe:
            health.probe(lanes=probe)
        for sentence in health.sentences():
            log.warning(sentence)
    except DatabaseError as error:
        # Whoever needs the database says so in its own words; this is no reason not to start.
        log.warning("models.unknown", error=str(error).strip())
    finally:
        # The processes that are forked from this one make connections of their own, and a pool of their own.
        connection.close()
        if getattr(connection, "pool", None) is not None:
            connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own; django-stubs types any


def _own_lanes(lanes: Sequence[str]) -> list[str]:
    """Those of `lanes` that models have of their own. Raises ImproperlyConfigured for one that is no lane."""
    from django.core.exceptions import ImproperlyConfigured

    from soho.providers import registry

    own = [lane for lane in lanes if lane not in LANES]
    for lane in own:
        if lane not in registry.lanes():
            there = ", ".join([*LANES, *registry.lanes()])
            raise ImproperlyConfigured(f"There is no lane {lane}; there are {there}.")
    return own


def keep_beat() -> None:
    """Run Celery's beat until told to stop."""
    from soho.config.celery import app

    # No pid file: the supervisor, or the platform, sees to there being one.
    app.start(
        [
            "--quiet",
            "--skip-checks",
            "beat",
            "--loglevel=WARNING",
            "--pidfile=",
            "--scheduler=soho.config.alive:Scheduler",
        ]
    )


def bring_up_to_date(*, create_bucket: bool = False, wait: float = 0) -> None:
    """Collect the static files under their hashed names, and apply the migrations that are missing.

    Where `SOHO_STATIC` names a folder outside SOHO_HOME, they were collected there when the image was built.
    A database that does not answer is asked again for `wait` seconds. Raises ImproperlyConfigured.
    """
    from soho.cli.ground import product

    check_parts(create_bucket=create_bucket)
    with product():
        from django.conf import settings
        from django.core.management import call_command

        # First, because it needs no database: that may be starting meanwhile.
        if settings.STATIC_ROOT.is_relative_to(settings.SOHO_HOME):
            from soho.web import collecting

            collecting.collect()
        _await_database(wait)
        call_command("migrate", interactive=False, verbosity=0)


def _await_database(seconds: float) -> None:
    """Returns once the database answers. Raises OperationalError when it has not for so long."""
    from django.db import OperationalError, connection

    until = time.monotonic() + seconds
    while True:
        try:
            connection.ensure_connection()
        except OperationalError:
            if time.monotonic() >= until:
                raise
            time.sleep(0.05)
        else:
            return
