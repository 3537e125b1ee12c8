"""GET /metrics: what all processes of this server counted, and the queue as it is now."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from redis import RedisError

from cds.ops.queue import Queue

FILES = "PROMETHEUS_MULTIPROC_DIR"


class Scrape(Collector):
    """Adds up the files of the processes; a process on its own, as in tests, has no files."""

    def __init__(self, queue: Queue | None) -> None:
        self._queue = queue

    def text(self) -> bytes:
        """Prometheus' text format."""
        registry = CollectorRegistry()
        registry.register(self)
        if FILES in os.environ:
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
            return generate_latest(registry)
        return generate_latest(registry) + generate_latest(REGISTRY)

    def collect(self) -> Iterator[Metric]:
        """The gauges, read at this moment. Without an answer of Valkey there is no depth."""
        if self._queue is None:
            return
        look = None
        with suppress(RedisError):
            look = self._queue.look()
        yield GaugeMetricFamily("careladder_valkey_up", "1: Valkey answers.", float(bool(look)))
        if look is not None:
            depth, workers = "Jobs that nobody has taken.", "Workers with a recent heartbeat."
            yield GaugeMetricFamily("careladder_queue_depth", depth, look.waiting)
            yield GaugeMetricFamily("careladder_workers", workers, look.workers)
