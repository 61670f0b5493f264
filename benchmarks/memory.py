"""Memory of every role at rest and under load, against what the deployment files ask for and allow.

Roles run the commands of the Kubernetes manifests, one after another, so that each is as alone as in a
container of its own; only PostgreSQL and Valkey run all the time. A role is its process and all below it. PSS
counts what processes share by its part, so that a role's processes can be added up; USS is what they have for
themselves alone. At rest is a few seconds after the start; the peak is the highest of looks twenty times a
second under load: web, readers of the feed and of pages; video and image, the built-in renderer's heaviest
scene in full size; upkeep, its rounds; live, five hundred streams and their news. The limits are the
manifests' own: at rest within the request, at the peak within the limit.
"""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.figures import Figure, Plot, Report, told
from benchmarks.ground import ground
from benchmarks.serving import free_port
from tests.deploy import files

STREAMS = 500
POSTS = 300
SETTLED_SECONDS = 5.0
READING_SECONDS = 20.0
LOOKS_A_SECOND = 20
HEAVIEST = "forest with god rays"
# No manifest of ours runs these: twice the shared buffers that PostgreSQL is given, and Valkey's `maxmemory`.
SERVERS = {"PostgreSQL": (256.0, 512.0), "Valkey": (64.0, 256.0)}
_MIB = 2**20
_UNITS = {"Mi": 1.0, "Gi": 1024.0}


@dataclass
class Use:
    """MiB of a role: at rest, all its processes' PSS and USS; under load, the highest of both."""

    role: str
    processes: int = 0
    pss: float = 0.0
    uss: float = 0.0
    peak_pss: float = 0.0
    peak_uss: float = 0.0

    def figures(self, request: float, limit: float) -> list[Figure]:
        """Beside what is asked for, and what is allowed."""
        many = "1 process" if self.processes == 1 else f"{self.processes} processes"
        return [
            Figure(f"{self.role}, at rest", self.pss, "MiB PSS", request, f"{self.uss:.0f} USS, {many}"),
            Figure(f"{self.role}, at the peak", self.peak_pss, "MiB PSS", limit, f"{self.peak_uss:.0f} USS"),
        ]


def stated() -> dict[str, tuple[float, float]]:
    """MiB that each role's manifest requests, and its limit."""
    found = {}
    for item in files.kustomized(files.BASE):
        if item["kind"] == "Deployment":
            (container,) = item["spec"]["template"]["spec"]["containers"]
            asked = container["resources"]
            found[item["metadata"]["name"]] = (
                mebibytes(asked["requests"]["memory"]),
                mebibytes(asked["limits"]["memory"]),
            )
    return found


def mebibytes(text: str) -> float:
    """`512Mi` as 512."""
    return float(text[:-2]) * _UNITS[text[-2:]]


def measure(reading: float = READING_SECONDS, percent: int = 100) -> Report:
    """Every role, in turn. `percent` of the size of the films makes it quick."""
    port, live_port = free_port(), free_port()
    known = {
        "PORT": str(port),
        "SOHO_LIVE_PORT": str(live_port),
        "SOHO_LIVE_URL": f":{live_port}",
        "SOHO_LIVE_STREAMS_PER_ADDRESS": str(STREAMS),
        "SOHO_DIORAMA_PERCENT": str(percent),
        "SOHO_GRANT_TOKENS": "1000",
    }
    commands = {role.name: role.command for role in files.kubernetes_roles()}
    limits = {**stated(), **SERVERS}
    with ground(**known) as home:
        person, key = _fill()
        loads: dict[str, Callable[[], None]] = {
            "web": lambda: _read_pages(port, key, reading),
            "live": lambda: _watch(live_port, person),
            "video": lambda: _make(person, "video"),
            "image": lambda: _make(person, "image"),
            "upkeep": _sweep,
            "beat": lambda: time.sleep(min(reading, 10)),
        }
        with _looking(_servers(home)) as servers:
            uses = [_role(name, commands[name], load, home) for name, load in loads.items()]
    uses += servers
    figures = [one for use in uses for one in use.figures(*limits[use.role])]
    lines = {"at rest": [use.pss for use in uses], "at the peak": [use.peak_pss for use in uses]}
    plot = Plot("memory", "Memory by role, MiB (PSS)", "MiB", "MiB", [use.role for use in uses], lines)
    return Report("memory", "Memory of every role against its manifest's request and limit", figures, [plot])


def _role(name: str, command: Sequence[str], load: Callable[[], None], home: Path) -> Use:
    """Starts a role, looks at it at rest and under its load, and ends it."""
    process = subprocess.Popen([sys.executable, "-m", "soho", *command], start_new_session=True)
    try:
        _await(name, process, home)
        time.sleep(SETTLED_SECONDS)
        with _looking({name: lambda: [process.pid]}) as uses:
            load()
        return uses[0]
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        process.kill()
        process.wait(10)


def _await(name: str, process: subprocess.Popen[bytes], home: Path) -> None:
    """Returns once the role's own health check says that it is alive."""
    role = next(one for one in files.compose_roles() if one.name == name)
    probe = role.health[1:] or ("probe", "web")
    until = time.monotonic() + 90
    while time.monotonic() < until and process.poll() is None:
        asked = [sys.executable, "-m", "soho", *probe]
        if subprocess.run(asked, check=False, capture_output=True).returncode == 0:
            return
    raise RuntimeError(f"{name} did not start")


