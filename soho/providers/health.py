"""Which models can be used now.

Upkeep asks every provider from time to time, never a request, and writes the answers down for all processes.
A model that is not well, or whose provider is given a rest, is shown as unavailable and cannot be started.
"""

from collections.abc import Container, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog
from django.db import connection, transaction
from django.utils import timezone

from soho.problems.refusals import Refusal
from soho.providers import registry
from soho.providers.contract import Health, Kind, ModelInfo, Provider
from soho.providers.models import ModelHealth

log = structlog.get_logger(__name__)

FOR_PEOPLE = "Not available at the moment."
RESTING = "It failed several times in a row and is given a rest; it is tried again by itself."
NOT_CHECKED = "It has not been checked yet; is a worker of the upkeep lane running?"
AT_ONCE = 8

_STATES = """
    SELECT model, provider, ok, sentence FROM providers_modelhealth
    UNION ALL SELECT NULL, provider, false, '' FROM providers_circuit WHERE open_until > now()
"""


@dataclass(frozen=True, slots=True)
class State:
    """Whether a model can be used now, and why not: for the operator, in one sentence."""

    available: bool
    reason: str = ""


class ModelUnavailable(Refusal):
    """The model is offered here but cannot be used now."""

    status = 503
    code = "model_unavailable"
    title = "Model not available"

    def __init__(self, title: str, others: Iterable[str]) -> None:
        names = ", ".join(others)
        instead = f"Available: {names}." if names else "Try again later."
        super().__init__(
            f"{title} is not available at the moment. Nothing was started and nothing was charged. {instead}"
        )


def states() -> dict[str, State]:
    """The state of every model on offer by its name: one query, no network."""
    with connection.cursor() as cursor:
        cursor.execute(_STATES)
        rows = cursor.fetchall()
    found = {model: State(ok, sentence) for model, _, ok, sentence in rows if model}
    resting = {provider for model, provider, _, _ in rows if not model}
    asked_first = {config.name for config in registry.configuration().providers}
    answer = {}
    for provider in registry.providers():
        unknown = State(False, NOT_CHECKED) if provider.name in asked_first else State(True)
        for model in provider.models():
            state = found.get(model.name, unknown)
            answer[model.name] = (
                State(False, RESTING) if state.available and provider.name in resting else state
            )
    return answer


def usable(name: str | None, kind: Kind) -> tuple[ModelInfo, ModelUnavailable | None]:
    """The model `name`, or the first of `kind` that is available; and a refusal if it cannot be used now.

    Raises UnknownModel.
    """
    wanted = registry.model_named(name, kind)
    known = states()
    available = [one for one in registry.offered(kind) if known[one.name].available]
    if name is None and available:
        return available[0], None
    if known[wanted.name].available:
        return wanted, None
    return wanted, ModelUnavailable(wanted.title, [one.name for one in available])


def probe(
    providers: Iterable[Provider] | None = None, *, lanes: Container[str] | None = None
) -> dict[str, Health]:
    """Asks the providers (all without any) how their models are, and writes it down for all processes.

    With `lanes` only models of these lanes of their own ("" for none): a model's folder and its GPU are on
    the machine of its lane, and nobody else can tell.
    Answers what they said, by model. Slow: goes over the network.
    """
    asked = [
        (one, model.name)
        for one in (registry.providers() if providers is None else providers)
        for model in one.models()
        if lanes is None or model.lane in lanes
    ]
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="health") as pool:
        found = list(pool.map(lambda pair: _health(*pair), asked))
    _write_down([(one.name, model, health) for (one, model), health in zip(asked, found, strict=True)])
    return {model: health for (_, model), health in zip(asked, found, strict=True)}


def _health(provider: Provider, model: str) -> Health:
    try:
        return provider.health(model)
    except Exception as error:
        # The boundary to whatever a provider is made of: one that breaks is not well.
        log.exception("health.broke", provider=provider.name, model=model)
        return Health(ok=False, sentence=f"Its check broke ({type(error).__name__}); the log has more.")


def _write_down(found: list[tuple[str, str, Health]]) -> None:
    now = timezone.now()
    before = {row.model: row for row in ModelHealth.objects.all()}
    rows = []
    for provider, model, health in found:
        last = before.get(model)
        changed = last is None or last.ok != health.ok
        if changed or (last and last.sentence != health.sentence):
            tell = log.info if health.ok else log.warning
            tell("model.health", model=model, provider=provider, ok=health.ok, reason=health.sentence)
        since = now if changed or last is None else last.since
        rows.append(
            ModelHealth(
                model=model,
                provider=provider,
                ok=health.ok,
                sentence=health.sentence[:400],
                checked_at=now,
                since=since,
            )
        )
    with transaction.atomic():
        ModelHealth.objects.bulk_create(
            # In one order, so that two that write at once do not wait for each other in a circle.
            sorted(rows, key=lambda row: row.model),
            update_conflicts=True,
            unique_fields=["model"],
            update_fields=["provider", "ok", "sentence", "checked_at", "since"],
        )
        ModelHealth.objects.exclude(model__in=[model.name for model in registry.offered()]).delete()


def sentences() -> list[str]:
    """One sentence for every model that was found not available, for logs: its name and why."""
    return [
        f"The model {name} is not available: {state.reason}"
        for name, state in states().items()
        if not state.available and state.reason != NOT_CHECKED
    ]
