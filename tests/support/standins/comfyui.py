"""A ComfyUI server: what ComfyUI 0.3.64 answered and sent on its websocket when the workflow

tests/comfyui/colours.json was run there, its odd sides included. Jobs here take their steps when they are
asked about, and what happens to them is told on the websocket of the client that submitted them.
"""

import base64
import hashlib
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from tests.support.standins import KEY, Asked, JobThere, Reply, StandIn, document

WORKFLOW = Path(__file__).parents[2] / "comfyui" / "colours.json"
# In the order in which the server went through them.
ORDER = ("2", "4", "1", "3", "5", "6", "7", "8")
NUMBER = ["INT", {"default": 1, "min": 1, "max": 16384}]
OBJECTS: dict[str, dict[str, Any]] = {
    "EmptyImage": dict.fromkeys(("width", "height", "batch_size", "color"), NUMBER),
    "RepeatImageBatch": {"image": ["IMAGE"], "amount": NUMBER},
    "ImageBatch": {"image1": ["IMAGE"], "image2": ["IMAGE"]},
    "CreateVideo": {"images": ["IMAGE"], "fps": ["FLOAT", {"default": 30.0}]},
    "SaveVideo": {
        "video": ["VIDEO", {}],
        "filename_prefix": ["STRING", {"default": "video/ComfyUI"}],
        # The newer way to name the choices; the older stands in CheckpointLoaderSimple.
        "format": ["COMBO", {"default": "auto", "options": ["auto", "mp4"]}],
        "codec": ["COMBO", {"default": "auto", "options": ["auto", "h264"]}],
    },
    "PreviewAny": {"source": ["*", {}]},
    "CheckpointLoaderSimple": {"ckpt_name": [["sd15.safetensors"], {}]},
    "UpscaleModelLoader": {"model_name": [[]]},
}
INVALID = {
    "error": {
        "type": "prompt_outputs_failed_validation",
        "message": "Prompt outputs failed validation",
        "details": "",
        "extra_info": {},
    },
    "node_errors": {
        "3": {
            "errors": [
                {
                    "type": "invalid_input_type",
                    "message": "Failed to convert an input value to a INT value",
                    "details": "amount, x, invalid literal for int() with base 10: 'x'",
                    "extra_info": {},
                }
            ],
            "dependent_outputs": ["7"],
            "class_type": "RepeatImageBatch",
        }
    },
}
OUT_OF_MEMORY = {
    "node_id": "3",
    "node_type": "KSampler",
    "executed": ["1"],
    "exception_message": "Allocation on device",
    "exception_type": "torch.OutOfMemoryError",
    "traceback": [],
}


