"""A home for each story: short, empty, directly under /tmp, and gone afterwards."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty SOHO_HOME as `mktemp -d` makes one: 0700."""
    folder = Path(tempfile.mkdtemp(prefix="soho-home-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
