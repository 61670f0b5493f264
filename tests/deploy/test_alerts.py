"""Each alert rings for what it is about and for nothing else, as Prometheus itself evaluates the rules."""

import re
import shutil
import subprocess
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from pytest_django import Settings

from soho.generation.run import work_once
from soho.providers import registry
from tests.deploy import files
from tests.support.engine import start

RULES = files.ROOT / "deploy" / "observability" / "alerts.yaml"
ALERTS = {rule["alert"]: rule for rule in yaml.safe_load(RULES.read_text())["groups"][0]["rules"]}

MADE = 'soho_attempts_total{kind="video",model="near",outcome="succeeded",code=""}'
DOWN = 'soho_attempts_total{kind="video",model="near",outcome="failed",code="provider_down"}'
MODERATED = 'soho_attempts_total{kind="video",model="near",outcome="failed",code="moderated"}'
LOST = 'soho_attempts_total{kind="video",model="near",outcome="lost",code="worker_lost"}'
OLDEST = 'soho_queue_oldest_seconds{kind="video"}'
WAITING = 'soho_queue_waiting{kind="video"}'
FINE = 'soho_http_request_seconds_count{method="GET",route="explore",status="200"}'
BROKEN = 'soho_http_request_seconds_count{method="GET",route="explore",status="500"}'


@dataclass(frozen=True)
class Story:
    """A sample a minute for each series, in promtool's words, and who rings `at` that minute."""

    alert: str
    about: str
    series: dict[str, str]
    at: int
    rings: list[dict[str, str]] = field(default_factory=list)


def feed(slow: int, all_: int, route: str = "explore") -> dict[str, str]:
    """So many requests a minute, of which so many take longer than half a second but less than one."""
    name = f'soho_http_request_seconds_bucket{{method="GET",route="{route}",status="200",le="%s"}}'
    quick = all_ - slow
    return {
        name % "0.5": f"0+{quick}x40",
        name % "1.0": f"0+{all_}x40",
        name % "+Inf": f"0+{all_}x40",
    }


STORIES = [
    Story("SohoQueueWaitsLong", "11 minutes", {OLDEST: "660x20"}, 6, [{"kind": "video"}]),
    Story("SohoQueueWaitsLong", "not yet for five minutes", {OLDEST: "0x10 660x4"}, 13),
    Story("SohoQueueWaitsLong", "9 minutes", {OLDEST: "540x20"}, 10),
    Story("SohoNothingIsMade", "the last was long ago", {WAITING: "3x60", MADE: "7x60"}, 40, [{}]),
    Story("SohoNothingIsMade", "they wait and none was ever made", {WAITING: "3x60"}, 20, [{}]),
    Story("SohoNothingIsMade", "one is made in ten minutes", {WAITING: "3x60", MADE: "0+0.1x60"}, 50),
    Story("SohoNothingIsMade", "nobody waits", {WAITING: "0x60", MADE: "7x60"}, 50),
    Story("SohoModelFails", "two of three", {DOWN: "0+2x60", MADE: "0+1x60"}, 40, [{"model": "near"}]),
    Story("SohoModelFails", "all of them", {DOWN: "0+1x60"}, 40, [{"model": "near"}]),
    Story("SohoModelFails", "one of three", {DOWN: "0+1x60", MADE: "0+2x60"}, 40),
    Story("SohoModelFails", "refused for what they ask", {MODERATED: "0+2x60", MADE: "0+1x60"}, 40),
    Story("SohoModelFails", "too few to tell", {DOWN: "0+0.1x60"}, 40),
    Story("SohoWorkersDie", "one every three minutes", {LOST: "0+0.33x60"}, 40, [{}]),
    Story("SohoWorkersDie", "one every ten minutes", {LOST: "0+0.1x60"}, 40),
    Story("SohoDatabaseAway", "one web of two", {
        'soho_database_up{instance="a"}': "1x10", 'soho_database_up{instance="b"}': "0x10"
    }, 3, [{}]),
    Story("SohoDatabaseAway", "away for one scrape", {"soho_database_up": "1 1 0 1 1 1"}, 3),
    Story("SohoDatabaseAway", "there", {"soho_database_up": "1x10"}, 5),
    Story("SohoWebAway", "none answers", {WAITING: "0x10"}, 5, [{}]),
    Story("SohoWebAway", "one does", {"soho_database_up": "0x10"}, 5),
    Story("SohoErrors", "one in twenty", {FINE: "0+95x20", BROKEN: "0+5x20"}, 12, [{}]),
    Story("SohoErrors", "one in a hundred", {FINE: "0+99x20", BROKEN: "0+1x20"}, 12),
    Story("SohoErrors", "none", {FINE: "0+99x20"}, 12),
    Story("SohoErrors", "an hour without a visitor", {FINE: "5x20"}, 12),
    Story("SohoFeedSlow", "two in a hundred", feed(2, 100), 30, [{}]),
    Story("SohoFeedSlow", "two in a hundred, handed out as copies", feed(2, 100, "copied"), 30, [{}]),
    Story("SohoFeedSlow", "one in a thousand", feed(1, 1000), 30),
    Story("SohoFeedSlow", "another page", feed(50, 100, "create"), 30),
]  # fmt: skip


