"""People of the drill: each asks over HTTP, repeats what was not answered, and keeps an account of its own.

The account holds only what the product answered. In the end it is laid beside what the product says.
"""

import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import httpx

AT_ONCE = 8  # unfinished creations of one person
PAUSE = 0.15
PATIENCE = 240.0  # for one answer, however often it takes to ask

# Stage directions of tests/support/rehearsal.py; `far` goes to the server that sells jobs. None of them says
# that the provider is down: its circuit would give it a rest of minutes.
IMAGES = (
    "still water",
    "steps=5 pace=0.1 a slow one",
    "stumble=bad_output a shy one",
    "fail=moderated no",
)
VIDEOS = (
    "a ride",
    "steps=12 pace=0.2 a long ride",
    "clip=black a dark one",
    "stumble=bad_output a detour",
)


@dataclass
class Known:
    """What a person was told of one creation."""

    id: str
    kind: str
    price: int
    status: str = "pending"
    gone: bool = False
    given_back: bool = False
    published_by_itself: bool = False

    @property
    def costs(self) -> tuple[int, int]:
        """Tokens spent and tokens held, as the answers have it."""
        if self.status in {"draft", "published"}:
            return self.price, 0
        return 0, 0 if self.given_back or self.gone else self.price


@dataclass
class Person:
    """One person's key, prices, and account."""

    name: str
    key: str
    ports: list[int]
    random: Random
    prices: dict[tuple[str, str], int]
    known: dict[str, Known] = field(default_factory=dict)
    asked: int = 0
    repeated: int = 0
    starts: int = 0
    surprises: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {self.key}", "Host": "localhost"}, timeout=httpx.Timeout(8.0)
        )
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._live, name=self.name, daemon=True)

    # --- Asking

    def ask(self, method: str, path: str, body: Any = None, *, once: str = "") -> httpx.Response:
        """An answer of the product's own (below 500, or about a creation), asked for until it comes.

        Either web is asked, and what it cannot answer the other may. Raises TimeoutError after PATIENCE.
        """
        headers = {"Idempotency-Key": once} if once else {}
        deadline = time.monotonic() + PATIENCE
        self.asked += 1
        last = ""
        while time.monotonic() < deadline:
            port = self.random.choice(self.ports)
            try:
                answer = self._client.request(
                    method, f"http://127.0.0.1:{port}{path}", json=body, headers=headers
                )
                if answer.status_code < 500 or _about_one(answer):
                    return answer
                last = f"{answer.status_code} {answer.text[:200]}"
            except httpx.TransportError as error:
                last = repr(error)
            self.repeated += 1
            time.sleep(PAUSE)
        raise TimeoutError(f"{method} {path} was never answered: {last}")

    def start(self, kind: str, prompt: str, model: str) -> Known:
        """Starts one, however often it takes, and exactly once."""
        path = "/api/image/generate" if kind == "image" else "/api/generate/video"
        body: dict[str, Any] = {"prompt": prompt, "model": model}
        if kind == "video":
            body["duration"] = 2.0
        self.starts += 1
        answer = self.ask("POST", path, body, once=str(uuid.UUID(int=self.random.getrandbits(128))))
        said = answer.json()
        creation_id = said.get("creationId") or said.get("image", {}).get("creationId")
        if creation_id is None:
            raise RuntimeError(f"{kind} {model}: {answer.status_code} {answer.text[:300]}")
        one = self.known.setdefault(creation_id, Known(creation_id, kind, self.prices[model, kind]))
        self.look(one)
        return one

    def look(self, one: Known) -> None:
        """Reads one anew."""
        answer = self.ask("GET", f"/api/generate/video/{one.id}")
        if answer.status_code == 404:
            if not one.gone:
                self.surprises.append(f"{one.id} is not there, and nobody deleted it")
            return
        if one.gone:
            self.surprises.append(f"{one.id} was deleted and is there")
        found = answer.json()["creation"]
        one.status = found["status"]
        if one.status == "failed" and not found["error"]["code"]:
            self.surprises.append(f"{one.id} failed for no reason")
        if one.status == "failed" and found["error"]["code"] == "cancelled":
            one.given_back = True

    # --- Living

    def begin(self) -> None:
        """Begins to ask for things, in a thread, until `stop`."""
        self.thread.start()

    def stop(self) -> None:
        """Asks for nothing more; what is being asked is asked to the end."""
        self.stopping.set()

    def _live(self) -> None:
        while not self.stopping.is_set():
            try:
                self._act()
            except (TimeoutError, RuntimeError, KeyError, ValueError) as error:
                self.surprises.append(repr(error))
            self.stopping.wait(PAUSE * self.random.uniform(0.5, 1.5))

    def _act(self) -> None:
        here = [one for one in self.known.values() if not one.gone]
        making = [one for one in here if one.status in {"pending", "processing"}]
        if len(making) < AT_ONCE and self.random.random() < 0.6:
            self._start_something()
        elif here:
            one = self.random.choice(making if making and self.random.random() < 0.6 else here)
            self.look(one)
            self._do_something_with(one)

    def _start_something(self) -> None:
        kind = "image" if self.random.random() < 0.75 else "video"
        if self.random.random() < 0.5:
            self.start(kind, "bought from afar", "far")
        else:
            self.start(kind, self.random.choice(IMAGES if kind == "image" else VIDEOS), "rehearsal")

    def _do_something_with(self, one: Known) -> None:
        luck = self.random.random()
        if one.status in {"pending", "processing"}:
            if luck < 0.1:
                self.verb(one, "POST", "/cancel")
        elif one.status == "failed":
            if luck < 0.6:
                once = str(uuid.UUID(int=self.random.getrandbits(128)))
                if self.verb(one, "POST", "/retry", once=once).status_code == 200:
                    one.given_back = False
                    self.look(one)
            elif luck < 0.7:
                self.delete(one)
        elif one.status == "draft":
            self._do_something_with_draft(one, luck)
        elif luck < 0.2:
            self.verb(one, "POST", "/unpublish")
        elif luck < 0.3:
            self.delete(one)
        else:
            self._like()

    def _do_something_with_draft(self, one: Known, luck: float) -> None:
        if luck < 0.3:
            self.verb(one, "POST", "/publish", {"caption": "From the drill"})
        elif luck < 0.5:
            moment = datetime.now(UTC) + timedelta(seconds=self.random.uniform(2, 6))
            if self.verb(one, "POST", "/schedule", {"publishAt": moment.isoformat()}).status_code == 200:
                one.published_by_itself = True
        elif luck < 0.65:
            self.delete(one)

    def verb(self, one: Known, method: str, tail: str, body: Any = None, *, once: str = "") -> httpx.Response:
        """Does something to one and reads what came of it."""
        answer = self.ask(method, f"/api/generate/video/{one.id}{tail}", body, once=once)
        if answer.status_code not in {200, 409, 422}:
            self.surprises.append(f"{method} {tail}: {answer.status_code} {answer.text[:200]}")
        self.look(one)
        return answer

    def delete(self, one: Known) -> None:
        """Deletes one; 404 on a repetition says that an earlier, unanswered one did it."""
        answer = self.ask("DELETE", f"/api/generate/video/{one.id}")
        if answer.status_code in {204, 404}:
            one.gone = one.given_back = True
        else:
            self.look(one)

    def _like(self) -> None:
        posts = self.ask("GET", "/api/feed?limit=20").json()["creations"]
        if posts:
            post = self.random.choice(posts)
            path = f"/api/generate/video/{post['creationId']}/like"
            self.ask("DELETE" if post["likedByMe"] else "POST", path)

    # --- The end

    def balance(self) -> tuple[int, int]:
        """Available and held, as the product says."""
        said = self.ask("GET", "/api/me").json()["balance"]
        return said["available"], said["held"]

    def account(self, granted: int) -> tuple[int, int]:
        """Available and held, as the answers add up."""
        spent = sum(one.costs[0] for one in self.known.values())
        held = sum(one.costs[1] for one in self.known.values())
        return granted - spent - held, held


def _about_one(answer: httpx.Response) -> bool:
    """Whether a 5xx is the product's word on a creation (the model failed), not on itself."""
    try:
        return "creationId" in answer.json()
    except ValueError:
        return False
