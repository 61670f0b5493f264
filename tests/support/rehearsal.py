"""A provider for rehearsals: real files, and every way to fail, as the prompt's stage directions say.

steps=20 pace=0.05      twenty reports of progress, 50 ms apart
fail=moderated          fails for good with that code
stumble=provider_down times=2     fails in a way that a retry mends, the first two times
clip=black              black, frozen, short, torn, or text instead of a good clip
stuck=30                sleeps without ever looking up
job=abc                 has a job id at a "provider", remembered before it waits
"""

import re
import time
from pathlib import Path

from django.conf import settings
from PIL import Image

from soho.providers.contract import Health, Job, ModelInfo, ProviderError, Watch
from tests.media.clips import black, make_clip, moving, still

MODEL = ModelInfo(
    name="rehearsal",
    title="Rehearsal",
    description="Follows stage directions.",
    kinds=("image", "video"),
    seconds=(2.0, 4.0),
    prices={"video": 10, "image": 1},
)


class Rehearsal:
    """Plays what the prompt says."""

    name = "rehearsal"

    def models(self) -> tuple[ModelInfo, ...]:
        return (MODEL,)

    def health(self, model: str) -> Health:
        return Health(ok=True)

    def generate(self, job: Job, workspace: Path, watch: Watch) -> Path:
        said = dict(re.findall(r"(\w+)=(\S+)", job.prompt))
        turn = self._count(job, "turns")
        if "job" in said:
            if job.provider_job:
                self._count(job, f"resumed-{job.provider_job}")
            else:
                self._count(job, "bought")
                watch.remember(said["job"])
        for step in range(int(said.get("steps", 1))):
            time.sleep(float(said.get("pace", 0)))
            watch.progress(step / int(said.get("steps", 1)), f"Step {step}")
        if "stuck" in said:
            time.sleep(float(said["stuck"]))
        if "fail" in said:
            raise ProviderError(said["fail"], "The rehearsal says no.", retriable=False)
        if "stumble" in said and turn <= int(said.get("times", 1)):
            raise ProviderError(said["stumble"], "The rehearsal stumbled.", retriable=True)
        if "break" in said:
            raise RuntimeError("a defect in the provider")
        return self._made(job, workspace, said.get("clip", "good"))

    def _made(self, job: Job, workspace: Path, clip: str) -> Path:
        if job.kind == "image":
            path = workspace / "still.png"
            Image.linear_gradient("L").resize((180, 320)).convert("RGB").save(path)
            return path
        path = workspace / "clip.mp4"
        if clip == "text":
            path.write_text("This is no film.")
            return path
        seconds = 0.5 if clip == "short" else job.seconds or 2.0
        make_clip(path, {"black": black, "frozen": still}.get(clip, moving), seconds=seconds)
        if clip == "torn":
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        return path

    def _count(self, job: Job, what: str) -> int:
        """How often `what` has happened for this creation, this time included; kept outside the database."""
        path = settings.SOHO_HOME / "rehearsal" / f"{job.creation_id}-{what}"
        path.parent.mkdir(exist_ok=True)
        with path.open("a") as file:
            file.write(".")
        return path.stat().st_size


def count(creation_id: object, what: str) -> int:
    """How often `what` happened in rehearsals of a creation."""
    path: Path = settings.SOHO_HOME / "rehearsal" / f"{creation_id}-{what}"
    return path.stat().st_size if path.exists() else 0


provider = Rehearsal()
