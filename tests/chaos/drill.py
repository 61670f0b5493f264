"""One drill, from an empty place to the verdict."""

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx
import psycopg

from tests.chaos import verdict
from tests.chaos.clients import Person
from tests.chaos.faults import SUDDEN, Faults, Media
from tests.chaos.fleet import ROOT, Fleet
from tests.chaos.servers import Servers, servers
from tests.support.far_server import KEY, FarServer, far_server
from tests.support.surroundings import nothing_configured

LEASE = 4.0
GRANT = 1_000_000
CALM_PATIENCE = 180.0
PROBE_PATIENCE = 120.0
CONFIG = '[providers.far]\nkind = "tests.support.far"\naddress = "{address}"\n[providers.far.models.far]\n'
_UNDER_WAY = "SELECT id, fence FROM creations_creation WHERE status = 'processing' AND lease_until > now()"
# Not ended, not taken over, and no beat of a heart since: each beat sets the lease anew.
_STILL_DEAD = """
    SELECT count(*) FROM creations_creation AS c
    JOIN unnest(%s::uuid[], %s::int[]) AS was (id, fence) ON was.id = c.id AND was.fence = c.fence
    WHERE c.status IN ('pending', 'processing')
        AND (c.lease_until IS NULL OR c.lease_until < %s + make_interval(secs => %s))
"""


@dataclass
class Plan:
    """How long, how much, how many. It goes on until both `seconds` and `generations` are reached.

    `kinds`: only these faults, each once; None for all of them, over and over. `pause`: seconds of peace
    between one recovery and the next fault. The same `seed` gives the same people and the same faults in the
    same order; what the operating system makes of it differs.
    """

    seed: int
    seconds: float = 240.0
    generations: int = 300
    workers: int = 3
    people: tuple[str, ...] = ("alice", "bob", "charlie")
    kinds: tuple[str, ...] | None = None
    pause: float = 1.0
    say: Callable[[str], None] = print


@dataclass
class Outcome:
    """What a drill found. `wrong` is empty when everything held."""

    generations: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    recoveries: dict[str, list[float]] = field(default_factory=dict)
    peace: list[float] = field(default_factory=list)
    settled: float = 0.0
    asked: int = 0
    repeated: int = 0
    bought: int = 0
    swept: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


