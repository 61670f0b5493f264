"""A provider that takes no time: its file lies ready, or there is none.

It notes when it was called, which is right after the claim was committed. For benchmarks only.
"""

import os
import shutil
import time
from pathlib import Path

from django.conf import settings

from soho.providers.contract import Job, ModelInfo, ProviderError, Watch

CLIP = "BENCH_CLIP"


def noted(creation_id: object) -> Path:
    """Where the time of the call is written, in seconds since 1970."""
    return Path(settings.SOHO_HOME) / "noted" / str(creation_id)


class Instant:
    """Gives back a copy of the clip that `BENCH_CLIP` names, or fails for good when it names none."""

    name = "instant"

    def models(self) -> tuple[ModelInfo, ...]:
        """One model for videos of eight seconds."""
        return (ModelInfo("instant", "Instant", "Takes no time.", kinds=("video",), seconds=(8.0,)),)

    def generate(self, job: Job, workspace: Path, watch: Watch) -> Path:
        """Notes the time, and answers at once."""
        called = time.time()
        note = noted(job.creation_id)
        note.parent.mkdir(exist_ok=True)
        note.with_suffix(".new").write_text(repr(called))
        note.with_suffix(".new").rename(note)
        clip = os.environ.get(CLIP)
        if not clip:
            raise ProviderError("nothing_to_make", "This benchmark ends at the claim.", retriable=False)
        shutil.copyfile(clip, workspace / "clip.mp4")
        return workspace / "clip.mp4"


provider = Instant()