class Comfy(StandIn):
    """One server behind a proxy that wants a key. `ending`: what a job ends with, if no success."""

    def __init__(self, clip: bytes, picture: bytes) -> None:
        super().__init__(clip, picture)
        self.heard_by: dict[str, queue.SimpleQueue[str | None]] = {}
        self.uploaded: dict[str, bytes] = {}
        self.outputs: dict[str, Any] | None = None
        self.node_errors: dict[str, Any] = {}
        self.opens_websockets = True
        self.interrupts = 0

    def is_submit(self, asked: Asked) -> bool:
        return asked.method == "POST" and asked.path == "/prompt"

    def answer(self, asked: Asked) -> Reply:
        match [asked.method, *asked.path.strip("/").split("/")]:
            case ["GET", "system_stats"]:
                return document({"system": {"comfyui_version": "0.3.64"}, "devices": []})
            case ["GET", "object_info", name]:
                known = {"input": {"required": OBJECTS[name]}} if name in OBJECTS else None
                return document({name: known} if known else {})
            case ["POST", "upload", "image"]:
                return self._stored(asked)
            case ["POST", "prompt"]:
                return self.submitted(lambda: self._made(asked))
            case ["GET", "queue"]:
                return document(self._queue())
            case ["GET", "history", name]:
                return document({name: self._told(name)} if self._is_over(name) else {})
            case ["POST", "queue"]:
                for name in asked.document["delete"]:
                    self._cancelled(name, only_if_waiting=True)
                return Reply()
            case ["POST", "interrupt"]:
                self.interrupts += 1
                self._cancelled(asked.document["prompt_id"], only_if_waiting=False)
                return Reply()
            case ["GET", "view"]:
                return self.file
        return document({"error": "Not found"}, 404)

    def _made(self, asked: Asked) -> Reply:
        told = asked.document
        self.taken({**told, "waiting": False}, told["prompt_id"])
        self._say(told["prompt_id"], "execution_start", {})
        self._say(told["prompt_id"], "execution_cached", {"nodes": []})
        return document(
            {"prompt_id": told["prompt_id"], "number": len(self.jobs), "node_errors": self.node_errors}
        )

    def _queue(self) -> dict[str, Any]:
        """Each question lets every running job take a step."""
        parts: dict[str, Any] = {"queue_running": [], "queue_pending": []}
        for number, (name, job) in enumerate(self.jobs.items()):
            entry = [number, name, job.told["prompt"], {"client_id": name}, ["7"]]
            if job.told["waiting"]:
                parts["queue_pending"].append(entry)
            elif not job.is_cancelled and not self._is_over(name):
                parts["queue_running"].append(entry)
                self._step(job)
        return parts

    def _step(self, job: JobThere) -> None:
        job.asked += 1
        at = min(job.asked, len(ORDER)) - 1
        self._say(job.id, "executing", {"node": ORDER[at], "display_node": ORDER[at]})
        nodes = {
            node: {
                "value": 1.0 if number < at else 0.0,
                "max": 1.0,
                "state": "finished" if number < at else "running",
                "node_id": node,
                "real_node_id": node,
            }
            for number, node in enumerate(ORDER[: at + 1])
        }
        self._say(job.id, "progress_state", {"nodes": nodes})
        if job.asked > self.steps:
            self._say(job.id, "execution_success", {})

    def _is_over(self, name: str) -> bool:
        job = self.jobs.get(name)
        # A job that was deleted while it waited leaves nothing; one that was interrupted leaves its history.
        return bool(job and job.asked > self.steps) or bool(
            job and job.is_cancelled and not job.told["waiting"]
        )

    def _told(self, name: str) -> dict[str, Any]:
        job = self.jobs[name]
        messages = [["execution_start", {"prompt_id": name}], ["execution_cached", {"nodes": []}]]
        told: dict[str, Any] = {"prompt": [0, name, job.told["prompt"], {}, ["7"]], "outputs": {}}
        if job.is_cancelled:
            ending: Any = ["execution_interrupted", {"node_id": "1", "node_type": "EmptyImage"}]
        else:
            ending = self.ending or ["execution_success", {"prompt_id": name}]
        success = ending[0] == "execution_success"
        if success:
            # Videos stand under "images"; the preview has no file.
            told["outputs"] = self.outputs or {
                "8": {"text": ["A quiet lake"]},
                "7": {
                    "images": [{"filename": "soho_00001_.mp4", "subfolder": "", "type": "output"}],
                    "animated": [True],
                },
            }
        status = {"status_str": "success" if success else "error", "completed": success}
        return {**told, "status": {**status, "messages": [*messages, ending]}}

    def _cancelled(self, name: str, *, only_if_waiting: bool) -> None:
        job = self.jobs.get(name)
        if job is None or job.told["waiting"] != only_if_waiting:
            return
        if only_if_waiting:
            del self.jobs[name]
        else:
            job.is_cancelled = True
            self._say(name, "execution_interrupted", {"node_id": "1"})

    def _stored(self, asked: Asked) -> Reply:
        head, _, rest = asked.body.partition(b"\r\n\r\n")
        while b'name="image"' not in head:
            _, _, rest = rest.partition(b"\r\n")
            head, _, rest = rest.partition(b"\r\n\r\n")
        name = head.split(b'filename="')[1].split(b'"')[0].decode()
        self.uploaded[name] = rest.split(b"\r\n--")[0]
        return document({"name": name, "subfolder": "soho", "type": "input"})

    def _say(self, client: str, kind: str, data: dict[str, Any]) -> None:
        if client in self.heard_by:
            message = {"type": kind, "data": {**data, "prompt_id": client}}
            self.heard_by[client].put(orjson.dumps(message).decode())

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        comfy, plain = self, super()._handler()

        class Handler(plain):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                if parts.path != "/ws":
                    self._any()
                elif self.headers["Authorization"] != f"Bearer {KEY}" or not comfy.opens_websockets:
                    self.send_error(403)
                else:
                    self._talk(parse_qs(parts.query)["clientId"][0])

            def _talk(self, client: str) -> None:
                """RFC 6455, as far as a server needs it that only speaks."""
                magic = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
                accept = base64.b64encode(hashlib.sha1(magic.encode()).digest()).decode()
                self.wfile.write(
                    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
                )
                said = comfy.heard_by[client] = queue.SimpleQueue()
                said.put(orjson.dumps({"type": "status", "data": {"sid": client}}).decode())
                self.wfile.write(b"\x82\x04\x00\x00\x00\x01")  # a preview picture, of sorts
                self.close_connection = True
                until = time.monotonic() + 20
                while time.monotonic() < until:
                    try:
                        message = (said.get(timeout=0.2) or "").encode()
                        self.wfile.write(_frame(message))
                    except queue.Empty:
                        continue
                    except OSError:
                        return

        return Handler


def _frame(text: bytes) -> bytes:
    length = len(text)
    head = bytes([length]) if length < 126 else b"\x7e" + length.to_bytes(2, "big")
    return b"\x81" + head + text


def wait_for(true: Any, seconds: float = 5) -> None:
    """What a websocket brings comes a moment later."""
    pause = threading.Event()
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it was never heard"
        pause.wait(0.01)
