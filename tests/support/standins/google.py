"""Google: Interactions and `generateContent` (the Developer API), Veo's long-running predictions (Vertex)."""

import base64
import uuid

from tests.support.standins import KEY, Asked, Reply, StandIn, document

OMNI, VEO, IMAGE = "gemini-omni-1.2-flash", "veo-3.1-fast-generate-001", "gemini-3.1-flash-image"
TOKEN = f"ya29.{KEY}"


class DeveloperAPI(StandIn):
    """generativelanguage.googleapis.com. `is_inline`: the video comes inside the answer."""

    needs_key_header = ("x-goog-api-key", KEY)
    is_inline = False

    def is_submit(self, asked: Asked) -> bool:
        return asked.method == "POST" and asked.path.endswith(("/interactions", ":generateContent"))

    def answer(self, asked: Asked) -> Reply:
        path = asked.path.removeprefix("/v1/").removeprefix("/v1beta/")
        if asked.method == "GET" and path == f"models/{OMNI}":
            return document({"name": f"models/{OMNI}", "displayName": "Gemini Omni"})
        if asked.method == "GET" and path.startswith("files/"):
            return self.file
        if path == f"models/{IMAGE}:generateContent":
            return self.submitted(lambda: _image(self, asked))
        match [asked.method, *path.split("/")]:
            case ["POST", "interactions"]:
                return self.submitted(lambda: self._made(asked))
            case ["GET", "interactions", name]:
                if self.polls:
                    return self.polls.pop(0)
                if name not in self.jobs:
                    return _error(404, "NOT_FOUND", "Interaction not found.")
                self.jobs[name].asked += 1
                return document(self._told(name))
            case ["POST", "interactions", name, "cancel"] if name in self.jobs:
                self.jobs[name].is_cancelled = True
                return document({"id": name, "status": "cancelled"})
        return _error(404, "NOT_FOUND", f"{path} is not found.")

    def _made(self, asked: Asked) -> Reply:
        return document(self._told(self.taken(asked.document, f"v1_{uuid.uuid4().hex}").id))

    def _told(self, name: str) -> dict[str, object]:
        job = self.jobs[name]
        if job.asked <= self.steps:
            return {"id": name, "object": "interaction", "status": "in_progress", "model": OMNI}
        video: dict[str, str] = {"type": "video", "mime_type": "video/mp4"}
        if self.is_inline:
            video["data"] = base64.b64encode(self.file.body).decode()
        else:
            video["uri"] = f"{self.url}/v1beta/files/abc123"
        told: dict[str, object] = {
            "id": name,
            "object": "interaction",
            "model": OMNI,
            "status": "completed",
            "steps": [{"type": "model_output", "content": [video]}],
        }
        return told | (self.ending or {})


class Vertex(StandIn):
    """aiplatform.googleapis.com: Veo, and Gemini's images."""

    needs_key_header = ("authorization", f"Bearer {TOKEN}")

    def is_submit(self, asked: Asked) -> bool:
        return asked.path.endswith((":predictLongRunning", ":generateContent"))

    def answer(self, asked: Asked) -> Reply:
        if asked.method == "GET" and asked.path.endswith(f"/models/{VEO}"):
            return document({"name": f"publishers/google/models/{VEO}"})
        if asked.path.endswith(":predictLongRunning"):
            return self.submitted(lambda: self._made(asked))
        if asked.path.endswith(f"/{IMAGE}:generateContent"):
            return self.submitted(lambda: _image(self, asked))
        if asked.path.endswith(":fetchPredictOperation"):
            if self.polls:
                return self.polls.pop(0)
            name = asked.document["operationName"]
            if name not in self.jobs:
                return _error(404, "NOT_FOUND", "Operation not found.")
            self.jobs[name].asked += 1
            return document(self._told(name))
        return _error(404, "NOT_FOUND", "Not found.")

    def _made(self, asked: Asked) -> Reply:
        resource = asked.path.partition("/projects/")[2].partition(":")[0]
        job = self.taken(asked.document, f"projects/{resource}/operations/{uuid.uuid4()}")
        return document({"name": job.id})

    def _told(self, name: str) -> dict[str, object]:
        if self.jobs[name].asked <= self.steps:
            return {"name": name}
        video = {"bytesBase64Encoded": base64.b64encode(self.file.body).decode(), "mimeType": "video/mp4"}
        return {"name": name, "done": True, "response": {"videos": [video]}} | (self.ending or {})


def _image(server: StandIn, asked: Asked) -> Reply:
    server.taken(asked.document, uuid.uuid4().hex)
    data = base64.b64encode(server.picture).decode()
    part = {"inlineData": {"mimeType": "image/png", "data": data}}
    candidate = {"content": {"role": "model", "parts": [part]}, "finishReason": "STOP"}
    return document({"candidates": [candidate]} if server.ending is None else server.ending)


def _error(code: int, status: str, message: str, **headers: str) -> Reply:
    return document({"error": {"code": code, "status": status, "message": message}}, code, **headers)
