"""`soho diorama`: a film from the command line, with nothing of the product around it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import av
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from soho.cli.main import main


def diorama(*words: str) -> Result:
    """Run `soho diorama WORDS`."""
    return CliRunner().invoke(main, ["diorama", *words])


def test_a_film_is_written_and_what_it_lacks_is_told(tmp_path: Path) -> None:
    out = tmp_path / "hills.mp4"
    done = diorama(
        "hills with a unicycle", "-o", str(out), "--size", "64x128", "--seconds", "0.5", "--seed", "7"
    )
    assert (done.exit_code, done.stdout) == (0, "")
    assert "Diorama cannot draw: unicycle" in done.stderr
    with av.open(out) as film:
        picture = film.streams.video[0]
        assert (picture.width, picture.height, picture.frames) == (64, 128, 12)


def test_a_still_is_written_by_its_suffix_and_the_seed_decides(tmp_path: Path) -> None:
    for name, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        assert (
            diorama(
                "a lake", "-o", str(tmp_path / f"{name}.png"), "--size", "96x64", "--seed", seed
            ).exit_code
            == 0
        )
    pictures = [Image.open(tmp_path / f"{name}.png") for name in "abc"]
    assert pictures[0].size == (96, 64)
    first, same, other = (picture.tobytes() for picture in pictures)
    assert first == same != other


def test_explain_prints_the_scene_and_renders_nothing(tmp_path: Path) -> None:
    done = diorama("three small red boats and a unicycle on a lake at dawn, no clouds", "--explain")
    assert done.exit_code == 0
    for line in (
        "setting  lake",
        "time     dawn",
        "things   3 boat, size 0.7, #d8322f, place water",
        "heard    clouds -> no weather:clouds",
        "Diorama cannot draw: unicycle",
    ):
        assert line in done.stdout.splitlines()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["hills"], 2, "Say where to write with -o, or ask for --explain."),
        (["hills", "-o", "hills.gif"], 2, "-o must end in .mp4, .png, .jpg, .jpeg or .webp."),
        (["hills", "-o", "nowhere/hills.mp4"], 2, "There is no folder nowhere to write to."),
        (["hills", "--explain", "--size", "huge"], 2, "'huge' is not like 1080x1920."),
        (
            ["hills", "--explain", "--size", "65x64"],
            1,
            "Error: width must be an even number from 64 to 4096, not 65",
        ),
        (
            ["hills", "-o", "a.mp4", "--seconds", "90"],
            1,
            "Error: seconds must be above 0 and at most 60, not 90.0",
        ),
        (["hills", "-o", "a.mp4", "--seed", "-1"], 2, "-1 is not in the range"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    words: list[str], code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = diorama(*words)
    assert done.exit_code == code
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_it_stands_without_the_rest_of_the_product(tmp_path: Path) -> None:
    """Given a machine with a broken configuration, then it renders, and never reads a setting."""
    code = (
        "import sys; from soho.cli.main import main;"
        f"words = ['diorama', 'hills', '-o', {str(tmp_path / 'a.png')!r}, '--size', '64x64'];"
        "main(words, standalone_mode=False);"
        "print([m for m in sys.modules if m.split('.')[0] in ('django', 'celery', 'redis', 'psycopg')"
        " or m.startswith('soho.config')])"
    )
    broken = {"DATABASE_URL": "nonsense", "SOHO_HOME": "/proc/nowhere", "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=broken)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
    assert Image.open(tmp_path / "a.png").size == (64, 64)
