"""A real Celery worker for tests, which may be told to die, all processes of it at once, at a named point.

`python -m tests.support.worker [POINT]`; the process must lead a session of its own.
"""

import functools
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

POINTS = ("claimed", "generating", "half-uploaded", "uploaded", "before-capture", "captured", "completed")
# Where something is bought: announced, bought but not written down, written down.
BUYING_POINTS = ("intended", "submitted", "remembered")


def die(*_: object, **__: object) -> None:
    """The whole worker is gone, mid-instruction."""
    os.killpg(0, signal.SIGKILL)


def before(function: Callable[..., Any], act: Callable[..., None]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        act(*args, **kwargs)
        return function(*args, **kwargs)

    return wrapped


def after(function: Callable[..., Any], act: Callable[..., None]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        answer = function(*args, **kwargs)
        act()
        return answer

    return wrapped


def arm(point: str) -> None:
    """Puts the end of this process at `point` of the product's own code."""
    from soho.creations import outcomes
    from soho.generation import finish, heart, queue
    from soho.ledger import actions as ledger

    def half(storage: Any, uploads: Any) -> None:
        storage.put(*uploads[0])
        die()

    def at_step_three(self: object, fraction: float, note: str = "") -> None:
        if note == "Step 3":
            die()

    match point:
        case "claimed":
            queue.claim = after(queue.claim, die)
        case "generating":
            heart.Heart.progress = before(heart.Heart.progress, at_step_three)
        case "intended":
            heart.Heart.intend = after(heart.Heart.intend, die)
        case "submitted":
            heart.Heart.remember = before(heart.Heart.remember, die)
        case "remembered":
            heart.Heart.remember = after(heart.Heart.remember, die)
        case "half-uploaded":
            finish.put_many = before(finish.put_many, half)
        case "uploaded":
            finish.put_many = after(finish.put_many, die)
        case "before-capture":
            ledger.capture = before(ledger.capture, die)
        case "captured":
            ledger.capture = after(ledger.capture, die)
        case "completed":
            outcomes.complete = after(outcomes.complete, die)
        case _:
            raise SystemExit(f"no such point: {point}")


def main() -> None:
    import django

    django.setup()
    from soho.config.celery import app

    if len(sys.argv) > 1:
        arm(sys.argv[1])
    app.worker_main(
        [
            "worker",
            "-Q",
            "video,image,upkeep",
            "-c",
            "1",
            "-l",
            "WARNING",
            "--without-gossip",
            "--without-mingle",
        ]
    )


if __name__ == "__main__":
    main()
