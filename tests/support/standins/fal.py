"""fal's queue and its list of prices."""

import uuid
from typing import Any

from tests.support.standins import KEY, Asked, Reply, StandIn, document

APP = "fal-ai/veo3.1/fast"
IMAGE_APP = "fal-ai/flux/dev"


class Queue(StandIn):
    """queue.fal.run. `names`: the addresses it gives for a job, where a test has others in mind.

    They are not where a rule would put them: fal's drop what comes after an app's name.
    """

    needs_key_header = ("authorization", f"Key {KEY}")

    def __init__(self, clip: bytes, picture: bytes) -> None:
        super().__init__(clip, picture)
        self.names: dict[str, str] = {}
        self.output: Any = None
        self.result_status = 200
        self.result_headers: dict[str, str] = {}

    def is_submit(self, asked: Asked) -> bool:
        return asked.method == "POST"

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/v1/models/pricing":
            if asked.query["endpoint_id"] != [APP]:
                return document({"error": {"type": "not_found"}}, 404)
            return document({"prices": [{"endpoint_id": APP, "unit_price": 0.15, "unit": "second"}]})
        match [asked.method, *asked.path.strip("/").split("/")]:
            case ["POST", *app] if "/".join(app) in {APP, IMAGE_APP}:
                return self.submitted(lambda: self._made(asked))
            case ["GET", "fal-ai", _, "requests", name, "status"] if name in self.jobs:
                if self.polls:
                    return self.polls.pop(0)
                self.jobs[name].asked += 1
                return self._status(name)
            case ["PUT", "fal-ai", _, "requests", name, "cancel"] if name in self.jobs:
                self.jobs[name].is_cancelled = True
                return document({"status": "CANCELLATION_REQUESTED"}, 202)
            case ["GET", "fal-ai", app, "requests", name] if name in self.jobs:
                output: dict[str, object] = {"video": {"url": f"{self.url}/files/out"}}
                if app == "flux":
                    picture = {"url": f"{self.url}/files/picture.png", "width": 64, "height": 64}
                    output = {"images": [picture], "has_nsfw_concepts": [False], "prompt": "x"}
                return document(
                    output if self.output is None else self.output, self.result_status, **self.result_headers
                )
        return document({"detail": "Not Found"}, 404)

    def _made(self, asked: Asked) -> Reply:
        job = self.taken(asked.document, str(uuid.uuid4()))
        first_two = "/".join(asked.path.strip("/").split("/")[:2])
        at = f"{self.url}/{first_two}/requests/{job.id}"
        return document(
            {
                "status": "IN_QUEUE",
                "request_id": job.id,
                "response_url": at,
                "status_url": f"{at}/status",
                "cancel_url": f"{at}/cancel",
                "queue_position": 2,
            }
            | self.names
        )

    def _status(self, name: str) -> Reply:
        job = self.jobs[name]
        if job.asked > self.steps:
            # No `logs`, as when they were not asked for.
            return document({"status": "COMPLETED", "request_id": name, "metrics": {}} | (self.ending or {}))
        if job.asked == 1:
            return document({"status": "IN_QUEUE", "request_id": name, "queue_position": 2}, 202)
        return document({"status": "IN_PROGRESS", "request_id": name}, 202)
