"""The files that stand-ins give away: small, real, and made once a run."""

import io
import tempfile
from functools import cache
from pathlib import Path

from PIL import Image

from tests.media.clips import make_clip


@cache
def clip() -> bytes:
    """Two seconds of H.264 with sound."""
    with tempfile.TemporaryDirectory() as folder:
        return make_clip(Path(folder) / "clip.mp4", size=(64, 112)).read_bytes()


@cache
def picture() -> bytes:
    """A PNG."""
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((64, 64)).convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()
