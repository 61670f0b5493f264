"""Static files: collected under hashed names, with modules that find each other; or plain, before that."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import Client, override_settings

from soho.web import assets, collecting
from soho.web.static_storage import HashedStaticFiles

IMPORTS = re.compile(r"""^import [^;]*?["'](\./[^"']+)["'];""", re.M)


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Everything, as `soho migrate` collects it."""
    folder = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=folder):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield folder


def test_every_import_of_our_modules_names_a_collected_file(collected: Path) -> None:
    names = json.loads((collected / "staticfiles.json").read_text())["paths"]
    modules = [hashed for name, hashed in names.items() if re.fullmatch(r"soho/js/[^/]+\.js", name)]
    assert len(modules) > 20
    imports = 0
    for module in modules:
        for target in IMPORTS.findall((collected / module).read_text()):
            imports += 1
            assert re.search(r"\.[0-9a-f]{12}\.js$", target), (module, target)
            assert (collected / "soho/js" / target).resolve().is_file(), (module, target)
    assert imports > 30


def test_text_is_compressed_and_source_maps_are_not(collected: Path) -> None:
    assert list(collected.glob("soho/css/tokens.*.css.gz"))
    assert not list(collected.glob("ninja/*.map.gz"))


def test_once_collected_an_unknown_name_is_an_error(collected: Path) -> None:
    storage = HashedStaticFiles(location=str(collected))
    assert re.fullmatch(r"/static/soho/css/base\.[0-9a-f]{12}\.css", storage.url("soho/css/base.css"))
    with pytest.raises(ValueError, match="nothing"):
        storage.url("soho/css/nothing.css")


def test_what_only_looks_like_an_import_in_anothers_bundle_stays_as_it_is(collected: Path) -> None:
    names = json.loads((collected / "staticfiles.json").read_text())["paths"]
    bundle = "ninja/swagger-ui-bundle.js"
    assert (collected / names[bundle]).read_bytes() == Path(finders.find(bundle) or "").read_bytes()


def test_files_are_collected_again_only_when_they_are_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given one small file of our own
    source = tmp_path / "source"
    source.mkdir()
    (source / "note.txt").write_text("first")
    finders.get_finder.cache_clear()
    with override_settings(
        STATIC_ROOT=tmp_path / "static",
        STATICFILES_DIRS=[source],
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
    ):
        # When nothing has changed, nothing is done
        assert [collecting.collect(), collecting.collect()] == [True, False]
        # When it changed, when another came, or when what was collected is gone, all is done anew
        (source / "note.txt").write_text("second thoughts")
        assert [collecting.collect(), collecting.collect()] == [True, False]
        (source / "another.txt").write_text("too")
        assert [collecting.collect(), collecting.collect()] == [True, False]
        shutil.rmtree(tmp_path / "static")
        assert [collecting.collect(), collecting.collect()] == [True, False]
        assert len(list((tmp_path / "static").glob("another.*.txt"))) == 1
        # And a collection that was cut short is not taken for one
        (source / "note.txt").write_text("third time")
        with monkeypatch.context() as patch:
            patch.setattr(collecting, "call_command", _full)
            with pytest.raises(OSError, match="full"):
                collecting.collect()
        assert collecting.collect()
    finders.get_finder.cache_clear()


def _full(*_: object, **__: object) -> None:
    raise OSError("the disk is full")


def test_before_that_pages_name_plain_files_that_are_served(db: Any) -> None:
    assert staticfiles_storage.url("soho/css/base.css") == "/static/soho/css/base.css"
    html = Client().get("/accounts/login/").content.decode()
    named = re.findall(r'(?:href|src)="/static/([^"]+)"', html)
    assert len(named) > 20
    for name in named:
        assert finders.find(name), name
    answer = Client().get("/static/soho/js/app.js")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")


def test_once_collected_the_sheets_are_one_in_their_order(collected: Path) -> None:
    joined = (collected / assets.JOINED).read_text()
    places = [joined.index((collected / name).read_text()) for name in assets.SHEETS]
    assert places == sorted(places)
    assert len(joined) == sum(len((collected / name).read_text()) for name in assets.SHEETS)
    assert list(collected.glob("soho/soho.*.css.gz"))


def test_every_sheet_of_ours_is_joined_or_of_one_page(collected: Path) -> None:
    alone = {f"soho/css/{name}.css" for name in ("styleguide", "api-docs", "embed")}
    there = {f"soho/css/{path.name}" for path in Path(finders.find("soho/css") or "").glob("*.css")}
    assert there == {*assets.SHEETS, *alone}


def test_a_page_names_every_module_that_its_modules_import(db: Any) -> None:
    html = Client().get("/soho/explore").content.decode()
    named = set(re.findall(r'(?:href|src)="/static/(soho/js/[^"]+)"', html))
    ahead = {"soho/js/app.js", "soho/js/feed.js", "soho/js/wall.js"}
    assert ahead <= named
    for module in named:
        source = Path(finders.find(module) or "").read_text()
        assert {f"soho/js/{target[2:]}" for target in IMPORTS.findall(source)} <= named, module
