"""`soho.toml`: what an operator may write, and one sentence for every mistake."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from soho.providers import registry
from soho.providers.configuration import ProviderConfig
from soho.providers.configuration_file import load
from soho.providers.contract import ModelInfo
from tests.support import rehearsal

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path, settings: Any) -> Write:
    """Writes the file, and lets the registry read it."""

    def written(text: str) -> Path:
        path = tmp_path / "soho.toml"
        path.write_text(text)
        settings.CONFIG_FILE = path
        registry.forget()
        return path

    return written


@pytest.fixture(autouse=True)
def afresh() -> Any:
    registry.forget()
    yield
    registry.forget()


FULL = """
[defaults]
video = "harbour"

[fallback]
max_cost = 1.5

[providers.gpu]
kind = "openai"
address = "http://10.0.0.5:8000/v1/"
steps = 30

[providers.gpu.models.harbour]
id = "maker/harbour-2"
title = "Harbour"
kinds = ["video"]
aspect_ratios = ["16:9"]
seconds = [8, 4]
sizes = { "16:9" = "1280x720" }
prices = { video = 12 }
costs = { video = 0.25 }
successors = ["diorama"]
flow = 3
"""


def test_a_provider_receives_what_the_operator_wrote(
    write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = tmp_path / "key"
    secret.write_text("from a file\n")
    monkeypatch.setenv("SOHO_GPU_KEY_FILE", str(secret))
    found = load(write(FULL))
    [gpu] = found.providers
    assert (gpu.name, gpu.kind, gpu.address, gpu.key) == (
        "gpu",
        "openai",
        "http://10.0.0.5:8000/v1",
        "from a file",
    )
    assert gpu.options.number("steps", 20) == 30
    [harbour] = gpu.models
    assert harbour.id == "maker/harbour-2"
    assert harbour.sizes == {"16:9": (1280, 720)}
    assert harbour.options.number("flow", 1) == 3
    info = harbour.info(ModelInfo("x", "Default title", "What it is.", ("image", "video"), has_audio=True))
    assert (info.name, info.title, info.description, info.kinds) == (
        "harbour",
        "Harbour",
        "What it is.",
        ("video",),
    )
    assert (info.seconds, info.prices, info.costs) == ((4.0, 8.0), {"video": 12}, {"video": 0.25})
    assert (info.successors, info.has_audio) == (("diorama",), True)
    assert (found.defaults, found.max_cost) == ({"video": "harbour"}, 1.5)
    gpu.all_read()


def test_a_key_is_in_no_representation(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOHO_GPU_KEY", "geheim")
    assert "geheim" not in repr(load(write(FULL)))


def test_a_key_in_the_environment_alone_offers_what_the_adapter_has(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOHO_GOOGLE_KEY", "geheim")
    [google] = load(write("")).providers
    assert (google.name, google.kind, google.models, google.key) == ("google", "google", (), "geheim")


PROVIDER = '[providers.gpu]\nkind = "openai"\n'
MODEL = PROVIDER + "[providers.gpu.models.wan]\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a = ", "soho.toml is no TOML"),
        ("a = 1", "soho.toml, [top], a: there is no such setting."),
        ("[default]\nvideo = 'x'", "default: there is no such setting. Did you mean defaults?"),
        ("[defaults]\nfilm = 'x'", "soho.toml, [defaults], film: there is no such setting."),
        ("[fallback]\nmax_cost = -1", "soho.toml, [fallback], max_cost: set it to a number"),
        ("[providers.gpu]", "[providers.gpu], kind: say which"),
        ("[providers.Big]\nkind='openai'", "[providers.Big], name: use up to 40 small letters"),
        ("[providers.gpu]\nkind='opennai'", "kind: there is no 'opennai'. Did you mean openai?"),
        (PROVIDER + "address = 'gpu:80'", "[providers.gpu], address: set it to an address"),
        (PROVIDER + "address = 'http://bob:hunter@gpu'", "address: a key does not belong in this file"),
        (PROVIDER + "api_key = 'x'", "set SOHO_GPU_KEY or SOHO_GPU_KEY_FILE"),
        (PROVIDER + "note = 'sk-abc'", "note: a key does not belong in this file"),
        (MODEL + "token = 'x'", "[providers.gpu.models.wan], token: a key does not belong"),
        (MODEL + "seconds = [0]", "[providers.gpu.models.wan], seconds: set it to a list of clip lengths"),
        (MODEL + "seconds = 4", "seconds: set it to a list of clip lengths"),
        (MODEL + "kinds = ['film']", "kinds: set it to a list of at least one of these: image, video."),
        (MODEL + "aspect_ratios = ['wide']", "aspect_ratios: set it to a list"),
        (MODEL + "prices = { video = 1.5 }", "prices: set it to whole tokens by kind"),
        (MODEL + "costs = { film = 1 }", "costs: set it to US dollars by kind"),
        (MODEL + "sizes = { '16:9' = 'big' }", "sizes: set it to pixels by aspect ratio"),
        (MODEL + "has_audio = 'yes'", "has_audio: set it to true or false."),
        (PROVIDER + "[providers.gpu.models.'a b']", "name: use up to 80 letters"),
    ],
)
def test_every_mistake_stops_the_start_with_one_sentence(text: str, says: str, write: Write) -> None:
    with pytest.raises(ImproperlyConfigured) as stopped:
        load(write(text))
    assert says in str(stopped.value)
    assert "hunter" not in str(stopped.value)
    assert "sk-abc" not in str(stopped.value)
    assert "\n" not in str(stopped.value)


def test_a_named_file_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"SOHO_CONFIG names .*, which is not there"):
        load(tmp_path / "soho.toml", must_exist=True)


def test_a_key_and_a_key_file_are_one_too_many(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOHO_GPU_KEY", "geheim")
    monkeypatch.setenv("SOHO_GPU_KEY_FILE", "somewhere")
    with pytest.raises(ImproperlyConfigured, match="SOHO_GPU_KEY and SOHO_GPU_KEY_FILE are both set"):
        load(write(PROVIDER))


def test_diorama_can_be_offered_under_another_name_and_price(write: Write) -> None:
    write(
        '[providers.paint]\nkind = "diorama"\n[providers.paint.models.quick]\ntitle = "Quick"\n'
        "seconds = [4]\nprices = { video = 3 }"
    )
    [quick] = registry.offered("video")
    assert (quick.name, quick.title, quick.seconds, registry.price(quick, "video")) == (
        "quick",
        "Quick",
        (4.0,),
        3,
    )


def test_the_operators_default_comes_first(write: Write) -> None:
    write(
        '[defaults]\nvideo = "b"\n[providers.p]\nkind = "diorama"\n'
        "[providers.p.models.a]\n[providers.p.models.b]"
    )
    assert registry.model_named(None, "video").name == "b"
    assert registry.model_named(None, "image").name == "a"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[providers.p]\nkind = "diorama"\nspeed = 3', "[providers.p], speed: there is no such setting."),
        (
            '[providers.p]\nkind = "diorama"\n[providers.p.models.a]\nsuccessors = ["bb"]',
            "soho.toml, model a, successors: bb is no other model.",
        ),
        (
            '[defaults]\nvideo = "dorama"',
            "video: dorama is no model that makes a video. Did you mean diorama?",
        ),
        (
            '[providers.p]\nkind = "diorama"\n[providers.p.models.a]\n'
            '[providers.q]\nkind = "diorama"\n[providers.q.models.a]',
            "soho.toml offers two models named a",
        ),
        ('[providers.p]\nkind = "nowhere.at_all"', "[providers.p], kind: nowhere.at_all is not part of"),
        (
            '[providers.p]\nkind = "diorama"\n[providers.p.models.a]\naspect_ratios = ["21:9"]',
            "[providers.p.models.a], aspect_ratios: Diorama paints",
        ),
    ],
)
def test_what_only_the_models_show_stops_the_start_too(text: str, says: str, write: Write) -> None:
    write(text)
    with pytest.raises(ImproperlyConfigured) as stopped:
        registry.providers()
    assert says in str(stopped.value)


def test_a_missing_package_makes_its_models_unavailable_and_says_what_to_install(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(config: ProviderConfig) -> Any:
        raise ModuleNotFoundError("No module named 'genai'", name="genai")

    monkeypatch.setattr(rehearsal, "make", make, raising=False)
    write('[providers.far]\nkind = "tests.support.rehearsal"\n[providers.far.models.veo]\ntitle = "Veo"')
    provider = registry.provider_of("veo", "video")
    assert not provider.health("veo").ok
    assert "genai" in provider.health("veo").sentence
