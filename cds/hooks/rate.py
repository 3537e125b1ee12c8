"""How many calls a minute one client may make: counted in Valkey, or in a process without it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from math import ceil
from threading import Lock
from time import monotonic
from typing import Protocol

from redis import RedisError

from cds.errors import TooManyCalls
from cds.settings import Settings
from cds.telemetry.metrics import REFUSED
from cds.valkey import prompt_client

logger = logging.getLogger(__name__)

MINUTE = 60.0
KEY = "careladder:rate:{}"
SECONDS = 0.1  # for Valkey to answer
REST = 5.0  # seconds for which a Valkey that did not is not asked again


class Counts(Protocol):
    """Whoever counts."""

    def count(self, name: str) -> tuple[int, float]:
        """Calls of `name` in its minute, this one too, and the seconds until that ends."""
        ...


class LocalCounts:
    """For one process."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._lock = Lock()
        self._minutes: dict[str, tuple[int, float]] = {}

    def count(self, name: str) -> tuple[int, float]:
        """See Counts. There are as many names as clients, so none is forgotten."""
        with self._lock:
            now = self._now()
            calls, end = self._minutes.get(name, (0, 0.0))
            calls, end = (calls + 1, end) if now < end else (1, now + MINUTE)
            self._minutes[name] = calls, end
            return calls, end - now


class ValkeyCounts:
    """For all processes together; while Valkey does not answer each process counts for itself."""

    def __init__(self, url: str) -> None:
        self._connection = prompt_client(url, SECONDS)
        self._own = LocalCounts()
        self._not_before = 0.0

    def count(self, name: str) -> tuple[int, float]:
        """See Counts. The minute is Valkey's, so clocks need not agree."""
        if monotonic() >= self._not_before:
            try:
                return self._count(KEY.format(name))
            except RedisError as error:
                self._not_before = monotonic() + REST
                logger.warning("calls are counted here alone: %s", type(error).__name__)
        return self._own.count(name)

    def _count(self, key: str) -> tuple[int, float]:
        with self._connection.pipeline() as pipeline:
            pipeline.set(key, 0, px=int(MINUTE * 1000), nx=True)
            pipeline.incr(key)
            pipeline.pttl(key)
            _, calls, left = pipeline.execute()
        return calls, left / 1000


class Rate:
    """Lets `most` calls a minute of each client pass; None lets everyone."""

    def __init__(self, most: int | None, counts: Counts) -> None:
        self._most = most
        self._counts = counts

    def admit(self, client: str) -> None:
        """Count a call of this client; raises TooManyCalls, saying when the next may come."""
        if self._most is None:
            return
        calls, left = self._counts.count(client)
        if calls > self._most:
            REFUSED.labels("rate").inc()
            message = f"More than {self._most} calls of this client in a minute."
            raise TooManyCalls(message, max(ceil(left), 1))


def make_rate(settings: Settings) -> Rate:
    """As CDS_RATE_PER_CLIENT says."""
    counts = ValkeyCounts(settings.redis_url) if settings.redis_url else LocalCounts()
    return Rate(settings.rate_per_client, counts)
