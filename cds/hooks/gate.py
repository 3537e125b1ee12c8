"""A turn for each call: so many at once, so many in line after them, the rest told to come again.

Calls at work share the processors, so letting in more would make every answer late instead of few.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Lock
from time import monotonic

from cds.errors import TooManyCalls
from cds.telemetry.metrics import REFUSED

PATIENCE = 2.0  # seconds that a call stands in line; later an answer would be too late to be read
RETRY_SECONDS = 1


@dataclass(frozen=True)
class Room:
    """How many calls of a kind one process has room for."""

    at_once: int
    in_line: int

    @property
    def all(self) -> int:
        """Everyone who may be inside."""
        return self.at_once + self.in_line


# Feedback has a room of its own: waiting for a locked database must not keep hooks out.
HOOKS, FEEDBACK = Room(8, 40), Room(4, 8)
SPARE = 4  # threads for discovery, health and for saying 429
THREADS = HOOKS.all + FEEDBACK.all + SPARE


class Gate:
    """First come, first served; shared by the threads of a process."""

    def __init__(self, room: Room, patience: float = PATIENCE) -> None:
        self._free = room.at_once
        self._longest = room.in_line
        self._patience = patience
        self._line: deque[Event] = deque()
        self._lock = Lock()

    @property
    def waiting(self) -> int:
        """Calls in line."""
        return len(self._line)

    @contextmanager
    def turn(self) -> Iterator[float]:
        """The seconds waited for it; raises TooManyCalls when it does not come."""
        began = monotonic()
        self._enter()
        try:
            yield monotonic() - began
        finally:
            self._leave()

    def _enter(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            if len(self._line) >= self._longest:
                raise self._full()
            mine = Event()
            self._line.append(mine)
        if not mine.wait(self._patience) and self._gave_up(mine):
            raise self._full()

    def _gave_up(self, mine: Event) -> bool:
        """Whether the line was left in time; else the turn came at the last moment."""
        with self._lock:
            if mine.is_set():
                return False
            self._line.remove(mine)
            return True

    def _leave(self) -> None:
        """Hand the turn to who waits longest, so that no newcomer slips in between."""
        with self._lock:
            if self._line:
                self._line.popleft().set()
            else:
                self._free += 1

    def _full(self) -> TooManyCalls:
        REFUSED.labels("overload").inc()
        return TooManyCalls("More calls than can be answered now.", RETRY_SECONDS)
