"""Can this process do its work, and which part of it is missing?

Calls are answered without workers, without Valkey and without a database, so that none of these
takes a server out of service: it is `degraded` then and still ready. It is not ready

- when nobody would be let in: callers must be known, and used tokens are kept in Valkey;
- when it never had its database: a rollout with a wrong address stops there, while a database lost
  later costs records and feedback, not answers;
- when the shelf is not loaded, but then no process answers at all.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Lock
from time import monotonic
from typing import Protocol

from redis import RedisError

from cds.ops.queue import Look, Queue
from cds.settings import Settings

SECONDS = 0.6  # for all parts together; a part that has not answered then counts as down
FRESH = 1.0  # seconds for which a look is good: whoever asks often costs nothing
OK, OFF, DOWN, MISSING, UNKNOWN, NEVER = "ok", "off", "down", "missing", "unknown", "never-reached"
READY, DEGRADED, UNAVAILABLE = "ready", "degraded", "unavailable"


class Store(Protocol):
    """Where decisions and feedback are kept."""

    @property
    def reached(self) -> bool: ...

    def writable(self) -> bool: ...


class Readiness:
    """Looks at every part at the same time, at the most once a second."""

    def __init__(self, settings: Settings, queue: Queue | None, store: Store) -> None:
        self._closed = settings.auth == "required"
        self._queue = queue
        self._store = store
        self._threads = ThreadPoolExecutor(2, "readiness")
        self._asked: dict[str, Future[object]] = {}
        self._lock = Lock()
        self._parts: dict[str, str] = {}
        self._fresh_until = 0.0

    def look(self) -> tuple[str, dict[str, str]]:
        """`ready`, `degraded` or `unavailable`, and the state of each part."""
        with self._lock:
            if monotonic() >= self._fresh_until:
                self._parts = self._look()
                self._fresh_until = monotonic() + FRESH
            return self._verdict(self._parts), self._parts

    def _look(self) -> dict[str, str]:
        until = monotonic() + SECONDS
        writable = self._ask("database", self._store.writable)
        line = self._ask("queue", self._queue.look) if self._queue else None
        wait([one for one in (writable, line) if one], until - monotonic())
        valkey, workers = (OFF, OFF) if line is None else on_line(line)
        database = OK if writable.done() and writable.result() else DOWN
        if not (database == OK or self._store.reached):
            database = NEVER
        return {"valkey": valkey, "workers": workers, "database": database, "knowledge": OK}

    def _ask(self, name: str, question: Callable[[], object]) -> Future[object]:
        """A new question, unless the last one of this name is still open."""
        asked = self._asked.get(name)
        if asked is None or asked.done():
            asked = self._asked[name] = self._threads.submit(question)
        return asked

    def _verdict(self, parts: dict[str, str]) -> str:
        if parts["database"] == NEVER or (self._closed and parts["valkey"] == DOWN):
            return UNAVAILABLE
        return READY if {OK, OFF}.issuperset(parts.values()) else DEGRADED


def on_line(asked: Future[object]) -> tuple[str, str]:
    """How Valkey and the workers are."""
    if not asked.done() or isinstance(asked.exception(), RedisError | OSError):
        return DOWN, UNKNOWN
    look = asked.result()
    return OK, OK if isinstance(look, Look) and look.workers else MISSING
