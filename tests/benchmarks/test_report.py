"""The pages of what was measured are what the files in `benchmarks/results` give, word for word."""

import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import rendering, results, scaling
from benchmarks.figures import Figure, Plot, Report
from benchmarks.memory import mebibytes, stated
from benchmarks.results import Circumstances, NotMeasuredError, Result

LARGEST_PLOT = 15_000  # bytes
AGAIN = "run `make bench-report ARGS=--render`, and commit what it changes"


def result(*figures: Figure, name: str = "live") -> Result:
    plot = Plot("lines", "Lines", "x", "y", [1.0, 2.0], {"one": [1.0, 2.0]})
    report = Report(name, "A title", list(figures), [plot], remarks="Said beside it.")
    return Result(report, Circumstances("2026-11-22", "2 cores", "3.11.7", 0.1, 1.2))


@pytest.mark.parametrize("name", rendering.PAGES)
def test_a_page_is_what_was_measured(name: str) -> None:
    text = (rendering.DOCS / name).read_text()
    assert rendering.page(text) == text, AGAIN


def test_every_benchmark_has_its_place_on_the_page() -> None:
    text = (rendering.DOCS / "performance.md").read_text()
    assert sorted(rendering.named(text)) == sorted(["summary", *rendering.TOPICS])
    headings = {
        line.lstrip("# ").lower().replace(" ", "-") for line in text.splitlines() if line[:3] == "## "
    }
    assert {heading for _, heading in rendering.TOPICS.values()} <= headings
    measured = {path.stem for path in results.FOLDER.glob("*.json")}
    assert measured <= set(rendering.TOPICS)


def test_every_picture_is_there_small_and_drawn_from_what_was_measured() -> None:
    plots = {f"{plot.name}.svg": plot for plot in rendering.every_plot()}
    assert {path.name for path in rendering.PLOTS.iterdir()} == set(plots), AGAIN
    for name, plot in plots.items():
        text = (rendering.PLOTS / name).read_text()
        assert len(text.encode()) < LARGEST_PLOT, name
        assert f"data {rendering.digest(plot)}" in text, (name, AGAIN)
        assert "script" not in {
            element.tag.rpartition("}")[2] for element in ElementTree.fromstring(text).iter()
        }


def test_every_picture_on_a_page_is_there_and_described() -> None:
    for name in rendering.PAGES:
        text = (rendering.DOCS / name).read_text()
        for words, address in re.findall(r"!\[([^\]]*)\]\(([^)]*)\)", text):
            assert (rendering.DOCS / address).is_file(), address
            assert len(words) > 20, address


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    kept = result(Figure("memory", 31.5, "KiB", 64.0), Figure("streams lost", 0.0, "lost", 0.0, "of 5,000"))
    results.save(kept, tmp_path)
    again = results.load("live", tmp_path)
    assert again == kept
    assert again.circumstances == kept.circumstances
    assert again.report.figures[1].verdict == "met"


def test_a_figure_is_found_by_its_name_at_the_largest_size() -> None:
    found = result(Figure("10 posts: a page", 1.0, "ms"), Figure("10 million posts: a page", 2.0, "ms"))
    assert found.value("a page") == 2.0
    with pytest.raises(NotMeasuredError, match="make bench-report ARGS=live"):
        found.value("another page")


def test_a_fleet_without_its_figures_names_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(NotMeasuredError, match="run: make bench-report ARGS=feed"):
        scaling.constants(tmp_path)


def test_twice_the_people_never_take_less() -> None:
    fleets = scaling.fleets()
    for one, more in pairwise(fleets):
        assert one.web_cores <= more.web_cores
        assert one.worker_cores <= more.worker_cores
        assert one.dollars_a_month < more.dollars_a_month


def test_a_missed_target_is_told_with_by_how_much() -> None:
    assert Figure("slow", 3.0, "s", 2.0).verdict == "missed by 50%"
    assert Figure("lost", 3, "lost", 0).verdict == "missed"
    assert Figure("only told", 3.0, "s").verdict == ""


def test_the_manifests_ask_for_no_less_than_their_roles_were_seen_to_take() -> None:
    seen = {figure.name: figure.value for figure in results.load("memory").report.figures}
    roles = stated()
    assert {"web", "live", "video", "image", "upkeep", "beat"} == set(roles)
    for role, (request, limit) in roles.items():
        assert seen[f"{role}, at rest"] <= request, role
        assert seen[f"{role}, at the peak"] <= limit, role


def test_a_manifests_memory_is_read_in_mebibytes() -> None:
    assert (mebibytes("512Mi"), mebibytes("4Gi")) == (512, 4096)
