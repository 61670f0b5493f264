"""What must be true when all is calm again: every sentence that does not hold, by whom it was found out."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.chaos.clients import Person
from tests.chaos.fleet import ROOT, Fleet
from tests.chaos.servers import Servers
from tests.support.far_server import FarServer

UNSETTLED = """
    SELECT format('creation %s is %s, lease %s, not before %s, %s errors, %s',
            id, status, lease_until - now(), not_before - now(), errors, progress_note)
        FROM creations_creation
        WHERE status IN ('pending', 'processing', 'deleted')
    UNION ALL SELECT 'creation ' || id || ' is due' FROM creations_creation
        WHERE status = 'draft' AND publish_at <= now()
    UNION ALL SELECT format('attempt %s at %s by %s runs since %s, %s', fence, creation_id, worker,
            now() - started_at, provider_job) FROM generation_attempt WHERE outcome = 'running'
    UNION ALL SELECT 'object ' || key || ' is doomed' FROM creations_doomedobject
"""

_BOUGHT_TWICE = """
    SELECT a.creation_id, count(DISTINCT a.job_key), string_agg(a.fence || ':' || a.outcome || ':' ||
        a.error_code || ':' || a.provider_job || ':' || a.job_key, ' ' ORDER BY a.fence)
    FROM generation_attempt AS a
    WHERE a.job_key = ANY(%s) AND a.creation_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM creations_creationevent AS e
        WHERE e.creation_id = a.creation_id AND e.arrow IN ('retry', 'cancel')
    )
    GROUP BY a.creation_id HAVING count(DISTINCT a.job_key) > 1
"""


def by_the_people(people: list[Person], granted: int) -> Iterator[str]:
    """Each person's account beside what the product says now."""
    for person in people:
        for one in person.known.values():
            was = one.status
            person.look(one)
            if not one.gone and one.status not in {"draft", "published", "failed"}:
                yield f"{person.name}: {one.id} ended as {one.status}, was {was}"
        for surprise in person.surprises:
            yield f"{person.name}: {surprise}"
        told, counted = person.balance(), person.account(granted)
        if told != counted:
            yield f"{person.name}: has (available, held) {told}, and the answers add up to {counted}"


def by_the_rows(people: list[Person], servers: Servers) -> Iterator[str]:
    """What was asked for once is there once."""
    counted = dict(
        servers.rows(
            "SELECT u.username, count(*) FROM creations_creationevent AS e "
            "JOIN accounts_user AS u ON u.id = e.user_id WHERE e.arrow = 'start' GROUP BY u.username"
        )
    )
    for person in people:
        if counted.get(person.name, 0) != person.starts:
            yield f"{person.name}: asked for {person.starts}, and {counted.get(person.name, 0)} were started"
        if len(person.known) != person.starts:
            yield f"{person.name}: asked for {person.starts}, and was told of {len(person.known)}"


def by_the_seller(far: FarServer, servers: Servers) -> Iterator[str]:
    """No order was taken twice, by what the seller has in its own books."""
    keys = Counter(job.key for job in far.jobs.values())
    for key, times in keys.items():
        if times > 1:
            yield f"the seller: sold {times} jobs for the order {key}"
    for row in servers.rows(_BOUGHT_TWICE, list(keys)):
        yield f"the seller: sold {row[1]} jobs for {row[0]}, whose owner never asked again: {row[2]}"


def by_the_doctor(environment: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Sweeps orphans with no grace, examines everything; what was swept, and every finding."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos.inside", "verdict"],
        # Nothing may be left that the sweep would have had to remove: no grace for the examination either.
        env={**environment, "SOHO_ORPHAN_GRACE_SECONDS": "0.001"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    if done.returncode:
        return {}, [f"the doctor could not examine: {done.stderr[-2000:]}"]
    found = json.loads(done.stdout.splitlines()[-1])
    return found, [f"the doctor: {one}" for one in found["findings"]]


def by_the_processes(fleet: Fleet) -> Iterator[str]:
    """No process outlives what started it."""
    for part in fleet.parts:
        if left := part.orphans():
            yield f"{part.name}: {len(left)} processes are left of ones that are gone"