Pids = Callable[[], list[int]]


@contextmanager
def _looking(roles: dict[str, Pids]) -> Iterator[list[Use]]:
    """Looks at rest now, and for the peak until the block is over."""
    uses = [Use(name) for name in roles]
    for use in uses:
        use.processes, use.pss, use.uss = _look(roles[use.role]())
    over = threading.Event()

    def look() -> None:
        while not over.wait(1 / LOOKS_A_SECOND):
            for use in uses:
                _, pss, uss = _look(roles[use.role]())
                use.peak_pss, use.peak_uss = max(use.peak_pss, pss), max(use.peak_uss, uss)

    watching = threading.Thread(target=look)
    watching.start()
    try:
        yield uses
    finally:
        over.set()
        watching.join()


def _look(roots: Sequence[int]) -> tuple[int, float, float]:
    """Processes, PSS and USS in MiB of `roots` and all below them."""
    count, pss, uss = 0, 0.0, 0.0
    for root in roots:
        with suppress(psutil.Error):
            process = psutil.Process(root)
            for one in (process, *process.children(recursive=True)):
                with suppress(psutil.Error):
                    found = one.memory_full_info()
                    count, pss, uss = count + 1, pss + found.pss / _MIB, uss + found.uss / _MIB
    return count, pss, uss


def _servers(home: Path) -> dict[str, Pids]:
    """The embedded servers' first processes, by what runs in this home."""
    pids = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            words = process.cmdline()
            if words[1:3] == ["-D", str(home / "postgres")]:
                pids["PostgreSQL"] = process.pid
            elif any(str(home / "valkey") == word for word in words):
                pids["Valkey"] = process.pid
    return {name: lambda name=name: [pids[name]] for name in SERVERS}  # type: ignore[misc]  # mypy infers no lambda with a default


def _fill() -> tuple[Any, str]:
    """Posts to read; a person, and their API key."""
    from django.utils import timezone

    from benchmarks.live import people
    from soho.accounts.actions import create_user
    from soho.creations.models import Creation

    ((owner, key),) = people(1)
    Creation.objects.bulk_create(
        Creation(
            user_id=owner, media_type="image", status="published", prompt=f"Fog over lake {number}",
            model="diorama", aspect_ratio="1:1", seed=1, tokens=1, media_key="images/x.jpg",
            caption="A #lake", username="maker0", published_at=timezone.now(),
        )
        for number in range(POSTS)
    )  # fmt: skip
    return create_user("alice", "a long winter walk"), key


def _read_pages(port: int, key: str, seconds: float) -> None:
    """Eight readers at once: the feed as JSON and as a page, a profile, a search."""
    import http.client

    paths = ("/api/feed", "/soho/explore?sort=new", "/soho/maker0", "/soho/explore?q=lake", "/soho/explore")
    until = time.monotonic() + seconds

    def read() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.monotonic() < until:
            for path in paths:
                signed_in = {"Authorization": f"Bearer {key}"} if path.startswith("/api") else {}
                connection.request("GET", path, headers={"Host": "localhost", **signed_in})
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    raise RuntimeError(f"{path} answered {answer.status}")

    readers = [threading.Thread(target=read) for _ in range(8)]
    for one in readers:
        one.start()
    for one in readers:
        one.join()


def _watch(port: int, person: Any) -> None:
    from benchmarks.live import opened, publish

    async def watch() -> None:
        readers = [await opened(port, "/live/feed") for _ in range(STREAMS)]
        listening = [asyncio.create_task(reader.listen()) for reader in readers]
        for _ in range(10):
            await asyncio.to_thread(publish, person.pk)
            await asyncio.sleep(0.7)
        for task, reader in zip(listening, readers, strict=True):
            task.cancel()
            reader.write.close()

    asyncio.run(watch())


def _make(person: Any, kind: str) -> None:
    """One creation of the heaviest scene, by the worker that runs."""
    from soho.creations import actions, intake
    from soho.creations.models import Creation, Status

    shape: dict[str, Any] = {"aspect_ratio": "9:16"} if kind == "video" else {}
    made = actions.start(person, intake.order(kind, HEAVIEST, **shape), idempotency=None)
    until = time.monotonic() + 300
    while time.monotonic() < until:
        status = Creation.objects.values_list("status", flat=True).get(pk=made)
        if status == Status.DRAFT:
            return
        if status == Status.FAILED:
            break
        time.sleep(0.1)
    raise RuntimeError(f"The {kind} became no draft.")


def _sweep() -> None:
    from soho.creations.tasks import remove_objects, tell_the_time
    from soho.generation.tasks import probe_models, sweep

    for _ in range(10):
        for task in (sweep, tell_the_time, remove_objects, probe_models):
            task.delay()
        time.sleep(0.5)


def main(arguments: Sequence[str] | None = None) -> Report:
    """Measures and prints."""
    return told(lambda quick: measure(3, 20) if quick else measure(), arguments)


if __name__ == "__main__":
    main()