def promtool(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Runs it. Where there is none (scripts/ensure-promtool says so), the test is left out: that the rules
    can be read is tested without it (tests/config/test_metrics.py).
    """
    found = shutil.which("promtool") or shutil.which("promtool", path=sysconfig.get_path("scripts"))
    if not found:
        pytest.skip("There is no promtool here; install Prometheus to have the alert rules evaluated.")
    return subprocess.run(
        [found, *words], input=given, capture_output=True, text=True, timeout=60, check=False
    )


def expected(rule: dict[str, Any], labels: dict[str, str]) -> dict[str, Any]:
    """The alert as it rings: its severity, what it is about, and its words with that filled in."""

    def filled(words: str) -> str:
        return re.sub(r"\{\{ \$labels\.(\w+) \}\}", lambda found: labels[found[1]], words)

    return {
        "exp_labels": {**rule["labels"], **labels},
        "exp_annotations": {name: filled(words) for name, words in rule["annotations"].items()},
    }


def test_the_rules_are_rules() -> None:
    checked = promtool("check", "rules", str(RULES))
    assert (checked.returncode, checked.stderr) == (0, "")
    assert f"SUCCESS: {len(ALERTS)} rules found" in checked.stdout


@pytest.mark.parametrize("story", STORIES, ids=lambda story: f"{story.alert}: {story.about}")
def test_it_rings_for_what_it_is_about_and_for_nothing_else(story: Story, tmp_path: Path) -> None:
    told = {
        "rule_files": [str(RULES)],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": text} for name, text in story.series.items()],
                "alert_rule_test": [
                    {
                        "eval_time": f"{story.at}m",
                        "alertname": story.alert,
                        "exp_alerts": [expected(ALERTS[story.alert], labels) for labels in story.rings],
                    }
                ],
            }
        ],
    }
    path = tmp_path / "story.yaml"
    path.write_text(yaml.safe_dump(told))
    ran = promtool("test", "rules", str(path))
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_every_alert_has_a_story_in_which_it_rings_and_one_in_which_it_does_not() -> None:
    assert {story.alert for story in STORIES if story.rings} == set(ALERTS)
    assert {story.alert for story in STORIES if not story.rings} == set(ALERTS)


def test_what_is_scraped_is_as_prometheus_wants_it(
    settings: Settings, transactional_db: None, alice: Any
) -> None:
    settings.METRICS_TOKEN = "a token for this test alone"
    settings.PROVIDERS = ["tests.support.rehearsal"]
    registry.providers.cache_clear()
    try:
        start(alice, "a lake")
        work_once("video", worker="test")
        Client().get("/soho/explore")
        answer = Client().get("/metrics", headers={"Authorization": f"Bearer {settings.METRICS_TOKEN}"})
    finally:
        registry.providers.cache_clear()
    checked = promtool("check", "metrics", given=answer.content.decode())
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
    # And the stories above speak of series that it really holds, with the labels that they really have.
    scraped = answer.content.decode()
    for story in STORIES:
        for series in story.series:
            name, _, labels = series.partition("{")
            there = re.search(rf"^{name}(?:{{([^}}]*)}})? ", scraped, re.M)
            assert there, name
            spoken = set(re.findall(r"(\w+)=", labels)) - {"instance"}
            assert spoken <= set(re.findall(r"(\w+)=", there[1] or "")), series
