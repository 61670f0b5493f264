"""From `soho.toml` to the request that a server gets: each hosted provider as its folder makes it."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from soho.providers import registry
from soho.providers.contract import ModelInfo
from tests.support.standins import KEY
from tests.support.standins.fal import Queue
from tests.support.standins.media import clip, picture
from tests.support.standins.openai import OpenAIServer
from tests.support.standins.orders import PROMPT, Ear, order

Write = Callable[[str], None]


@pytest.fixture
def write(tmp_path: Path, settings: Any) -> Iterator[Write]:
    """Writes soho.toml, and lets the registry read it."""

    def written(text: str) -> None:
        path = tmp_path / "soho.toml"
        path.write_text(text)
        settings.CONFIG_FILE = path
        registry.forget()

    yield written
    registry.forget()


def named(name: str) -> ModelInfo:
    return next(model for model in registry.offered() if model.name == name)


def test_an_operators_gpu_server(write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOHO_GPU_KEY", KEY)
    with OpenAIServer(clip(), picture()) as server:
        write(f"""
            [providers.gpu]
            kind = "openai"
            address = "{server.url}/v1"
            form = "json"
            [providers.gpu.models.wan]
            id = "Wan-AI/Wan2.2"
            title = "Wan 2.2"
            kinds = ["video"]
            aspect_ratios = ["4:5"]
            seconds = [5]
            sizes = {{ "4:5" = "768x960" }}
            input = {{ seed = "$seed", num_inference_steps = 8, note = "$ratio at $size" }}
        """)
        provider = registry.provider_of("wan", "video")
        assert provider.health("wan").ok
        assert provider.generate(order(provider, "wan"), tmp_path, Ear()).exists()
        [job] = server.jobs.values()
    assert job.told == {
        "prompt": PROMPT,
        "model": "Wan-AI/Wan2.2",
        "size": "768x960",
        "seconds": "5",
        "seed": 7_654_321,
        "num_inference_steps": 8,
        "note": "4:5 at 768x960",
    }


def test_a_model_on_fal_that_nobody_knew(
    write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SOHO_FAL_KEY", KEY)
    with Queue(clip(), picture()) as server:
        write(f"""
            [providers.fal]
            kind = "fal"
            address = "{server.url}"
            [providers.fal.models.new]
            id = "fal-ai/veo3.1/fast"
            kinds = ["video"]
            seconds = [4]
            aspect_ratios = ["16:9"]
            costs = {{ video = 0.2 }}
            input = {{ prompt = "$prompt", size = {{ w = "$width", ratio = "$ratio" }}, f = ["$seconds"] }}
        """)
        provider = registry.provider_of("new", "video")
        provider.generate(order(provider, "new"), tmp_path, Ear())
        assert server.asked[0].document == {"prompt": PROMPT, "size": {"ratio": "16:9"}, "f": [4]}
    assert named("new").costs == {"video": 0.2}


@pytest.mark.parametrize("kind", ["openai", "google", "fal", "replicate"])
def test_a_key_alone_offers_the_known_models_with_what_they_cost(
    kind: str, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"SOHO_{kind.upper()}_KEY", KEY)
    write("")
    offered = [model for model in registry.offered() if model.name != "diorama"]
    assert offered
    assert all(set(model.costs) == set(model.kinds) for model in offered)
    assert KEY not in repr(registry.providers())


def test_all_of_them_beside_each_other(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("OPENAI", "GOOGLE", "FAL", "REPLICATE"):
        monkeypatch.setenv(f"SOHO_{kind}_KEY", KEY)
    write("""
        [providers.vertex]
        kind = "google"
        project = "studio"
        [providers.vertex.models.veo]
        id = "veo-3.1-fast-generate-001"
    """)
    names = [model.name for model in registry.offered()]
    assert len(names) == len(set(names))
    assert named("veo").title == "Veo 3.1 Fast"


@pytest.mark.parametrize("kind", ["openai", "google", "fal", "replicate"])
def test_without_a_key_a_model_is_shown_with_what_to_set(kind: str, write: Write) -> None:
    write(f'[providers.mine]\nkind = "{kind}"\n')
    [first, *_] = [one for one in registry.providers() if one.name == "mine"]
    health = first.health(first.models()[0].name)
    assert not health.ok
    assert "SOHO_MINE_KEY" in health.sentence


GPU = '[providers.gpu]\nkind = "openai"\naddress = "http://gpu:8000/v1"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            GPU,
            "say which models this server has",
        ),
        (
            GPU + 'form = "xml"\n[providers.gpu.models.a]',
            "set it to multipart or json",
        ),
        (
            GPU + '[providers.gpu.models.a]\naspect_ratios = ["3:2"]',
            "say how many pixels 3:2 is",
        ),
        (
            '[providers.o]\nkind = "openai"\n[providers.o.models.gpt-image-2]\nkinds = ["video"]',
            "makes no video",
        ),
        ('[providers.f]\nkind = "fal"\npace = 3', "there is no such setting"),
        ('[providers.f]\nkind = "fal"\n[providers.f.models.x]\ninput = "prompt"', "set it to a table"),
    ],
)
def test_a_mistake_is_one_sentence(text: str, says: str, write: Write) -> None:
    write(text)
    with pytest.raises(ImproperlyConfigured, match=says):
        registry.providers()


@pytest.mark.parametrize(("kind", "package"), [("openai", "openai"), ("google", "google.genai")])
def test_a_missing_package_is_said_with_what_to_install(
    kind: str, package: str, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("soho.providers.late.find_spec", lambda name: None if name == package else True)
    write(f'[providers.mine]\nkind = "{kind}"\n')
    [first, *_] = [one for one in registry.providers() if one.name == "mine"]
    sentence = first.health(first.models()[0].name).sentence
    assert f"soho[{kind}]" in sentence


def test_no_sdk_is_imported_before_it_is_needed(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("OPENAI", "GOOGLE"):
        monkeypatch.setenv(f"SOHO_{kind}_KEY", KEY)
    for name in ("soho.providers.openai.provider", "soho.providers.google.provider"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    write("")
    registry.offered()
    assert "soho.providers.openai.provider" not in sys.modules
    assert "soho.providers.google.provider" not in sys.modules
