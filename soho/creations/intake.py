"""What may be asked for: every word from outside is checked here, and the field at fault is named."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import get_args

from django.utils import timezone

from soho.creations.models import MAX_CAPTION, MAX_PROMPT
from soho.problems.refusals import InvalidField, Refusal
from soho.providers import health, registry
from soho.providers.contract import Kind

MAX_SEED = 2**31 - 1
FURTHEST = timedelta(days=366)  # how far ahead one may schedule

# RFC 3339, section 5.6; the offset is not optional.
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)

# Control characters but tab and newlines: PostgreSQL cannot keep NUL, and nobody can read the rest. Lone
# surrogates are no text.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Order:
    """A checked request: what to make, with which model, at which price in tokens.

    `refusal`: why it cannot be started now although nothing is wrong with it.
    """

    kind: Kind
    prompt: str
    model: str
    aspect_ratio: str
    seconds: float | None
    seed: int | None
    price: int
    refusal: Refusal | None = field(default=None, repr=False, compare=False)


def order(
    kind: str,
    prompt: str,
    *,
    model: str | None = None,
    aspect_ratio: str | None = None,
    seconds: float | None = None,
    seed: int | None = None,
) -> Order:
    """The request as an Order, defaults filled in from the model. Raises InvalidField."""
    if kind not in get_args(Kind):
        raise InvalidField("mediaType", "Choose image or video.")
    known: Kind = "image" if kind == "image" else "video"
    try:
        info, refusal = health.usable(model, known)
    except registry.UnknownModel as error:
        names = ", ".join(one.name for one in registry.offered(known)) or "none at present"
        raise InvalidField(
            "model", f"There is no model of that name for {known}s. On offer: {names}."
        ) from error
    ratio = aspect_ratio or info.default_ratio(known)
    if ratio not in info.aspect_ratios:
        raise InvalidField("aspectRatio", f"{info.title} makes {', '.join(info.aspect_ratios)}.")
    return Order(
        kind=known,
        prompt=written("prompt", prompt, min(MAX_PROMPT, info.max_prompt)),
        model=info.name,
        aspect_ratio=ratio,
        seconds=_seconds(info.seconds, info.default_seconds, seconds, info.title)
        if known == "video"
        else None,
        seed=_seed(seed),
        price=registry.price(info, known),
        refusal=refusal,
    )


def written(
    field: str, text: str, longest: int, *, may_be_empty: bool = False, called: str | None = None
) -> str:
    """`text` without surrounding blanks. `called` is what people call the field, if not by its name.

    Raises InvalidField when it is empty, too long, or holds what is no text.
    """
    text, called = text.strip(), called or field
    if not text and not may_be_empty:
        raise InvalidField(field, f"Write a {called} first.")
    if len(text) > longest:
        raise InvalidField(field, f"Keep the {called} to {longest:,} characters; this one has {len(text):,}.")
    if _UNWRITABLE.search(text):
        raise InvalidField(field, f"The {called} holds a control character that is no text. Remove it.")
    return text


def caption(text: str | None) -> str:
    """A caption of at most 2,200 characters, possibly empty. Raises InvalidField."""
    return written("caption", text or "", MAX_CAPTION, may_be_empty=True)


def publish_at(wished: datetime | str, now: datetime | None = None) -> datetime:
    """When to publish, in UTC: from an aware time, or RFC 3339 text with an offset.

    Raises InvalidField for what is no such time, is over, or is more than a year away.
    """
    now = now or timezone.now()
    moment = _moment(wished)
    if moment <= now:
        raise InvalidField("publishAt", "Choose a time in the future; this one is over.")
    if moment > now + FURTHEST:
        raise InvalidField("publishAt", "Choose a time within a year from now.")
    return moment


def _moment(wished: datetime | str) -> datetime:
    if isinstance(wished, str) and not _RFC_3339.fullmatch(wished):
        raise InvalidField(
            "publishAt", "Write a time with its offset, such as 2027-05-03T14:00:00+02:00 or ...T12:00:00Z."
        )
    try:
        moment = datetime.fromisoformat(wished) if isinstance(wished, str) else wished
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidField("publishAt", "There is no such time on the calendar.") from error


def _seconds(on_offer: tuple[float, ...], default: float, asked: float | None, title: str) -> float:
    if asked is None:
        return default
    if asked not in on_offer:
        raise InvalidField(
            "duration", f"{title} makes clips of {', '.join(f'{one:g}' for one in on_offer)} seconds."
        )
    return asked


def _seed(seed: int | None) -> int | None:
    if seed is not None and not 0 <= seed <= MAX_SEED:
        raise InvalidField("seed", f"Use a whole number from 0 to {MAX_SEED:,}.")
    return seed
