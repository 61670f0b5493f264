"""What a phone fetches of /soho/explore before its first scroll, by kind, against a page of originals.

Twenty-four posts, made by the built-in renderer at full size and finished by the engine as any others: a
video of 8 seconds on top, then two stills, and so on, in the shapes the renderer offers. Chromium as a phone,
signed out, with an empty cache; every byte of every answer counts, headers too. The one video that plays
is told, but not counted: how much of it comes depends on how long one looks. A page without thumbnails would
show the originals of the same 24 posts.
"""

import shutil
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.figures import Figure, Plot, Report, told
from benchmarks.ground import ground
from benchmarks.serving import serving

POSTS, LIMIT = 24, 350
PATH = "/soho/explore"
PROMPTS = (
    "A sunset over mountains with vibrant colors",
    "Fog lifting off a still lake at dawn, pine forest, first light",
    "Night over snowy hills, a full moon and northern lights",
    "City street in the rain with neon signs",
    "A sailing boat on a calm sea in the golden hour",
    "A meadow of flowers under a blue sky",
)
SHAPES = ("9:16", "1:1", "16:9", "9:16")
SETTLED_MS = 4000  # after the network's first silence: what begins by itself has begun


@dataclass
class Seen:
    """One request: its address, its kind, and the bytes that came."""

    url: str
    kind: str
    size: float = 0.0


def measure(percent: int = 100) -> Report:
    """The figures, in KB of 1,000 bytes and MB of 1,000 KB; `percent` of the size makes it quick."""
    with ground(SOHO_GRANT_TOKENS="1000", SOHO_PREVIEWS="0", SOHO_DIORAMA_PERCENT=str(percent)):
        originals = _publish()
        with serving("soho.config.wsgi:application") as server:
            seen, playing = _look(f"http://localhost:{server.port}{PATH}")
    kinds: dict[str, list[float]] = defaultdict(list)
    for one in seen:
        kinds["playing video" if one.url in playing else one.kind].append(one.size / 1000)
    counted = sum(sum(sizes) for kind, sizes in kinds.items() if kind != "playing video")
    figures = [
        Figure(kind, sum(sizes), "KB", note=_requests(len(sizes)) + _uncounted(kind))
        for kind, sizes in sorted(kinds.items(), key=lambda item: -sum(item[1]))
    ]
    counts = [(one.name, one.value) for one in figures if one.name != "playing video"]
    kilobytes = {"KB": [value for _, value in counts]}
    bars = Plot(
        "page-weight", "Explore on a phone, by kind", "KB", "KB", [name for name, _ in counts], kilobytes
    )
    figures = [
        *figures,
        Figure("before the first scroll, in all", counted, "KB", LIMIT),
        Figure(f"the originals of the same {POSTS} posts", originals / 1e6, "MB"),
        Figure("in all, of the originals", counted * 100_000 / originals, "%"),
    ]
    return Report("page_weight", f"{PATH} on a phone, {POSTS} posts, until somebody scrolls", figures, [bars])


def _requests(count: int) -> str:
    return "1 request" if count == 1 else f"{count} requests"


def _uncounted(kind: str) -> str:
    return ", not counted" if kind == "playing video" else ""


def _publish() -> int:
    """Makes and publishes the posts; answers the bytes of their originals."""
    from soho.accounts.actions import create_user
    from soho.creations import actions, intake
    from soho.creations.models import Creation, Status
    from soho.generation.run import work_once

    person = create_user("alice", "a long winter walk")
    for number in range(POSTS):
        kind = "video" if number % 3 == 2 else "image"
        shape = SHAPES[number % len(SHAPES)]
        prompt = f"{PROMPTS[number % len(PROMPTS)]}, take {number}"
        order = intake.order(kind, prompt, aspect_ratio=shape, seed=number)
        creation_id = actions.start(person, order, idempotency=None)
        work_once(kind, worker="benchmark")
        status = Creation.objects.get(pk=creation_id).status
        if status != Status.DRAFT:
            raise RuntimeError(f"Creation {number} is {status}.")
        actions.publish(person.pk, creation_id, caption=f"{prompt} #light")
    return sum(size or 0 for size in Creation.objects.values_list("size_bytes", flat=True))


def _look(address: str) -> tuple[list[Seen], set[str]]:
    """Everything a phone fetches of `address` while nobody touches it, and the addresses of what plays."""
    from playwright.sync_api import sync_playwright

    found: dict[str, Seen] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(
            viewport={"width": 390, "height": 844}, device_scale_factor=3, is_mobile=True, has_touch=True
        )
        page = context.new_page()
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.responseReceived", lambda event: _begin(found, event))
        wire.on("Network.dataReceived", lambda event: _add(found, event))
        wire.on("Network.loadingFinished", lambda event: _end(found, event))
        page.goto(address, wait_until="networkidle")
        page.wait_for_timeout(SETTLED_MS)
        playing = page.evaluate(
            "[...document.querySelectorAll('video')].filter(one => !one.paused).map(one => one.currentSrc)"
        )
        browser.close()
    foreign = [one.url for one in found.values() if not one.url.startswith(address.removesuffix(PATH))]
    if foreign:
        raise RuntimeError(f"The page asks elsewhere: {foreign}")
    return list(found.values()), set(playing)


def _begin(found: dict[str, Seen], event: Mapping[str, Any]) -> None:
    answer = event["response"]
    if not answer["url"].startswith("data:"):
        found[event["requestId"]] = Seen(answer["url"], event["type"].lower(), answer["encodedDataLength"])


def _add(found: dict[str, Seen], event: Mapping[str, Any]) -> None:
    if one := found.get(event["requestId"]):
        one.size += event["encodedDataLength"]


def _end(found: dict[str, Seen], event: Mapping[str, Any]) -> None:
    if one := found.get(event["requestId"]):
        one.size = max(one.size, event["encodedDataLength"])


def main(arguments: Sequence[str] | None = None) -> Report:
    """Measures and prints."""
    return told(lambda quick: measure(20 if quick else 100), arguments)


if __name__ == "__main__":
    main()
