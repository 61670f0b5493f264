"""Models that run in this very process, by diffusers: any local folder, loaded once and kept warm.

Needs `pip install 'soho[diffusers]'`. Why in process and in a lane of its own: docs/decisions/0011.
"""

from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from soho.providers.configuration import ProviderConfig
from soho.providers.contract import Health, Job, ModelInfo, Watch
from soho.providers.diffusers import surroundings
from soho.providers.diffusers.bench import Bench
from soho.providers.diffusers.families import FAMILIES, UNLISTED, Family
from soho.providers.diffusers.film import write_film
from soho.providers.diffusers.folder import Unusable, check_weights, read
from soho.providers.diffusers.loading import unavailable
from soho.providers.diffusers.recipe import Recipe, folders_in, lane_of, recipe

__all__ = ["Diffusers", "Recipe", "described", "make"]

RATIOS = ("9:16", "1:1", "16:9")
WRITING_FROM, WRITING_UNTIL = 0.9, 0.97


class Diffusers:
    """The model folders of `offer` (each with what is said of it), run by one bench."""

    def __init__(self, name: str, offer: Iterable[tuple[Recipe, ModelInfo]]) -> None:
        self.name = name
        self._offer = {info.name: (recipe, info) for recipe, info in offer}
        self._bench = Bench()

    def models(self) -> tuple[ModelInfo, ...]:
        """See Provider.models."""
        return tuple(info for _, info in self._offer.values())

    def health(self, model: str) -> Health:
        """See Provider.health. Loads nothing."""
        recipe, _ = self._offer[model]
        try:
            contents = read(recipe.folder)
            family_of(recipe, contents.pipeline)
            check_weights(recipe.folder, contents, recipe.variant)
        except Unusable as error:
            return Health(False, str(error))
        lack = surroundings.trouble(recipe)
        return Health(not lack, lack)

    def generate(self, job: Job, workspace: Path, watch: Watch) -> Path:
        """See Provider.generate."""
        recipe, _ = self._offer[job.model]
        try:
            family = family_of(recipe, read(recipe.folder).pipeline)
        except Unusable as error:
            raise unavailable(recipe, str(error)) from error
        made = self._bench.make(recipe, family, job, watch)
        if family.kind == "image":
            out = workspace / "made.png"
            Image.fromarray(made.pictures[0]).save(out)
            return out
        out = workspace / "made.mp4"

        def written(frame: int, frames: int) -> None:
            done = WRITING_FROM + (WRITING_UNTIL - WRITING_FROM) * frame / frames
            watch.progress(done, "Writing the film")

        write_film(out, made.pictures, made.fps, made.sound, written)
        return out


def make(config: ProviderConfig) -> Diffusers:
    """The provider that `soho.toml` describes. Raises ImproperlyConfigured."""
    if config.address:
        config.wrong("address", "diffusers runs in Soho's own worker; remove it, and set `folder`.")
    usual = config.folder / "models"
    shelf = config.options.path("folder", usual if usual.is_dir() else None)
    lane_of(config, config.options)
    if not config.models:
        if shelf is None:
            config.wrong("folder", "set it to the folder that your model folders are in.")
        found = [(one.name, one, config.options) for one in folders_in(shelf)]
        if not found:
            config.wrong("folder", f"{shelf} holds no model folders (none has a model_index.json).")
        offer = [_offered(config, recipe(name, folder, options)) for name, folder, options in found]
        return Diffusers(config.name, offer)
    offer = []
    for one in config.models:
        folder = one.options.path("folder") or (shelf / one.id if shelf else None)
        if folder is None:
            one.wrong("folder", "set it to the model's folder.")
        kinds = one.given.get("kinds", ())
        if len(kinds) > 1:
            one.wrong("kinds", "a model folder makes either images or videos.")
        mine = recipe(one.name, folder, one.options, kind=next(iter(kinds), ""), sizes=one.sizes)
        offer.append((mine, one.info(described(mine, lane_of(config, one.options)))))
    return Diffusers(config.name, offer)


def _offered(config: ProviderConfig, mine: Recipe) -> tuple[Recipe, ModelInfo]:
    return mine, described(mine, lane_of(config, config.options))


def family_of(recipe: Recipe, pipeline: str) -> Family:
    """How the class `pipeline` is spoken to. Raises Unusable."""
    family = FAMILIES.get(pipeline)
    if family is not None and recipe.kind not in {"", family.kind}:
        raise Unusable(f"{pipeline} makes {family.kind}s; remove `kinds`, or name another folder.")
    if family is None and not recipe.kind:
        raise Unusable(
            f'Soho does not know what {pipeline} makes; set kinds = ["video"] or ["image"] for this model.'
        )
    return family or UNLISTED[recipe.kind]


def described(recipe: Recipe, lane: str = "gpu") -> ModelInfo:
    """What a folder offers, as far as it can be read; what is missing in it, `health` says."""
    try:
        pipeline = read(recipe.folder).pipeline
        family = family_of(recipe, pipeline)
    except Unusable:
        pipeline, family = "", UNLISTED[recipe.kind or "video"]
    what = pipeline.removesuffix("Pipeline") or "a model"
    return ModelInfo(
        name=recipe.name,
        title=recipe.name,
        description=f"Runs on this server ({what}).",
        kinds=(family.kind,),
        aspect_ratios=tuple(recipe.sizes) or RATIOS,
        seconds=family.seconds or (8.0,),
        has_audio=family.audio,
        lane=lane,
    )
