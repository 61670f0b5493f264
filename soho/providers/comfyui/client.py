"""One's own ComfyUI server, by plain HTTP; progress by its websocket.

The key of a submit is the id of the job there (`prompt_id`) and the name of our ear (`client_id`): whoever
takes the work up finds the job by it and hears its progress. Written against ComfyUI 0.3.64 and run with it.
"""

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from soho.providers.comfyui import checks
from soho.providers.comfyui.ear import Ear
from soho.providers.comfyui.models import Offer
from soho.providers.comfyui.workflow import Graph, values
from soho.providers.contract import Health, Job, ModelInfo, ProviderError
from soho.providers.download import Downloader, DownloadError, Limits, Source, origin
from soho.providers.faults import Faults
from soho.providers.remote import Report
from soho.providers.wire import Answer, Wire

FOLDER = "soho"
_ENDINGS = {
    "video": (".mp4", ".webm", ".mov", ".mkv"),
    "image": (".png", ".jpg", ".jpeg", ".webp"),
}


class ComfyUI:
    """The remote of one server at `address`."""

    def __init__(
        self,
        name: str,
        faults: Faults,
        offers: tuple[Offer, ...],
        *,
        address: str,
        key: str = "",
        limits: Limits | None = None,
        again_in: float = 0.5,
    ) -> None:
        self.name = name
        self._faults = faults
        self._offers = {offer.info.name: offer for offer in offers}
        self._address = address.rstrip("/")
        # ComfyUI knows no keys; a proxy in front of it may.
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._wire = Wire(faults, self._headers)
        here = origin(self._address)
        self._downloader = Downloader(
            Source(own=here, credentials=self._headers, credentials_for=here if key else ""), limits
        )
        self._again_in = again_in
        self._ears: dict[str, Ear] = {}

    def models(self) -> tuple[ModelInfo, ...]:
        """See Remote.models."""
        return tuple(offer.info for offer in self._offers.values())

    def health(self, model: str) -> Health:
        """See Remote.health. Asks the server for the nodes and the files that the workflow names."""

        def about(name: str) -> dict[str, Any]:
            answer = self._ask("GET", f"/object_info/{name}")
            found = answer.document.get(name)
            return found if isinstance(found, dict) else {}

        try:
            answer = self._wire.ask("GET", f"{self._address}/system_stats")
            if answer.status in {401, 403}:
                return Health(False, f"Something in front of ComfyUI at {self._address} refuses the key.")
            if answer.status != 200 or "system" not in answer.document:
                return Health(False, f"What answers at {self._address} is no ComfyUI.")
            lack = checks.trouble(self._offers[model].workflow, about)
        except ProviderError as error:
            return Health(False, f"ComfyUI does not answer at {self._address} ({error.detail}).")
        return Health(not lack, lack)

    def submit(self, job: Job) -> str:
        """See Remote.submit."""
        offer = self._offer(job)
        uploaded = {file.name: self._uploaded(file) for file in offer.workflow.files}
        graph: Graph = offer.workflow.filled(
            values(job, size=offer.size(job.aspect_ratio), fps=offer.fps, every=offer.every), uploaded
        )
        # Before the submit: a short job is over before anybody could begin to listen.
        self._ear(job, job.key).wait_until_open()
        answer = self._wire.submit(
            f"{self._address}/prompt", {"prompt": graph, "client_id": job.key, "prompt_id": job.key}, {}
        )
        if answer.status != 200:
            self._deafen(job.key)
            raise self._of_answer(answer, job.prompt, submitting=True)
        if answer.document.get("node_errors"):
            # It took the outputs that are right and leaves out the others: not what was asked for.
            self.cancel(job, job.key)
            raise self._faults.invalid_request(checks.refusal(answer.document), job.prompt)
        return job.key

    def find(self, job: Job) -> str | None:
        """See Remote.find: it is in the queue, or in the history, under its key, or it is nowhere."""
        in_queue, _, _ = self._place(job.key)
        return job.key if in_queue or self._history(job.key) is not None else None

    def poll(self, job: Job, reference: str) -> Report:
        """See Remote.poll."""
        found = self._history(reference)
        if found is None:
            in_queue, ahead, running = self._place(reference)
            if in_queue:
                fraction, note = self._ear(job, reference).said()
                if not running:
                    note = f"{ahead} before it at the server" if ahead else "Waiting for the server"
                return Report(fraction=fraction, note=note, again_in=self._again_in)
            # It may have come to its end between the two questions.
            found = self._history(reference)
        self._deafen(reference)
        if found is None:
            # Deleted from the queue there, or the server was started anew: it forgets everything then.
            raise self._faults.down("ComfyUI knows the job no more")
        self._judge(found, job)
        return Report(done=True, fraction=1.0, note="Fetching the result")

    def cancel(self, job: Job, reference: str) -> None:
        """See Remote.cancel."""
        self._deafen(reference)
        self._ask("POST", "/queue", json={"delete": [reference]})
        # Older servers interrupt whatever is running, whichever job they are told: look first.
        if self._place(reference)[2]:
            self._ask("POST", "/interrupt", json={"prompt_id": reference})

    def fetch(self, job: Job, reference: str, workspace: Path) -> Path:
        """See Remote.fetch."""
        with self._faults.fetching():
            found = self._history(reference)
        file = _file_of(found or {}, job.kind)
        if file is None:
            raise self._faults.bad_output(f"the workflow saved no {job.kind}", retriable=False)
        try:
            return self._downloader.fetch(f"{self._address}/view?{urlencode(file)}", workspace, job.kind)
        except DownloadError as error:
            raise self._faults.of_download(error) from error

    def _offer(self, job: Job) -> Offer:
        if job.model not in self._offers:
            raise self._faults.unavailable(f"{job.model!r} is not configured")
        return self._offers[job.model]

    def _ear(self, job: Job, reference: str) -> Ear:
        if reference not in self._ears:
            self._ears[reference] = Ear(self._address, reference, self._offer(job).workflow, self._headers)
        return self._ears[reference]

    def _deafen(self, reference: str) -> None:
        if ear := self._ears.pop(reference, None):
            ear.close()

    def _uploaded(self, file: Path) -> str:
        """The name under which the server has `file`: that of its contents, so it is stored there once."""
        body = file.read_bytes()
        name = f"{hashlib.sha256(body).hexdigest()[:32]}{file.suffix}"
        answer = self._ask(
            "POST",
            "/upload/image",
            files={"image": (name, body)},
            data={"subfolder": FOLDER, "type": "input", "overwrite": "true"},
        )
        told = answer.document
        return f"{told.get('subfolder') or FOLDER}/{told.get('name') or name}"

    def _history(self, reference: str) -> dict[str, Any] | None:
        found = self._ask("GET", f"/history/{reference}").document.get(reference)
        return found if isinstance(found, dict) else None

    def _place(self, reference: str) -> tuple[bool, int, bool]:
        """Whether a job is in the queue, how many wait before it, and whether it is the one that runs."""
        queue = self._ask("GET", "/queue").document
        running = [one[1] for one in _entries(queue, "queue_running")]
        if reference in running:
            return True, 0, True
        waiting = [one[1] for one in sorted(_entries(queue, "queue_pending"))]
        if reference in waiting:
            return True, waiting.index(reference) + len(running), False
        return False, 0, False

    def _judge(self, found: dict[str, Any], job: Job) -> None:
        """Raises what the end of a job means, if it is no success."""
        status = found.get("status") or {}
        told = dict(status.get("messages") or [])
        if "execution_interrupted" in told:
            # Its status says "error"; only the messages say that somebody stopped it.
            raise self._faults.timed_out("the job was interrupted at the server")
        if error := told.get("execution_error"):
            said = (
                f"{error.get('node_type')}: {error.get('exception_type')}: {error.get('exception_message')}"
            )
            raise self._faults.bad_output(said, job.prompt)
        if status.get("status_str") not in {"success", None}:
            raise self._faults.bad_output(f"the job ended as {status.get('status_str')!r}")

    def _ask(self, method: str, path: str, **more: Any) -> Answer:
        answer = self._wire.ask(method, f"{self._address}{path}", **more)
        if answer.status != 200:
            raise self._of_answer(answer)
        return answer

    def _of_answer(self, answer: Answer, prompt: str = "", *, submitting: bool = False) -> ProviderError:
        said = checks.refusal(answer.document) if answer.document else "no reason given"
        if answer.status == 400:
            return self._faults.invalid_request(said, prompt)
        return self._faults.of_status(
            answer.status, said, answer.headers, prompt=prompt, submitting=submitting
        )


def _entries(queue: dict[str, Any], name: str) -> list[tuple[float, str]]:
    """Number and id of the jobs in a part of the queue; whatever else stands there is none."""
    return [
        (float(one[0]), str(one[1]))
        for one in queue.get(name) or []
        if isinstance(one, list) and len(one) > 1 and isinstance(one[0], int | float)
    ]


def _file_of(found: dict[str, Any], kind: str) -> dict[str, str] | None:
    """Where the result is: videos stand under `images` as well; what is saved goes before previews."""
    files = [
        one
        for output in (found.get("outputs") or {}).values()
        for group in output.values()
        for one in (group if isinstance(group, list) else [])
        if isinstance(one, dict) and str(one.get("filename", "")).lower().endswith(_ENDINGS[kind])
    ]
    files.sort(key=lambda one: one.get("type") != "output")
    return (
        {name: str(files[0].get(name) or "") for name in ("filename", "subfolder", "type")} if files else None
    )
