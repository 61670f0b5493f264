"""Workflow files: what is recognised in them, what `soho.toml` says of them, and mistakes."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from soho.providers import configuration_file
from soho.providers.comfyui import make
from soho.providers.comfyui.workflow import Unusable, read
from soho.providers.contract import Provider
from soho.providers.remote import RemoteProvider
from tests.support.standins.comfyui import WORKFLOW

EXAMPLES = Path(__file__).parents[2] / "docs" / "workflows"


def saved(path: Path, *nodes: dict[str, Any]) -> Path:
    path.write_text(json.dumps({str(number): node for number, node in enumerate(nodes)}))
    return path


def text(value: str = "{{prompt}}") -> dict[str, Any]:
    return {"class_type": "CLIPTextEncode", "inputs": {"text": value}}


def saver(kind: str = "SaveImage") -> dict[str, Any]:
    return {"class_type": kind, "inputs": {}}


def configured(folder: Path, table: str) -> Provider:
    (folder / "soho.toml").write_text(f"[providers.comfy]\nkind = 'comfyui'\n{table}")
    config = configuration_file.load(folder / "soho.toml").providers[0]
    provider = make(config)
    config.all_read()
    return provider


def test_the_examples_of_the_documentation_are_recognised() -> None:
    wan, sdxl = read(EXAMPLES / "wan-text-to-video.json"), read(EXAMPLES / "sdxl-text-to-image.json")
    assert (wan.kind, sdxl.kind) == ("video", "image")
    assert wan.marks == {"prompt", "seed", "width", "height", "frames", "fps"}
    assert sdxl.marks == {"prompt", "seed", "width", "height"}


def test_a_folder_of_workflows_offers_each_with_what_it_can(tmp_path: Path) -> None:
    saved(tmp_path / "still.json", text(), saver())
    film = {
        "class_type": "CreateVideo",
        "inputs": {"audio": ["9", 0], "length": "{{frames}}", "seed": "{{seed}}"},
    }
    saved(tmp_path / "film.json", text("A film of {{prompt}}, {{width}} wide"), film, saver("SaveVideo"))
    provider = configured(tmp_path, "folder = '.'")
    film_info, still = provider.models()
    assert (film_info.name, film_info.kinds, film_info.has_audio, film_info.has_seed) == (
        "film",
        ("video",),
        True,
        True,
    )
    assert film_info.seconds == (3.0, 5.0)
    assert film_info.aspect_ratios == ("9:16", "1:1", "16:9")
    assert (still.name, still.kinds, still.has_seed) == ("still", ("image",), False)
    # It is not told its size, so there is nothing to choose.
    assert still.aspect_ratios == ("16:9",)


def test_workflows_are_usually_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "workflows").mkdir()
    saved(tmp_path / "workflows" / "still.json", text(), saver())
    assert [one.name for one in configured(tmp_path, "").models()] == ["still"]


def test_the_operators_words_and_sizes_go_first(tmp_path: Path) -> None:
    saved(tmp_path / "film.json", text("{{prompt}} {{width}} {{frames}}"), saver("SaveVideo"))
    provider = configured(
        tmp_path,
        """
        address = "http://10.0.0.5:8188"
        [providers.comfy.models.sea]
        workflow = "film.json"
        title = "The sea"
        fps = 24
        every = 8
        seconds = [2]
        sizes = { "16:9" = "1280x704" }
        prices = { video = 3 }
        """,
    )
    assert isinstance(provider, RemoteProvider)
    [info] = provider.models()
    assert (info.name, info.title, info.seconds, info.prices) == ("sea", "The sea", (2.0,), {"video": 3})
    assert info.aspect_ratios == ("16:9",)
    offer = provider.remote._offers["sea"]
    assert (offer.size("16:9"), offer.fps, offer.every) == ((1280, 704), 24.0, 8)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"nodes": [], "links": []}', "Export (API)"),
        ("{}", "API format"),
        ('{"1": {"class_type": 5}}', "API format"),
        ("{", "JSON"),
        ('{"1": {"class_type": "A", "inputs": {"text": "a lake"}}}', "no {{prompt}}"),
        ('{"1": {"class_type": "A", "inputs": {"text": "{{prompt}} {{lenght}}"}}}', "{{lenght}}"),
        ('{"1": {"class_type": "A", "inputs": {"text": "{{prompt}} {{file:no.png}}"}}}', "'no.png'"),
        ('{"1": {"class_type": "A", "inputs": {"text": "{{prompt}} {{file:../key.png}}"}}}', "'key.png'"),
    ],
)
def test_a_file_that_is_no_such_workflow_is_one_sentence(content: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "key.png").write_bytes(b"secret")
    folder = tmp_path / "workflows"
    folder.mkdir()
    (folder / "broken.json").write_text(content)
    with pytest.raises(Unusable) as caught:
        read(folder / "broken.json")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("", "folder"),
        ("folder = 'empty'", "no workflows"),
        ("[providers.comfy.models.a]\nworkflow = 'gone.json'", "gone.json"),
        ("[providers.comfy.models.a]\nworkflow = 'odd.json'", "kinds"),
        ("[providers.comfy.models.a]\nworkflow = 'still.json'\nfsp = 5", "fsp"),
        ("[providers.comfy.models.a]\nworkflow = 'still.json'\nkinds = ['image', 'video']", "kinds"),
        ("[providers.comfy.models.a]\nworkflow = 'still.json'\naspect_ratios = ['3:2']", "sizes"),
    ],
)
def test_a_mistake_stops_the_start_and_is_named(table: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    saved(tmp_path / "still.json", text(), saver())
    saved(tmp_path / "odd.json", text(), saver("SomebodysSaver"))
    with pytest.raises(ImproperlyConfigured, match=says):
        configured(tmp_path, table)


def test_the_workflow_of_the_stand_in_is_the_one_that_ran() -> None:
    assert read(WORKFLOW).kind == "video"
