"""Replicate's predictions."""

import uuid
from datetime import UTC, datetime

from tests.support.standins import Asked, Reply, StandIn, document

MODEL = "wan-video/wan-2.2-t2v-fast"


class Predictions(StandIn):
    """api.replicate.com."""

    def is_submit(self, asked: Asked) -> bool:
        return asked.method == "POST" and asked.path.endswith("/predictions")

    def answer(self, asked: Asked) -> Reply:
        match [asked.method, *asked.path.removeprefix("/v1").strip("/").split("/")]:
            case ["GET", "models", owner, name]:
                known = f"{owner}/{name}" == MODEL
                return document({"owner": owner, "name": name}) if known else _problem(404, "Not found")
            case ["POST", "models", _, _, "predictions"] | ["POST", "predictions"]:
                return self.submitted(lambda: self._made(asked))
            case ["GET", "predictions"]:
                newest = [self._told(name) for name in reversed(self.jobs)]
                return document({"previous": None, "next": None, "results": newest})
            case ["GET", "predictions", name] if name in self.jobs:
                if self.polls:
                    return self.polls.pop(0)
                self.jobs[name].asked += 1
                return document(self._told(name))
            case ["POST", "predictions", name, "cancel"] if name in self.jobs:
                self.jobs[name].is_cancelled = True
                return document(self._told(name))
        return _problem(404, "Not found")

    def _made(self, asked: Asked) -> Reply:
        job = self.taken(asked.document, uuid.uuid4().hex[:26])
        return document(self._told(job.id), 201)

    def _told(self, name: str) -> dict[str, object]:
        job = self.jobs[name]
        percent = min(99, 100 * job.asked // (self.steps + 1))
        told: dict[str, object] = {
            "id": name,
            "model": MODEL,
            "input": job.told["input"],
            "created_at": datetime.now(UTC).isoformat(),
            "status": "starting" if job.asked == 0 else "processing",
            "logs": f"Using seed: 7\n  0%|  | 0/30\r {percent}%|###   | {percent}/100 [00:01<00:01]",
            "output": None,
            "error": None,
            "urls": {"get": f"{self.url}/v1/predictions/{name}"},
        }
        if job.asked > self.steps:
            is_image = "num_outputs" in job.told["input"]
            output = [f"{self.url}/files/picture.png"] if is_image else f"{self.url}/files/out.mp4"
            told |= {"status": "succeeded", "output": output} | (self.ending or {})
        return told


def _problem(status: int, detail: str) -> Reply:
    return document({"title": "", "detail": detail, "status": status}, status)
