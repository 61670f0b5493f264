"""What Prometheus is told, and who may ask."""

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from django.db import transaction
from django.test import Client
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.parser import text_string_to_metric_families

from soho import measures
from soho.accounts.actions import create_api_key
from soho.accounts.models import User
from soho.creations import actions
from soho.generation.run import work_once
from soho.providers import registry
from tests.support.engine import start

ROOT = Path(__file__).parents[2]
TOKEN = "a token for this test alone"


@pytest.fixture
def stage(settings: Any, transactional_db: None) -> Iterator[None]:
    settings.PROVIDERS = ["tests.support.rehearsal"]
    settings.METRICS_TOKEN = TOKEN
    registry.providers.cache_clear()
    yield
    registry.providers.cache_clear()


def scraped() -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample by name and labels."""
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def value(found: dict[Any, float], name: str, **labels: str) -> float:
    """The sum of the samples of that name that carry these labels."""
    wanted = set(labels.items())
    return sum(figure for (one, has), figure in found.items() if one == name and wanted <= has)


def test_a_life_of_creations_is_counted(stage: None, alice: User, bob: User) -> None:
    before = scraped()

    video = start(alice, "a lake")
    assert value(scraped(), "soho_queue_waiting", kind="video") == 1
    work_once("video", worker="test")
    start(bob, "fail=moderated")
    work_once("video", worker="test")
    actions.cancel(bob.pk, start(bob, "never mind"))
    Client().get("/soho/explore")

    after = scraped()

    def grew(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    assert grew("soho_attempts_total", kind="video", model="rehearsal", outcome="succeeded") == 1
    assert grew("soho_attempts_total", outcome="failed", code="moderated") == 1
    assert grew("soho_generation_seconds_count", kind="video", model="rehearsal") == 1
    assert grew("soho_finishing_seconds_count", kind="video") == 1
    assert grew("soho_claim_wait_seconds_count", kind="video") == 2
    assert grew("soho_tokens_total", movement="hold") == 30
    assert grew("soho_tokens_total", movement="capture") == 10
    assert grew("soho_tokens_total", movement="release") == 10
    assert grew("soho_http_request_seconds_count", method="GET") >= 1
    assert value(after, "soho_queue_waiting", kind="video") == 0
    assert value(after, "soho_database_up") == 1
    assert video


def test_what_is_rolled_back_is_not_counted(stage: None, alice: User) -> None:
    before = value(scraped(), "soho_tokens_total", movement="hold")
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        start(alice, "undone with all the rest")
        assert 1 / 0
    assert value(scraped(), "soho_tokens_total", movement="hold") == before


@pytest.mark.django_db
def test_only_the_token_and_operators_see_it(settings: Any, alice: User) -> None:
    settings.METRICS_TOKEN = ""
    client = Client()
    _, key = create_api_key(alice, "hers")
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": f"Bearer {key}"}).status_code == 404
    client.force_login(alice)
    assert client.get("/metrics").status_code == 404
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    assert client.get("/metrics").status_code == 200
    assert Client().get("/metrics", headers={"Authorization": f"Bearer {key}"}).status_code == 200


# --- What is built on it


def exported() -> dict[str, set[str]]:
    """Every name that a scrape may hold, with its labels."""
    found = {
        "soho_queue_waiting": {"kind"},
        "soho_queue_running": {"kind"},
        "soho_queue_oldest_seconds": {"kind"},
        "soho_database_up": set(),
    }
    for metric in vars(measures).values():
        if isinstance(metric, MetricWrapperBase):
            (family,) = metric.describe()
            labels = set(metric._labelnames)
            if family.type == "histogram":
                found |= {f"{family.name}_bucket": labels | {"le"}, f"{family.name}_count": labels}
                found[f"{family.name}_sum"] = labels
            else:
                found[f"{family.name}_total" if family.type == "counter" else family.name] = labels
    return found


def expressions() -> list[tuple[str, str]]:
    dashboard = json.loads((ROOT / "deploy/observability/dashboard.json").read_text())
    alerts = yaml.safe_load((ROOT / "deploy/observability/alerts.yaml").read_text())
    return [
        *((panel["title"], target["expr"]) for panel in dashboard["panels"] for target in panel["targets"]),
        *((rule["alert"], rule["expr"]) for group in alerts["groups"] for rule in group["rules"]),
    ]


@pytest.mark.parametrize(("name", "expression"), expressions(), ids=lambda text: text[:40])
def test_the_dashboard_and_the_alerts_ask_for_what_there_is(name: str, expression: str) -> None:
    promql_parser.parse(expression)
    known = exported()
    asked = re.findall(r"(soho_\w+)(?:\{([^}]*)\})?", expression)
    assert asked
    for metric, matchers in asked:
        assert metric in known, metric
        assert set(re.findall(r"(\w+)\s*[=!]", matchers)) <= known[metric]
    for grouped in re.findall(r"by \(([^)]*)\)", expression):
        everywhere = set().union(*(known[metric] for metric, _ in asked))
        assert {label.strip() for label in grouped.split(",")} <= everywhere


def test_every_alert_says_what_happened_and_what_to_do() -> None:
    alerts = yaml.safe_load((ROOT / "deploy/observability/alerts.yaml").read_text())
    for rule in alerts["groups"][0]["rules"]:
        assert {"summary", "description"} == set(rule["annotations"])
        assert rule["labels"]["severity"] in {"warning", "critical"}


def test_no_measure_carries_what_identifies_anybody() -> None:
    assert not {"user", "username", "creation", "prompt", "path"} & set().union(*exported().values())
