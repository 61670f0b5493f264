"""What an operator offers of a ComfyUI server: a folder of workflows, each a model.

[providers.comfy]
kind = "comfyui"
address = "http://10.0.0.5:8188"
folder = "workflows"              # every *.json in it is offered, unless models are named

[providers.comfy.models.wan]
workflow = "workflows/wan.json"
fps = 16
seconds = [3, 5]
sizes = { "16:9" = "832x480", "9:16" = "480x832" }
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from soho.providers.comfyui.workflow import Unusable, Workflow, read
from soho.providers.configuration import Options, ProviderConfig
from soho.providers.contract import Kind, ModelInfo

SIZES: dict[Kind, dict[str, tuple[int, int]]] = {
    "video": {"9:16": (480, 832), "1:1": (640, 640), "16:9": (832, 480)},
    "image": {"9:16": (768, 1344), "1:1": (1024, 1024), "16:9": (1344, 768)},
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A workflow and what is filled into it. A clip has `every * n + 1` frames, `fps` a second."""

    info: ModelInfo
    workflow: Workflow
    sizes: Mapping[str, tuple[int, int]]
    fps: float
    every: int

    def size(self, ratio: str) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.sizes[ratio]


def offers(config: ProviderConfig) -> tuple[Offer, ...]:
    """The workflows that the operator named, else all in the folder. Raises ImproperlyConfigured."""
    usual = config.folder / "workflows"
    shelf = config.options.path("folder", usual if usual.is_dir() else None)
    if not config.models:
        if shelf is None:
            config.wrong("folder", "set it to the folder that your workflows are in.")
        found = sorted(shelf.glob("*.json"))
        if not found:
            config.wrong("folder", f"{shelf} holds no workflows (no file ends with .json).")
        return tuple(_offer(path.stem, path, config.options, {}) for path in found)
    named = []
    for one in config.models:
        path = one.options.path("workflow") or (shelf / f"{one.id}.json" if shelf else None)
        if path is None:
            one.wrong("workflow", "set it to the file of the workflow, in ComfyUI's API format.")
        kinds = one.given.get("kinds", ())
        offer = _offer(one.name, path, one.options, one.sizes, kinds)
        info = one.info(offer.info)
        if missing := set(info.aspect_ratios) - set(offer.sizes):
            one.wrong("sizes", f"say how many pixels {' and '.join(sorted(missing))} is.")
        named.append(Offer(info, offer.workflow, offer.sizes, offer.fps, offer.every))
    return tuple(named)


def _offer(
    name: str,
    path: Path,
    options: Options,
    sizes: Mapping[str, tuple[int, int]],
    kinds: tuple[Kind, ...] = (),
) -> Offer:
    try:
        workflow = read(path)
    except Unusable as error:
        options.wrong("workflow", str(error))
    if len(kinds) > 1:
        options.wrong("kinds", "a workflow makes either images or videos.")
    kind = kinds[0] if kinds else workflow.kind
    if kind == "":
        options.wrong(
            "kinds", f'{path.name} saves in a way unknown here; set kinds = ["video"] or ["image"].'
        )
    takes_size = bool({"width", "height"} & workflow.marks)
    takes_length = bool({"seconds", "frames"} & workflow.marks)
    known = {**(SIZES[kind] if takes_size or not sizes else {}), **sizes}
    info = ModelInfo(
        name=name,
        title=name,
        description="A ComfyUI workflow on this site's own server.",
        kinds=(kind,),
        # A workflow that is not told its size makes what it makes.
        aspect_ratios=tuple(sizes)
        or (tuple(known) if takes_size or "ratio" in workflow.marks else ("16:9",)),
        seconds=(3.0, 5.0) if takes_length else (5.0,),
        has_audio=workflow.has_audio,
        has_seed="seed" in workflow.marks,
    )
    return Offer(
        info,
        workflow,
        known,
        options.decimal("fps", 16.0, at_least=1, at_most=120),
        options.number("every", 4, at_least=1),
    )
