"""The `/metrics` door, for Prometheus.

What every process of this SOHO_HOME has measured, and what the database says of the queue at this moment. For
whoever brings `SOHO_METRICS_TOKEN`, and for operators; to everybody else there is no such page.
"""

import threading
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from soho.config.insiders import is_insider
from soho.generation.lengths import lengths


class QueueNow(Collector):
    """How much waits and runs, and for how long the oldest has waited, as the database says now."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The gauges; only `soho_database_up` when the database does not answer."""
        up = GaugeMetricFamily("soho_database_up", "1 when the database answered this scrape.")
        try:
            found = lengths()
        except DatabaseError:
            up.add_metric([], 0)
            return [up]
        up.add_metric([], 1)
        waiting = GaugeMetricFamily("soho_queue_waiting", "Creations that no worker has.", labels=["kind"])
        running = GaugeMetricFamily("soho_queue_running", "Creations that a worker has.", labels=["kind"])
        oldest = GaugeMetricFamily(
            "soho_queue_oldest_seconds", "How long the one that waits longest has waited.", labels=["kind"]
        )
        for length in found:
            waiting.add_metric([length.kind], length.waiting)
            running.add_metric([length.kind], length.running)
            oldest.add_metric([length.kind], length.oldest_seconds)
        return [up, waiting, running, oldest]


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Everything in Prometheus's text format."""
    if not is_insider(request):
        raise Http404
    registry = _of_this_home()
    registry.register(QueueNow())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def serve_own(port: int) -> None:
    """Opens a port that answers with what the processes of this home have measured, and returns.

    For roles that have no web: in a cluster each worker is scraped by itself. Nothing secret is in it, but
    keep the port inside the cluster.
    """
    server = ThreadingHTTPServer(("", port), _OwnMetrics)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()


class _OwnMetrics(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path != "/metrics":
            self.send_error(404)
            return
        content = generate_latest(_of_this_home())
        self.send_response(200)
        self.send_header("Content-Type", CONTENT_TYPE_LATEST)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """A line a scrape would be noise."""


def _of_this_home() -> CollectorRegistry:
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(settings.METRICS_FOLDER))  # type: ignore[no-untyped-call]  # as it came
    return registry
