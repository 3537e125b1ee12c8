"""Asking a database that may be slow: by threads of our own, for a bounded time."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import TypeVar

MOST_OPEN = 32  # questions a database may owe us; then nobody asks until it has answered some
T = TypeVar("T")


class Clerks:
    """Threads that ask while we wait no longer than we have time."""

    def __init__(self, count: int, name: str) -> None:
        self._threads = ThreadPoolExecutor(count, name)
        self._room = BoundedSemaphore(MOST_OPEN)

    def ask(self, deadline: float, job: Callable[..., T], *args: object) -> T:
        """What the job returns or raises; TimeoutError past `deadline`, in time.monotonic().

        A job that is late goes on: nobody can call back what a database was asked.
        """
        if not self._room.acquire(blocking=False):
            raise TimeoutError
        asked = self._threads.submit(job, *args)
        asked.add_done_callback(lambda _: self._room.release())
        return asked.result(max(0.0, deadline - time.monotonic()))

    def close(self) -> None:
        """Let them finish what was begun."""
        self._threads.shutdown()
