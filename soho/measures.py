"""What is measured, and under which names; by the process that does it, the moment it does it.

Counters and histograms are prometheus_client's in its multi-process mode: each process writes a file in
`SOHO_HOME/metrics`, and whoever is scraped adds up the files there (soho/config/metrics.py). What the
database knows better than any process (how much waits, and for how long) is asked at the scrape instead.

No name of a person, prompt or key is ever a label; labels come from fixed sets (routes, kinds, codes) or the
operator's own configuration (models).
"""

from prometheus_client import Counter, Gauge, Histogram

_REQUEST_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_WORK_SECONDS = (0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 90, 120, 180, 300, 600)

REQUESTS = Histogram(
    "soho_http_request_seconds",
    "Seconds from a request's arrival to the beginning of its answer, by route.",
    ["route", "method", "status"],
    buckets=_REQUEST_SECONDS,
)
ATTEMPTS = Counter(
    "soho_attempts_total",
    "Attempts that ended, by model and outcome; `code` says why one failed.",
    ["kind", "model", "outcome", "code"],
)
WAITED = Histogram(
    "soho_claim_wait_seconds",
    "Seconds from a creation's start to the first claim by a worker.",
    ["kind"],
    buckets=_WORK_SECONDS,
)
GENERATED = Histogram(
    "soho_generation_seconds",
    "Seconds from the claim to the model's file on disk.",
    ["kind", "model"],
    buckets=_WORK_SECONDS,
)
FINISHED = Histogram(
    "soho_finishing_seconds",
    "Seconds from the model's file to the draft: checks, thumbnail, rendition, upload.",
    ["kind"],
    buckets=_WORK_SECONDS,
)
TOKENS = Counter(
    "soho_tokens_total",
    "Tokens moved in transfers that were committed, by the kind of movement.",
    ["movement"],
)
WATCHERS = Gauge("soho_live_watchers", "Event streams that are open now.", multiprocess_mode="livesum")