class Drill:
    """The parts of a drill that is under way."""

    def __init__(self, plan: Plan, home: Path, stack: contextlib.ExitStack) -> None:
        self.plan, self.home = plan, home
        self.random = Random(plan.seed)
        self.outcome = Outcome()
        self._at_once: Callable[[], None] | None = None
        self.far: FarServer = stack.enter_context(far_server())
        self.servers: Servers = stack.enter_context(servers(home))
        self.media = stack.enter_context(Media(home / "media"))
        (home / "soho.toml").write_text(CONFIG.format(address=self.far.address))
        for name in ("soho", "static"):
            (home / name).mkdir(mode=0o700)
        self.environment = self._environment()
        _soho(self.environment, "soho", "migrate")
        keys = json.loads(
            _soho(self.environment, "tests.chaos.inside", "people", *plan.people, "prober").splitlines()[-1]
        )
        self.fleet = Fleet(home, self.environment, workers=plan.workers)
        stack.callback(self.fleet.end)
        self.fleet.tend()
        prices = self._prices()
        self.people = [self._person(name, keys[name], prices) for name in plan.people]
        self.prober = self._person("prober", keys["prober"], prices)
        self.faults = Faults(
            self.random, self.servers, self.fleet, self.far, self.media, self.wait, LEASE
        ).kinds()

    def _environment(self) -> dict[str, str]:
        return nothing_configured(
            SOHO_HOME=str(self.home / "soho"),
            # Only the API is asked, and collecting files takes its time.
            SOHO_STATIC=str(self.home / "static"),
            SOHO_CONFIG=str(self.home / "soho.toml"),
            SOHO_MEDIA=str(self.media.folder),
            SOHO_FAR_KEY=KEY,
            SOHO_PROVIDERS="tests.support.rehearsal",
            DATABASE_URL=self.servers.database_url,
            REDIS_URL=self.servers.redis_url,
            DJANGO_SETTINGS_MODULE="soho.config.settings",
            SOHO_GRANT_TOKENS=str(GRANT),
            SOHO_LEASE_SECONDS=str(LEASE),
            SOHO_HEARTBEAT_SECONDS="0.5",
            SOHO_SWEEP_SECONDS="1",
            SOHO_CLOCK_SECONDS="1",
            SOHO_BACKOFF_SECONDS="0.3",
            SOHO_UNDO_SECONDS="1",
            SOHO_IMAGE_WAIT_SECONDS="1",
            SOHO_ATTEMPT_SECONDS="60",
            SOHO_WORKER_CONCURRENCY="2",
            SOHO_LIVE_URL="off",
            SOHO_LOG_JSON="1",
            PYTHONPATH=str(ROOT),
            OPENBLAS_NUM_THREADS="1",
        )

    def _person(self, name: str, key: str, prices: dict[tuple[str, str], int]) -> Person:
        return Person(name, key, self.fleet.ports, Random(f"{self.plan.seed} {name}"), prices)

    def _prices(self) -> dict[tuple[str, str], int]:
        for port in self.fleet.ports:
            self.until(lambda port=port: _answers(port), "both webs serve", 120)
        said = httpx.get(f"http://127.0.0.1:{self.fleet.ports[0]}/api/models", timeout=30).json()["models"]
        return {(one["name"], kind): price for one in said for kind, price in one["prices"].items()}

    # --- Passing time

    def wait(self, seconds: float) -> None:
        """Lets time pass; whatever is gone is started again meanwhile."""
        deadline = time.monotonic() + seconds
        if self._at_once is not None:
            strike, self._at_once = self._at_once, None
            strike()
        while (left := deadline - time.monotonic()) > 0:
            self.fleet.tend()
            time.sleep(min(0.1, left))

    def until(self, true: Callable[[], bool], what: str, patience: float) -> float:
        """Waits for something to come true; the seconds it took. Raises TimeoutError."""
        began = time.monotonic()
        while not true():
            if time.monotonic() - began > patience:
                raise TimeoutError(f"after {patience:g} s it is not so that {what}")
            self.wait(0.1)
        return time.monotonic() - began

    # --- Measuring

    def under_way(self) -> list[tuple[Any, ...]]:
        """What is being made just now."""
        return self.servers.rows(_UNDER_WAY)

    def recovery(self, was_under_way: list[tuple[Any, ...]]) -> float:
        """Seconds from now until both webs have started an image that was made, and until everything that

        was under way has ended, was taken over by another worker, or beats again.
        """
        began = time.monotonic()
        since = self._database_time()
        for port in self.fleet.ports:
            self.prober.ports = [port]
            while True:
                one = self.in_background(lambda: self.prober.start("image", "still water", "rehearsal"))
                while one.status in {"pending", "processing"}:
                    self.in_background(lambda one=one: self.prober.look(one))
                    self.wait(0.05)
                if one.status == "draft":
                    break
        ids, fences = [row[0] for row in was_under_way], [row[1] for row in was_under_way]

        def noticed() -> bool:
            with contextlib.suppress(psycopg.OperationalError):
                return bool(self.servers.rows(_STILL_DEAD, ids, fences, since, LEASE)[0][0] == 0)
            return False

        self.until(noticed, "what was under way is taken up again", PROBE_PATIENCE)
        return time.monotonic() - began

    def _database_time(self) -> Any:
        found: list[Any] = []

        def told() -> bool:
            with contextlib.suppress(psycopg.OperationalError):
                found.append(self.servers.rows("SELECT clock_timestamp()")[0][0])
            return bool(found)

        self.until(told, "PostgreSQL answers", PROBE_PATIENCE)
        return found[0]

    def in_background(self, action: Callable[[], Any]) -> Any:
        """Does it while the fleet is tended: a web that was killed is to come back while it is asked."""
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(action)
            while not future.done():
                self.wait(0.02)
            return future.result()

    # --- The acts

    def run(self) -> Outcome:
        """Peace, faults, calm, verdict."""
        say = self.plan.say
        for _ in range(3):
            self.outcome.peace.append(self.recovery([]))
        for person in self.people:
            person.begin()
        self.wait(2)
        began = time.monotonic()
        for name in self._order():
            if self.plan.kinds is None and not self._goes_on(began):
                break
            took, what = self._strike(name)
            say(f"{time.monotonic() - began:6.1f} s  {what}: {took:.1f} s to recover")
            self.wait(self.plan.pause * self.random.uniform(0.5, 1.5))
        while self._goes_on(began):
            self.wait(0.5)
        self._calm()
        self._judge()
        return self.outcome

    def _strike(self, name: str) -> tuple[float, str]:
        """One fault, at times with a second one in the middle of it; the seconds to recover, and its name."""
        under_way = self.under_way()
        what = name
        if self.plan.kinds is None and self.random.random() < 0.3:
            second = self.random.choice(SUDDEN)
            self._at_once = self.faults[second]
            what = f"{name}, and: {second}"
        self.faults[name]()
        alone = what == name or self._at_once is not None  # a fault that takes no time has no middle
        self._at_once = None
        took = self.recovery(under_way)
        self.outcome.recoveries.setdefault(name if alone else "two at once", []).append(took)
        return took, name if alone else what

    def _goes_on(self, began: float) -> bool:
        return (
            time.monotonic() - began < self.plan.seconds
            or sum(person.starts for person in self.people) < self.plan.generations
        )

    def _order(self) -> Iterator[str]:
        if self.plan.kinds is not None:
            yield from self.random.sample(self.plan.kinds, len(self.plan.kinds))
            return
        while True:
            yield from self.random.sample(list(self.faults), len(self.faults))

    def _calm(self) -> None:
        for person in self.people:
            person.stop()
        self.until(lambda: not any(one.thread.is_alive() for one in self.people), "all answers came", 300)
        last: list[tuple[Any, ...]] = []
        told = time.monotonic() + 15

        def settled() -> bool:
            nonlocal told
            last[:] = self.servers.rows(verdict.UNSETTLED)
            if last and time.monotonic() > told:
                told += 15
                self.plan.say("waits for: " + "; ".join(row[0] for row in last[:5]))
            return not last

        try:
            self.outcome.settled = self.until(settled, "all is settled", CALM_PATIENCE)
        except TimeoutError:
            self.outcome.wrong += [f"not settled: {row[0]}" for row in last]

    def _judge(self) -> None:
        found = self.outcome
        everybody = [*self.people, self.prober]
        self.prober.ports = self.fleet.ports
        found.wrong += self.in_background(lambda: list(verdict.by_the_people(everybody, GRANT)))
        found.wrong += verdict.by_the_rows(everybody, self.servers)
        found.wrong += verdict.by_the_seller(self.far, self.servers)
        found.wrong += verdict.by_the_processes(self.fleet)
        found.wrong += [f"{name} did not end when it was asked to" for name in self.fleet.drain(60)]
        found.swept, findings = verdict.by_the_doctor(self.environment)
        found.wrong += findings
        found.generations = sum(one.starts for one in everybody)
        found.asked = sum(one.asked for one in everybody)
        found.repeated = sum(one.repeated for one in everybody)
        found.bought = self.far.bought
        for one in (one for person in everybody for one in person.known.values()):
            status = "deleted" if one.gone else one.status
            found.statuses[status] = found.statuses.get(status, 0) + 1


def run(plan: Plan) -> Outcome:
    """Runs a drill in a folder of its own, which is removed when everything held and kept, with its logs,

    when not.
    """
    # Directly in /tmp: a socket's path must be short, and the server user must get there.
    home = Path(tempfile.mkdtemp(prefix="soho-drill-", dir="/tmp"))
    outcome: Outcome | None = None
    try:
        with contextlib.ExitStack() as stack:
            outcome = Drill(plan, home, stack).run()
        return outcome
    finally:
        if outcome is not None and not outcome.wrong:
            subprocess.run(["rm", "-rf", str(home)], check=True)
        else:
            plan.say(f"The logs are in {home / 'log'}")


def _soho(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *words], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{words}: {done.stderr[-3000:]}")
    return done.stdout


def _answers(port: int) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2).status_code == 200
    return False
