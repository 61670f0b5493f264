"""The garbage collector while the product is loaded."""

import gc
import subprocess
import sys

import pytest

from soho import collector


def test_nothing_is_collected_meanwhile_and_what_was_loaded_is_put_aside() -> None:
    aside = gc.get_freeze_count()
    try:
        with collector.resting():
            assert not gc.isenabled()
            kept = [[number] for number in range(1000)]
        assert gc.isenabled()
        assert gc.get_freeze_count() >= aside + len(kept)
    finally:
        gc.unfreeze()


def test_it_works_again_when_loading_fails() -> None:
    with pytest.raises(ImportError), collector.resting():
        raise ImportError("a broken module")
    gc.unfreeze()
    assert gc.isenabled()


def test_a_collector_that_somebody_switched_off_stays_off() -> None:
    code = (
        "import gc; gc.disable(); from soho import collector\n"
        "with collector.resting(): pass\n"
        "print(gc.isenabled())"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
