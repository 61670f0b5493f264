"""`soho diorama`: render a prompt with the built-in renderer, without the rest of the product."""

import sys
from pathlib import Path

import click

STILLS = (".png", ".jpg", ".jpeg", ".webp")


class Size(click.ParamType[tuple[int, int]]):
    """Two sides in pixels, "1080x1920"."""

    name = "WxH"

    def convert(
        self, value: object, param: click.Parameter | None, context: click.Context | None
    ) -> tuple[int, int]:
        """The width and the height. The renderer says which sides it can draw."""
        width, cross, height = str(value).lower().partition("x")
        if not (cross and width.isdecimal() and height.isdecimal() and len(str(value)) < 16):
            self.fail(f"{value!r} is not like 1080x1920.", param, context)
        return int(width), int(height)


@click.command(name="diorama")
@click.argument("prompt")
@click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write: .mp4 for a film, .png, .jpg or .webp for a still.",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="Another seed, another picture.")
@click.option("--size", type=Size(), help="1080x1920 for a film and 1080x1080 for a still without it.")
@click.option("--seconds", type=float, default=8.0, show_default=True, help="How long a film is, up to 60.")
@click.option("--preview", is_flag=True, help="A small draft of the film, 4 s long, in under a second.")
@click.option("--explain", is_flag=True, help="Print what was understood, and what cannot be drawn.")
def command(
    prompt: str,
    out: Path | None,
    seed: int | None,
    size: tuple[int, int] | None,
    seconds: float,
    preview: bool,
    explain: bool,
) -> None:
    """Render PROMPT with Diorama, the built-in procedural renderer. Needs no server, no database and no key.

    With --explain alone nothing is rendered. Without --seed the prompt chooses one.
    """
    if out is None and not explain:
        raise click.UsageError("Say where to write with -o, or ask for --explain.")
    still = out is not None and out.suffix.lower() in STILLS
    if out is not None and not still and out.suffix.lower() != ".mp4":
        raise click.UsageError(f"-o must end in .mp4, {', '.join(STILLS[:-1])} or {STILLS[-1]}.")
    if preview and still:
        raise click.UsageError("--preview makes a film; -o must end in .mp4.")
    if out is not None and not out.absolute().parent.is_dir():
        raise click.UsageError(f"There is no folder {out.parent} to write to.")
    from soho.diorama import read, render_preview

    width, height = size or ((1080, 1080) if still else (1080, 1920))
    try:
        scene = read(prompt, seed, width, height)
        if explain:
            click.echo(scene.explain())
        if out is not None and preview:
            render_preview(prompt, out, seed=scene.seed, width=width, height=height)
        elif out is not None:
            render(prompt, out, scene.seed, (width, height), None if still else seconds)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
    if out is not None and scene.undrawn and not explain:
        click.echo(f"Diorama cannot draw: {', '.join(scene.undrawn)}", err=True)


def render(prompt: str, out: Path, seed: int, size: tuple[int, int], seconds: float | None) -> None:
    """Write the file, a still if it has no seconds, with a bar on standard error while it is made."""
    from soho.diorama import render_image, render_video

    width, height = size
    with click.progressbar(length=1000, label="Painting", file=sys.stderr) as bar:

        def painted(done: int, total: int) -> None:
            bar.update(1000 * done // total - bar.pos)

        if seconds is None:
            render_image(prompt, out, seed=seed, width=width, height=height, progress=painted)
        else:
            render_video(
                prompt, out, seed=seed, width=width, height=height, seconds=seconds, progress=painted
            )
