"""What becomes of an attempt that failed: tried again, or told to the person.

What was bought is never bought twice by accident. A job that may still be running, or a submit whose outcome
is not known yet, is left with the attempt for the next one to take up (soho/generation/queue.py); a submit
whose outcome nobody can find out is final.
"""

from dataclasses import dataclass

import structlog

from soho import tracing
from soho.creations import outcomes
from soho.creations.errors import LeaseLost
from soho.creations.models import Status
from soho.generation import fallback, queue
from soho.generation.models import Outcome
from soho.generation.queue import Claim
from soho.media import MediaError
from soho.providers.contract import ProviderError
from soho.storage import StorageError

log = structlog.get_logger(__name__)

_UNEXPECTED = (
    "Something broke on our side while making this. Your tokens are safe; try again, it costs nothing more."
)
_BAD_OUTPUT = (
    "The model gave back a clip that is not good enough to keep ({what}). Try again, it costs nothing more."
)
_NOT_STORED = (
    "The clip was made but could not be stored. Your tokens are safe; try again, it costs nothing more."
)
_UNKNOWN = (
    "We ordered this from the model's maker, the connection broke, and nobody can say whether it was made. "
    "We do not order it a second time by ourselves. Your tokens are safe: Retry orders it anew and costs you "
    "nothing more, and Delete gives them back."
)


@dataclass(frozen=True, slots=True)
class Setback:
    """Why an attempt failed, for the person (`message`), for programs (`code`) and for the log (`detail`).

    `again`: whether it may be tried again by itself. `job_lives`: what was bought may still be there.
    `settled`: whether a submit that this attempt announced has been answered.
    """

    code: str
    message: str
    retriable: bool
    detail: str
    again: bool = True
    retry_after: float | None = None
    job_lives: bool = False
    settled: bool = True


def fail(claim: Claim, error: Exception) -> None:
    """Ends the attempt of `claim` with `error`; an attempt that lost its lease writes nothing else.

    Another model goes on when that may mend it (soho/generation/fallback.py); else the same one is tried
    again by and by, or the creation has failed.
    """
    setback = understood(error)
    tracing.failed(setback.code)
    try:
        status = _go_on(claim, setback)
    except LeaseLost:
        queue.end_attempt(claim.creation_id, claim.fence, Outcome.LOST, code="lease_lost")
        return
    log.warning("attempt.failed", code=setback.code, detail=setback.detail, final=status == Status.FAILED)
    queue.end_failed(
        claim.creation_id,
        claim.fence,
        code=setback.code,
        detail=setback.detail,
        job_lives=setback.job_lives,
        settled=setback.settled,
        given_up=not setback.again,
    )


def _go_on(claim: Claim, setback: Setback) -> Status:
    following = fallback.successor(claim) if _may_move_on(claim, setback) else None
    if following is not None:
        log.info("attempt.moves_on", to=following.name, code=setback.code)
        outcomes.move_on(
            claim.creation_id, claim.fence, model=following.name, title=following.title, code=setback.code
        )
        return Status.PROCESSING
    return outcomes.fail(
        claim.creation_id,
        claim.fence,
        code=setback.code,
        message=setback.message,
        retriable=setback.retriable,
        retry_after=setback.retry_after,
        again=setback.again,
    )


def _may_move_on(claim: Claim, setback: Setback) -> bool:
    """Whether another model may go on now: not while what was bought here may still be delivered."""
    if not fallback.may_move_on(setback.code, retriable=setback.retriable):
        return False
    attempt = queue.running_attempt(claim.creation_id, claim.fence)
    if attempt is None:
        return False
    if attempt.unsettled and not (setback.settled and attempt.intended_at):
        return False
    lives = setback.job_lives and bool(attempt.provider_job)
    return not lives or claim.errors + 1 >= outcomes.MAX_ERRORS


def understood(error: Exception) -> Setback:
    """What `error` means for the person, the operator and what was bought."""
    if isinstance(error, ProviderError):
        unknown = error.code == "unknown_outcome"
        return Setback(
            error.code,
            _UNKNOWN if unknown else error.message,
            # A person may order it anew, knowing what that means; nothing else may.
            retriable=error.retriable or unknown,
            again=not unknown,
            detail=error.detail,
            retry_after=error.retry_after,
            job_lives=error.job_lives,
        )
    if isinstance(error, MediaError):
        message = _BAD_OUTPUT.format(what=_in_words(error.code))
        return Setback(error.code, message, retriable=True, detail=str(error))
    # The fault is ours, and what the provider made is fetched again rather than bought again.
    if isinstance(error, StorageError):
        log.error("attempt.not_stored", error=str(error))
        return Setback(
            "storage_unavailable",
            _NOT_STORED,
            retriable=True,
            detail=str(error),
            job_lives=True,
            settled=False,
        )
    return Setback("internal", _UNEXPECTED, retriable=True, detail=repr(error), job_lives=True, settled=False)


def _in_words(code: str) -> str:
    return {
        "black": "it is all black",
        "frozen": "nothing moves in it",
        "wrong_length": "it has the wrong length",
        "truncated": "it breaks off",
        "too_large": "it is too large",
    }.get(code, "it cannot be played")
