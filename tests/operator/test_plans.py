"""How PostgreSQL reads the desk: along indexes that hold what is asked for, whatever lies beside it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from soho.accounts.models import User
from soho.creations.models import Creation
from soho.generation.models import Attempt, Outcome
from soho.generation.run import work_once
from soho.ids import first_at
from soho.ledger.models import Transfer
from soho.operator import failures, money, queries, work
from tests.feed.test_plans import plan_of
from tests.support.engine import start
from tests.web.conftest import make

MANY = 2000


@pytest.fixture
def history(alice: User, bob: User) -> None:
    """Two months of attempts, transfers and posts, of which few failed, few are new, and one waits."""
    now = timezone.now()

    def at(number: int) -> Any:
        return now - timedelta(days=60) + timedelta(minutes=40 * number)

    Attempt.objects.bulk_create(
        Attempt(
            id=UUID(int=first_at(at(n)).int + n), creation=None, fence=n, worker="then", kind="video",
            model="rehearsal", provider="rehearsal",
            outcome=Outcome.FAILED if n % 40 == 0 else Outcome.SUCCEEDED, ended_at=at(n), started_at=at(n),
        )
        for n in range(MANY)
    )  # fmt: skip
    available = alice.token_accounts.get(kind="available")
    granted = Transfer.objects.filter(target=available).get()
    Transfer.objects.bulk_create(
        Transfer(
            id=UUID(int=first_at(at(n)).int + n), kind="grant", source_id=granted.source_id, target=available,
            amount=1, reason="Then", key=f"then:{n}",
        )
        for n in range(MANY)
    )  # fmt: skip
    one = make(alice)
    changed = {
        "id": "gen_random_uuid()",
        "status": "CASE WHEN n % 2 = 0 THEN 'draft' ELSE 'published' END",
        "published_at": "CASE WHEN n % 2 = 0 THEN NULL ELSE c.published_at - n * interval '1 minute' END",
        "user_id": f"CASE WHEN n % 100 < 2 THEN c.user_id ELSE '{bob.pk}' END",
    }
    columns = [field.column for field in Creation._meta.concrete_fields]
    values = [changed.get(column, f"c.{column}") for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO creations_creation ({', '.join(columns)}) SELECT {', '.join(values)} "
            f"FROM creations_creation AS c, generate_series(1, {MANY}) AS n WHERE c.id = '{one.pk}'"
        )
    start(alice, "waits")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE generation_attempt, ledger_transfer, creations_creation, accounts_user")


def scans(plan: list[dict[str, Any]], table: str) -> list[dict[str, Any]]:
    """The nodes that read `table`."""
    return [node for node in plan if node.get("Relation Name") == table]


def rows(node: dict[str, Any]) -> float:
    return float((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])


def test_failures_are_walked_to_along_an_index_of_their_own(history: None) -> None:
    (walk,) = scans(plan_of(failures.latest), "generation_attempt")
    assert (walk["Index Name"], walk["Scan Direction"]) == ("generation_failures", "Backward")
    assert rows(walk) <= failures.SHOWN
    plan = plan_of(failures.of_a_day)
    assert "generation_failures" in {node.get("Index Name") for node in plan}
    assert all(rows(node) <= 5 for node in scans(plan, "generation_attempt"))


def test_the_queue_and_workers_cost_what_waits_and_works(history: None, alice: User) -> None:
    for read in (work.queues, work.leases):
        plan = plan_of(read)
        assert {"creations_line", "creations_running"} & {node.get("Index Name") for node in plan}
        assert all(rows(node) <= 1 for node in scans(plan, "creations_creation"))
    work_once("video", worker="now")
    plan = plan_of(work.workers)
    assert "generation_attempt_pkey" in {node.get("Index Name") for node in plan}
    assert all(rows(node) <= 5 for node in scans(plan, "generation_attempt"))


def test_a_remembered_month_costs_what_today_brought(history: None) -> None:
    money.sums()
    for begins, table in (
        ("\n    SELECT d.day, found.movement", "ledger_transfer"),
        ("\n    SELECT d.day, found.model", "generation_attempt"),
    ):
        plan = plan_of(money.sums, begins)
        assert f"{table}_pkey" in {node.get("Index Name") for node in plan}
        # At most two days, one every 40 minutes, and what the story itself began with
        assert sum(rows(node) for node in scans(plan, table)) <= 2 * 36 + 5


def test_a_persons_newest_are_read_from_both_ends(history: None) -> None:
    plan = plan_of(lambda: queries.latest_of("alice"), "\n    SELECT * FROM")
    assert {"creations_profile", "creations_drafts"} <= {node.get("Index Name") for node in plan}
    assert all(rows(node) <= queries.FOUND + 1 for node in scans(plan, "creations_creation"))
