"""Hearing on a websocket how far a job of ComfyUI is.

Only a convenience: what became of a job is asked over HTTP, so a connection that breaks, or that a proxy does
not let through, costs the progress and nothing else.
"""

import threading
import time
from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from soho.providers.comfyui.workflow import Workflow

log = structlog.get_logger(__name__)

OPEN_SECONDS = 5.0
# Nobody has asked for so long: the worker that wanted to know has gone on to something else.
UNASKED_SECONDS = 60.0
MAX_MESSAGE = 64 * 1024 * 1024  # a preview picture is one message


class Ear:
    """Listens as the client `reference` for the job of the same name. Starts at once, in its own thread."""

    def __init__(self, address: str, reference: str, workflow: Workflow, headers: Mapping[str, str]) -> None:
        scheme, _, rest = address.partition("://")
        self._url = f"{'wss' if scheme == 'https' else 'ws'}://{rest}/ws?clientId={reference}"
        self._headers = headers
        self._reference = reference
        self._workflow = workflow
        self._weights = workflow.weights()
        self._fraction = 0.0
        self._note = ""
        self._asked = time.monotonic()
        self._ended = threading.Event()
        self._opened = threading.Event()
        threading.Thread(target=self._listen, name="comfyui-ear", daemon=True).start()

    def wait_until_open(self) -> None:
        """Returns once it listens, or could not: what is said before that is not heard."""
        self._opened.wait(OPEN_SECONDS)

    def said(self) -> tuple[float, str]:
        """How far the job is (0..1) and what it is at."""
        self._asked = time.monotonic()
        return self._fraction, self._note

    def close(self) -> None:
        """Stops listening, within a second."""
        self._ended.set()

    def _listen(self) -> None:
        try:
            with connect(
                self._url,
                additional_headers=self._headers,
                open_timeout=OPEN_SECONDS,
                close_timeout=1,
                max_size=MAX_MESSAGE,
                compression=None,
                proxy=None,
            ) as socket:
                self._opened.set()
                while not self._ended.is_set() and time.monotonic() - self._asked < UNASKED_SECONDS:
                    try:
                        message = socket.recv(timeout=0.5)
                    except TimeoutError:
                        continue
                    # Bytes are preview pictures.
                    if isinstance(message, str):
                        self.hear(message)
        except (OSError, WebSocketException, TimeoutError) as error:
            log.info("comfyui.not_heard", error=type(error).__name__)
        finally:
            self._opened.set()

    def hear(self, message: str) -> None:
        """Takes note of one message; of other jobs, and of what it does not know, it takes none."""
        try:
            told = orjson.loads(message)
            data = told["data"]
            if data.get("prompt_id") != self._reference:
                return
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            return
        match told["type"]:
            case "execution_cached":
                for node in data.get("nodes") or []:
                    self._weights.pop(str(node), None)
            case "executing" if data.get("node") is not None:
                self._note = self._workflow.title(str(data["node"]))
            case "progress_state":
                self._see(data.get("nodes") or {})
            case "execution_success" | "execution_error" | "execution_interrupted":
                self._ended.set()

    def _see(self, nodes: Mapping[str, Any]) -> None:
        done = 0.0
        for told in nodes.values():
            # A node that unfolds into others reports under their names; they count for it.
            name = str(told.get("real_node_id") or told.get("node_id"))
            value, most = _number(told.get("value")), _number(told.get("max")) or 1.0
            done += self._weights.get(name, 0.0) * min(1.0, value / most)
            if told.get("state") == "running" and most > 1:
                self._note = f"Step {value:.0f} of {most:.0f}"
        total = sum(self._weights.values())
        # Never backwards: a node that is entered again begins its count anew.
        self._fraction = max(self._fraction, min(1.0, done / total) if total else 0.0)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
