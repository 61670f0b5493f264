"""Real pipelines with random weights, saved once a run as a model's maker would save them.

Everything that needs torch is one group, so that one process of the test run pays for its import.
"""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of model folders: wan, ltx2, z-image."""
    from tests.support import pipelines

    folder = tmp_path_factory.mktemp("models")
    pipelines.wan(folder / "wan")
    pipelines.ltx2(folder / "ltx2")
    pipelines.z_image(folder / "z-image")
    return folder
