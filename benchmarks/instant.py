"""A provider that takes no time, or a time that is known: its file lies ready, or there is none.

It notes when it was called, which is right after the claim was committed. For benchmarks only.
"""

import os
import shutil
import time
from pathlib import Path

from django.conf import settings

from soho.providers.contract import Health, Job, ModelInfo, ProviderError, Watch

CLIP = "BENCH_CLIP"
STILL = "BENCH_STILL"
TAKES = "BENCH_TAKES"


def noted(creation_id: object) -> Path:
    """Where the time of the call is written, in seconds since 1970."""
    return Path(settings.SOHO_HOME) / "noted" / str(creation_id)


class Instant:
    """Gives back a copy of the file that `BENCH_CLIP` (a video's) or `BENCH_STILL` (an image's) names, or
    fails for good when none is named; after `BENCH_TAKES` seconds, if that is set.
    """

    name = "instant"

    def models(self) -> tuple[ModelInfo, ...]:
        """One model, for images, and for videos of one second and of eight."""
        return (
            ModelInfo("instant", "Instant", "Takes no time.", kinds=("image", "video"), seconds=(1.0, 8.0)),
        )

    def health(self, model: str) -> Health:
        """Always well."""
        return Health(ok=True)

    def generate(self, job: Job, workspace: Path, watch: Watch) -> Path:
        """Notes the time, and answers at once, or when its time is over."""
        called = time.time()
        note = noted(job.creation_id)
        note.parent.mkdir(exist_ok=True)
        note.with_suffix(".new").write_text(repr(called))
        note.with_suffix(".new").rename(note)
        time.sleep(float(os.environ.get(TAKES, "0")))
        source = os.environ.get(STILL if job.kind == "image" else CLIP)
        if not source:
            raise ProviderError("nothing_to_make", "This benchmark ends at the claim.", retriable=False)
        made = workspace / f"made{Path(source).suffix}"
        shutil.copyfile(source, made)
        return made


provider = Instant()
