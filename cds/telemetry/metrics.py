"""What is counted and timed, for Prometheus. Labels are codes of ours, never from a chart.

Each process counts into files under PROMETHEUS_MULTIPROC_DIR, which `cds serve` sets, and whoever
answers /metrics adds them up. Workers need no files: their time comes back with the reply.
"""

from __future__ import annotations

from prometheus_client import Counter, Histogram

# Seconds; closest together around the budget of 450 ms.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.45, 0.5, 0.6, 0.8, 1, 2, 5)

HTTP = Counter("careladder_http_requests", "Requests answered.", ["method", "route", "status"])
HOOKS = Counter(
    "careladder_hooks",
    "Hook calls answered; level and indicator are empty where nothing was decided.",
    ["service", "level", "indicator", "answered_by"],
)
HOOK_SECONDS = Histogram(
    "careladder_hook_seconds", "From call to answer.", ["answered_by"], buckets=BUCKETS
)
QUEUE_WAIT = Histogram(
    "careladder_queue_wait_seconds",
    "From handing a call to the workers to the reply, less the worker's own time.",
    buckets=BUCKETS,
)
WORKER_SECONDS = Histogram(
    "careladder_worker_seconds", "A worker's own time for a reply.", buckets=BUCKETS
)
FALLBACKS = Counter(
    "careladder_fallbacks",
    "Calls that the web server answered itself although there is a line to workers.",
    ["reason"],
)
FETCHES = Counter(
    "careladder_fetches", "Prefetch keys read from a FHIR server.", ["key", "outcome"]
)
FEEDBACK = Counter("careladder_feedback", "Entries of feedback that were kept.", ["outcome"])
REFUSED = Counter("careladder_refused", "Calls answered with 429.", ["reason"])
STORE_FAILURES = Counter("careladder_store_failures", "Times the store was late or failed.")


def answered(
    service: str, level: str | None, indicator: str | None, who: str, milliseconds: float
) -> None:
    """Count one hook call."""
    HOOKS.labels(service, level or "", indicator or "", who).inc()
    HOOK_SECONDS.labels(who).observe(milliseconds / 1000)


def worked(round_trip: float, worker: float) -> None:
    """Time one reply of a worker, in seconds. What the worker did not take was waiting."""
    WORKER_SECONDS.observe(worker)
    QUEUE_WAIT.observe(max(round_trip - worker, 0.0))
