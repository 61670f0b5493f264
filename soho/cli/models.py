"""`soho models`: which models are offered, whether they are well, and what they cost."""

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from soho.providers.contract import Kind, ModelInfo, Provider


@click.group(name="models", invoke_without_command=True)
@click.pass_context
def group(context: click.Context) -> None:
    """See which models are offered, and try one.

    Without a command: every model with its price, its cost, and whether it is well, asked anew.
    """
    if context.invoked_subcommand is None:
        _list()


def _list() -> None:
    from soho.cli.ground import product

    with product():
        from django.conf import settings

        from soho.providers import health, registry

        # On one machine every model can be asked; else those of a lane are asked where that lane is.
        well = health.probe(lanes=None if settings.DATABASE_IS_EMBEDDED else ("",))
        states = health.states()
        for provider in registry.providers():
            for model in provider.models():
                state = states[model.name]
                mark = "available" if state.available else "unavailable"
                click.echo(f"{model.name:<24} {mark:<12} {provider.name:<14} {_prices(model)}")
                if model.successors:
                    click.echo(f"{'':<24} then {', '.join(model.successors)}")
                reason = state.reason or (well[model.name].sentence if model.name in well else "")
                if not state.available and reason:
                    click.echo(f"{'':<24} {reason}")


@group.command()
@click.argument("name")
@click.option("--kind", type=click.Choice(["image", "video"]), help="An image if the model can, without it.")
@click.option("--yes", is_flag=True, help="Do not ask before something that may cost money.")
def check(name: str, kind: str | None, yes: bool) -> None:
    """Make one small thing with the model NAME, for real, and say what is wrong if it fails."""
    from soho.cli.ground import product

    with product():
        from soho.providers import registry

        model = next((one for one in registry.offered() if one.name == name), None)
        if model is None:
            names = ", ".join(one.name for one in registry.offered())
            raise click.ClickException(f"There is no model {name}; there are {names}.")
        if kind is not None and kind not in model.kinds:
            raise click.ClickException(f"{name} makes no {kind}; it makes {' and '.join(model.kinds)}.")
        wanted: Kind = "image" if kind == "image" or (not kind and "image" in model.kinds) else "video"
        provider = registry.provider_of(name, wanted)
        _check_health(provider, name)
        click.echo(_what_it_may_cost(model, wanted))
        if not yes and model.costs.get(wanted) != 0:
            click.confirm("Go on?", abort=True)
        _make(provider, model, wanted)


def _check_health(provider: "Provider", name: str) -> None:
    health = provider.health(name)
    if not health.ok:
        raise click.ClickException(f"{name} is not available: {health.sentence}")


def _what_it_may_cost(model: "ModelInfo", kind: "Kind") -> str:
    cost = model.costs.get(kind)
    what = "an image" if kind == "image" else f"a clip of {min(model.seconds):g} seconds"
    if cost is None:
        return f"This makes {what} with {model.title}; what that costs you is not configured (costs)."
    return f"This makes {what} with {model.title}, which costs you about ${cost:.2f}."


def _make(provider: "Provider", model: "ModelInfo", kind: "Kind") -> None:
    """One real generation, as the engine would ask for it, but with no row and no tokens."""
    from soho import media
    from soho.ids import new_id
    from soho.providers.contract import Job, ProviderError

    identity = new_id()
    job = Job(
        creation_id=identity,
        kind=kind,
        model=model.name,
        prompt="A quiet lake at dawn, hills in the distance",
        aspect_ratio=model.default_ratio(kind),
        seconds=min(model.seconds) if kind == "video" else None,
        seed=7,
        key=f"check-{identity}",
    )
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="soho-check-") as folder:
        try:
            found = media.probe(provider.generate(job, Path(folder), _Teller()))
        except ProviderError as error:
            detail = f" ({error.detail})" if error.detail else ""
            raise click.ClickException(
                f"{model.name} failed, {error.code}: {error.message}{detail}"
            ) from error
        except media.MediaError as error:
            raise click.ClickException(f"{model.name} gave back what cannot be used: {error}") from error
    seconds = time.monotonic() - began
    length = f", {found.duration:.1f} s long" if kind == "video" else ""
    click.echo(f"{model.name} works: {found.width} x {found.height}{length}, made in {seconds:.0f} s.")


class _Teller:
    """A watch that says what happens; what was bought is named, so that it can be looked up."""

    def __init__(self) -> None:
        from django.conf import settings

        self._said = ""
        self._deadline = time.monotonic() + settings.ATTEMPT_SECONDS

    def progress(self, fraction: float, note: str = "") -> None:
        """Says every new note once."""
        note = note.rstrip("0123456789 of") if note else ""
        if note and note != self._said:
            self._said = note
            click.echo(f"  {note}")
        self.checkpoint()

    def checkpoint(self) -> None:
        """Ends a check that takes longer than an attempt may; Ctrl-C stops it by itself."""
        from soho.providers.contract import ProviderError

        if time.monotonic() > self._deadline:
            raise ProviderError("timed_out", "It took longer than an attempt may take.", retriable=True)

    def intend(self) -> None:
        """Says that something is bought."""
        click.echo("  Ordering")

    def remember(self, provider_job: str) -> None:
        """Says under which name."""
        click.echo(f"  Ordered: {provider_job}")

    def for_good(self) -> bool:
        """Nobody takes a check up."""
        return True


def _prices(model: "ModelInfo") -> str:
    from soho.providers import registry

    told = []
    for kind in model.kinds:
        cost = f" (${model.costs[kind]:.2f})" if kind in model.costs else ""
        told.append(f"{kind} {registry.price(model, kind)} tokens{cost}")
    return ", ".join(told)
