"""Tokens that were used, remembered until they expire: in Valkey, or in a process on its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from heapq import heappop, heappush
from threading import Lock
from time import monotonic
from typing import Protocol

from redis import RedisError

from cds.valkey import prompt_client

logger = logging.getLogger(__name__)

KEY = "careladder:jti:{}"
SECONDS = 0.25  # for Valkey to answer


class SeenTokens(Protocol):
    """Whoever remembers."""

    def first(self, name: str, seconds: int) -> bool:
        """Whether `name` is new; it is not for `seconds` from now. False when that is unsure."""
        ...


class ValkeySeen:
    """Shared by all processes. Without Valkey no token counts as new: fail closed."""

    def __init__(self, url: str) -> None:
        self._connection = prompt_client(url, SECONDS)

    def first(self, name: str, seconds: int) -> bool:
        """See SeenTokens."""
        try:
            return bool(self._connection.set(KEY.format(name), b"1", nx=True, ex=seconds))
        except RedisError as error:
            logger.warning("used tokens cannot be kept: %s", type(error).__name__)
            return False


class LocalSeen:
    """For one process without Valkey."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._lock = Lock()
        self._names: set[str] = set()
        self._ends: list[tuple[float, str]] = []

    def first(self, name: str, seconds: int) -> bool:
        """See SeenTokens."""
        with self._lock:
            now = self._now()
            while self._ends and self._ends[0][0] <= now:
                self._names.discard(heappop(self._ends)[1])
            if name in self._names:
                return False
            self._names.add(name)
            heappush(self._ends, (now + seconds, name))
            return True
