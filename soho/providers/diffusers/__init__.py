"""Models that run in this very process, by diffusers: any local folder, loaded once and kept warm.

Needs `pip install 'soho[diffusers]'`. Why in process and in a lane of its own: docs/decisions/0009.
"""

from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from soho.providers.contract import Health, Job, ModelInfo, Watch
from soho.providers.diffusers import surroundings
from soho.providers.diffusers.bench import Bench
from soho.providers.diffusers.families import FAMILIES, UNLISTED, Family
from soho.providers.diffusers.film import write_film
from soho.providers.diffusers.folder import Unusable, check_weights, read
from soho.providers.diffusers.loading import unavailable
from soho.providers.diffusers.recipe import Recipe

__all__ = ["Diffusers", "Recipe"]

RATIOS = ("9:16", "1:1", "16:9")
WRITING_FROM, WRITING_UNTIL = 0.9, 0.97


class Diffusers:
    """The model folders of `recipes`, run by one bench."""

    def __init__(self, recipes: Iterable[Recipe], *, name: str = "diffusers") -> None:
        self.name = name
        self._recipes = {recipe.name: recipe for recipe in recipes}
        self._bench = Bench()

    def models(self) -> tuple[ModelInfo, ...]:
        """See Provider.models. A folder that cannot be read is listed as far as its recipe tells."""
        return tuple(_described(recipe) for recipe in self._recipes.values())

    def health(self, model: str) -> Health:
        """See Provider.health. Loads nothing."""
        recipe = self._recipes[model]
        try:
            contents = read(recipe.folder)
            _family(recipe, contents.pipeline)
            check_weights(recipe.folder, contents, recipe.variant)
        except Unusable as error:
            return Health(False, str(error))
        lack = surroundings.trouble(recipe)
        return Health(not lack, lack)

    def generate(self, job: Job, workspace: Path, watch: Watch) -> Path:
        """See Provider.generate."""
        recipe = self._recipes[job.model]
        try:
            family = _family(recipe, read(recipe.folder).pipeline)
        except Unusable as error:
            raise unavailable(recipe, str(error)) from error
        made = self._bench.make(recipe, family, job, watch)
        if job.kind == "image":
            out = workspace / "made.png"
            Image.fromarray(made.pictures[0]).save(out)
            return out
        out = workspace / "made.mp4"

        def written(frame: int, frames: int) -> None:
            watch.progress(WRITING_FROM + (WRITING_UNTIL - WRITING_FROM) * frame / frames, "Writing the film")

        write_film(out, made.pictures, made.fps, made.sound, written)
        return out


def _family(recipe: Recipe, pipeline: str) -> Family:
    family = FAMILIES.get(pipeline)
    if family is not None and recipe.kind not in {"", family.kind}:
        raise Unusable(f"{pipeline} makes {family.kind}s; remove `kind`, or name another folder.")
    if family is None and not recipe.kind:
        raise Unusable(
            f'Soho does not know what {pipeline} makes; set kind = "video" or kind = "image" for this model.'
        )
    return family or UNLISTED[recipe.kind]


def _described(recipe: Recipe) -> ModelInfo:
    try:
        pipeline = read(recipe.folder).pipeline
        family = _family(recipe, pipeline)
    except Unusable:
        pipeline, family = "", UNLISTED[recipe.kind or "video"]
    return ModelInfo(
        name=recipe.name,
        title=recipe.title or recipe.folder.name,
        description=recipe.description or f"Runs on this server ({pipeline.removesuffix('Pipeline')}).",
        kinds=(family.kind,),
        aspect_ratios=recipe.aspect_ratios or tuple(recipe.sizes) or RATIOS,
        seconds=recipe.seconds or family.seconds or (0.0,),
        has_audio=family.audio,
        prices=recipe.prices,
        costs=recipe.costs,
        successors=recipe.successors,
    )
