"""One attempt, from claim to draft.

1. Claim the fairest waiting creation (soho/generation/queue.py).
2. Let the provider make a file, while the heart keeps the lease and carries progress out and cancellation in.
3. Check it, take its thumbnail and rendition (soho/media), upload side by side (soho/storage).
4. Complete: capture the tokens and make it a draft, in one transaction that carries the fence.

A process that dies at any point leaves a row whose lease runs out; whoever claims it next begins again at 2.
"""

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import structlog
from django.conf import settings

from soho import tracing
from soho.creations import outcomes
from soho.creations.errors import LeaseLost
from soho.generation import queue, setbacks
from soho.generation.finish import finish
from soho.generation.heart import Flag, HandBack, Heart
from soho.generation.models import Outcome
from soho.generation.queue import MAX_CLAIMS, Claim
from soho.media import MediaError
from soho.providers import circuit, registry
from soho.providers.contract import Job, Kind, ProviderError
from soho.storage import StorageError

log = structlog.get_logger(__name__)


def work_once(kind: str, *, worker: str, stopping: Flag | None = None, lane: str = "") -> bool:
    """Claims one creation of `kind` in `lane` and makes it; False when there was none to claim."""
    asked = time.time_ns()
    claim = queue.claim(kind, worker=worker, lane=lane)
    if claim is None:
        return False
    with _told_of(claim, worker, since=asked):
        log.info("attempt.began", model=claim.model, kind=claim.kind, claims=claim.claims, worker=worker)
        if claim.claims > MAX_CLAIMS:
            outcomes.abandon(claim.creation_id, claim.fence)
            queue.end_attempt(claim.creation_id, claim.fence, Outcome.LOST, code="worker_lost")
            log.warning("attempt.abandoned", code="worker_lost")
        else:
            _attempt(claim, stopping)
    return True


@contextlib.contextmanager
def _told_of(claim: Claim, worker: str, *, since: int) -> Iterator[None]:
    """Binds the ids of request, creation and attempt to every line of the block's log, and has its spans be
    parts of the trace of whoever asked. The claim was asked for at `since` (nanoseconds since 1970).
    """
    ids = {"creation": str(claim.creation_id), "attempt": str(claim.attempt_id), "fence": claim.fence}
    if claim.request_id:
        ids["request_id"] = claim.request_id
    facts = {
        "soho.creation_id": str(claim.creation_id),
        "soho.attempt_id": str(claim.attempt_id),
        "soho.fence": claim.fence,
        "soho.model": claim.model,
        "soho.worker": worker,
    }
    with structlog.contextvars.bound_contextvars(**ids):
        with tracing.span("claim", parent=claim.trace, kind="consumer", since=since, facts=facts):
            pass
        with tracing.span("attempt", parent=claim.trace, facts=facts):
            yield


def _attempt(claim: Claim, stopping: Flag | None) -> None:
    try:
        with Heart(claim, stopping=stopping) as heart, workspace() as folder:
            made = finish(claim, generate(claim, folder, heart), folder, heart)
    except LeaseLost:
        log.info("attempt.lost")
        queue.end_attempt(claim.creation_id, claim.fence, Outcome.LOST, code="lease_lost")
    except HandBack:
        log.info("attempt.handed_back")
        with contextlib.suppress(LeaseLost):
            outcomes.hand_back(claim.creation_id, claim.fence)
    except (ProviderError, MediaError, StorageError) as error:
        setbacks.fail(claim, error)
    except Exception as error:
        # The boundary: whatever breaks, the person gets an answer and the operator the traceback.
        log.exception("attempt.broke")
        setbacks.fail(claim, error)
    else:
        log.info("attempt.succeeded")
        queue.end_succeeded(claim, seconds=made.duration)


def generate(claim: Claim, folder: Path, heart: Heart) -> Path:
    """Lets the model's provider make the file. Raises ProviderError, LeaseLost, HandBack."""
    kind: Kind = "image" if claim.kind == "image" else "video"
    try:
        provider = registry.provider_of(claim.model, kind)
    except registry.UnknownModel as error:
        raise ProviderError(
            "model_gone",
            f"The model {claim.model} is no longer offered here. Delete this and choose another.",
            retriable=False,
        ) from error
    job = Job(
        creation_id=claim.creation_id,
        kind=kind,
        model=claim.model,
        prompt=claim.prompt,
        aspect_ratio=claim.aspect_ratio,
        seconds=claim.seconds,
        seed=claim.seed,
        provider_job=claim.provider_job,
        key=claim.key,
        unsettled=claim.unsettled,
    )
    facts = {"soho.provider": provider.name, "soho.model": job.model, "soho.taken_up": bool(job.provider_job)}
    log.info("provider.asked", provider=provider.name, model=job.model, taken_up=bool(job.provider_job))
    began = time.monotonic()
    with tracing.span("provider call", kind="client", facts=facts), asking(provider.name, job):
        path = provider.generate(job, folder, heart)
    took, size = round(time.monotonic() - began, 3), path.stat().st_size
    log.info("provider.answered", provider=provider.name, seconds=took, bytes=size)
    heart.checkpoint()
    queue.note_generated(claim.creation_id, claim.fence)
    return path


@contextlib.contextmanager
def asking(provider: str, job: Job) -> Iterator[None]:
    """Lets the block ask `provider`, unless it is given a rest, and notes for all workers how it fared.

    Raises ProviderError `provider_down`, with the time to wait, while it rests.
    """
    wait = circuit.rest(provider)
    if wait:
        raise ProviderError(
            "provider_down",
            "The model's server is out of order just now, so we give it a rest. "
            "Your tokens are safe; try again later, it costs nothing more.",
            retriable=True,
            detail="its circuit is open",
            retry_after=wait,
            job_lives=bool(job.provider_job),
        )
    try:
        yield
    except ProviderError as error:
        if error.code == "provider_down":
            circuit.failed(provider)
        elif error.code in {"timed_out", "unknown_outcome"}:
            circuit.undecided(provider)
        else:
            circuit.succeeded(provider)
        raise
    except BaseException:  # a stop or a fault of ours says nothing of the provider; it goes on as it came
        circuit.undecided(provider)
        raise
    circuit.succeeded(provider)


@contextlib.contextmanager
def workspace() -> Iterator[Path]:
    """An empty folder for one attempt, gone afterwards; with it go those that killed workers left behind."""
    root: Path = settings.SOHO_HOME / "work"
    root.mkdir(parents=True, exist_ok=True)
    too_old = time.time() - settings.ATTEMPT_SECONDS - 60
    for left in root.iterdir():
        # Another worker may be clearing the same folder.
        with contextlib.suppress(FileNotFoundError):
            if left.stat().st_mtime < too_old:
                shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=root) as folder:
        yield Path(folder)
