"""Traces, as an option: spans from the click to the object, sent by OpenTelemetry's protocol over HTTP.

Off (the default), a span is a context that does nothing, and nothing of OpenTelemetry is imported. On
(`OTEL_EXPORTER_OTLP_ENDPOINT` is set and `soho[otel]` installed), each process makes its exporter with its
first span: processes that are forked or killed at any time need nothing else.

The row is the job, so it also carries the trace: `current()` is stored with a creation as a `traceparent`
(W3C Trace Context), and every attempt at it, whoever makes it, is a part of that trace. A span never carries
a prompt, a key, or the words of an error.
"""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Link, Tracer
    from opentelemetry.trace import Span as OtelSpan

Kind = Literal["internal", "server", "client", "producer", "consumer"]

_lock = threading.Lock()
_provider: "tuple[int, TracerProvider] | None" = None  # of the process with this id


class Span:
    """A span that is open; one of a process that sends no traces does nothing."""

    def __init__(self, inner: "OtelSpan | None" = None) -> None:
        self._inner = inner

    def update(self, name: str = "", facts: Mapping[str, Any] | None = None) -> None:
        """Gives it a better name, where there is one, and further attributes."""
        if self._inner is not None:
            if name:
                self._inner.update_name(name)
            self._inner.set_attributes(facts or {})

    def fail(self, code: str) -> None:
        """Marks it as failed with a stable code."""
        if self._inner is not None:
            from opentelemetry.trace import Status, StatusCode

            self._inner.set_status(Status(StatusCode.ERROR, code))
            self._inner.set_attribute("error.type", code)


_NOTHING = Span()


def is_on() -> bool:
    """Whether spans are sent anywhere."""
    return bool(settings.TRACES_ENDPOINT)


@contextmanager
def span(
    name: str,
    *,
    parent: str = "",
    link: str = "",
    kind: Kind = "internal",
    since: int | None = None,
    alone: bool = True,
    facts: Mapping[str, Any] | None = None,
) -> Iterator[Span]:
    """The block as a span: below `parent` (a traceparent), else below the span that is open here.

    `facts` are its attributes. Where there is neither it begins a trace of its own, or is left out unless it
    may stand `alone`. `link` is the traceparent of another trace that it has to do with. `since` is when it
    began, in nanoseconds since 1970, for what is known only afterwards. An exception that leaves the block
    marks the span with its `code` or its type, and goes on.
    """
    if not is_on() or not (alone or parent or current()):
        yield _NOTHING
        return
    from opentelemetry.trace import SpanKind

    with _tracer().start_as_current_span(
        name,
        context=_context(parent),
        kind=SpanKind[kind.upper()],
        links=_links(link),
        start_time=since,
        attributes=facts,
        record_exception=False,  # its words may be a provider's, or a person's
        set_status_on_exception=False,
    ) as inner:
        found = Span(inner)
        try:
            yield found
        except Exception as error:
            found.fail(str(getattr(error, "code", "") or type(error).__name__))
            raise


def current() -> str:
    """The `traceparent` of the span that is open here; empty when there is none."""
    if not is_on():
        return ""
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get("traceparent", "")


def failed(code: str) -> None:
    """Marks the span that is open here as failed with a stable code."""
    if is_on():
        from opentelemetry.trace import get_current_span

        Span(get_current_span()).fail(code)


def flush() -> None:
    """Sends what this process has not sent yet; for a process that is about to end."""
    if _provider is not None and _provider[0] == os.getpid():
        _provider[1].force_flush(3000)


def _context(parent: str) -> Any:
    if not parent:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: Mapping[str, str] = {"traceparent": parent}
    return TraceContextTextMapPropagator().extract(carrier)


def _links(traceparent: str) -> "list[Link]":
    if not traceparent:
        return []
    from opentelemetry.trace import Link, get_current_span

    found = get_current_span(_context(traceparent)).get_span_context()
    return [Link(found)] if found.is_valid else []


def _tracer() -> "Tracer":
    global _provider
    with _lock:
        if _provider is None or _provider[0] != os.getpid():
            _provider = os.getpid(), _made()
        return _provider[1].get_tracer("soho")


def _made() -> "TracerProvider":
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    # The SDK's own defaults hold for the rest: OTEL_TRACES_SAMPLER, OTEL_EXPORTER_OTLP_HEADERS and so on.
    provider = TracerProvider(resource=Resource.create({"service.name": settings.TRACES_SERVICE}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=settings.TRACES_ENDPOINT)))
    return provider
