"""The OpenAI protocol: images, `/v1/videos`, `/v1/models`; in the manner of vLLM-Omni, or of SGLang."""

import base64
import time
import uuid
from email.parser import BytesParser

from tests.support.standins import Asked, Reply, StandIn, document

MODEL = "Wan-AI/Wan2.2"


class OpenAIServer(StandIn):
    """`likes_json`: as SGLang, takes a text-only video as JSON alone."""

    likes_json = False

    def is_submit(self, asked: Asked) -> bool:
        return asked.method == "POST" and asked.path in {"/v1/videos", "/v1/images/generations"}

    def answer(self, asked: Asked) -> Reply:
        match [asked.method, *asked.path.strip("/").split("/")]:
            case ["GET", "v1", "models"]:
                return document({"object": "list", "data": [{"id": MODEL, "object": "model"}]})
            case ["POST", "v1", "images", "generations"]:
                return self.submitted(lambda: self._image(asked))
            case ["POST", "v1", "videos"]:
                return self.submitted(lambda: self._video(asked))
            case ["GET", "v1", "videos"]:
                jobs = [self._told(job.id) for job in self.jobs.values()]
                return document({"object": "list", "data": jobs, "has_more": False})
            case ["GET", "v1", "videos", name, "content"]:
                return self.file if name in self.jobs else document({"detail": "Video not found"}, 404)
            case ["GET", "v1", "videos", name]:
                if self.polls:
                    return self.polls.pop(0)
                if name not in self.jobs:
                    return document({"detail": "Video not found"}, 404)
                self.jobs[name].asked += 1
                return document(self._told(name))
            case ["DELETE", "v1", "videos", name] if name in self.jobs:
                self.jobs[name].is_cancelled = True
                return document({"id": name, "deleted": True, "object": "video.deleted"})
        return document({"detail": "Not Found"}, 404)

    def _image(self, asked: Asked) -> Reply:
        self.taken(asked.document, uuid.uuid4().hex)
        if self.ending is not None:
            return document(self.ending)
        return document({"created": 1, "data": [{"b64_json": base64.b64encode(self.picture).decode()}]})

    def _video(self, asked: Asked) -> Reply:
        if asked.headers["content-type"].startswith("multipart/form-data"):
            if self.likes_json:
                return document({"detail": "input_reference file is required"}, 400)
            head = b"Content-Type: " + asked.headers["content-type"].encode() + b"\r\n\r\n"
            parts = BytesParser().parsebytes(head + asked.body).get_payload()
            told = {
                str(part.get_param("name", header="content-disposition")): part.get_payload(
                    decode=True
                ).decode()
                for part in parts
            }
        else:
            told = asked.document
        return document(self._told(self.taken(told, f"video_gen_{uuid.uuid4().hex}").id))

    def _told(self, name: str) -> dict[str, object]:
        job = self.jobs[name]
        told: dict[str, object] = {
            "id": name,
            "object": "video",
            "model": job.told.get("model"),
            "prompt": job.told.get("prompt"),
            "created_at": int(time.time()),
            "seconds": job.told.get("seconds", "4"),
            "size": job.told.get("size"),
            "status": "queued" if job.asked == 0 else "in_progress",
            "progress": min(99, 100 * job.asked // (self.steps + 1)),
        }
        if job.asked > self.steps:
            told |= self.ending or {"status": "completed", "progress": 100}
        return told
