"""Who answers a call: a worker when one can in time, else this very process.

The answer is a pure function, so answering a call that a worker still works on is harmless,
and no answer is lost because a worker, the queue or Valkey is.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from cds.answer import Call, Reply, answer
from cds.line import WorkerLine
from cds.settings import Settings
from cds.shelf import Knowledge

# Time kept back for answering here after nobody else did, and the least a worker is given; below
# that nobody is asked. A share of the budget, because whoever grants more has a machine that needs
# more, also while workers are started again on it. Of the default budget it is 90 ms, half of which
# the record of an answer may take. What grows with the request is about twice what was measured:
# 12 ms a megabyte to answer here, 20 through a worker (sealing, carrying, opening).
RESERVE_SHARE = 0.2
RESERVE_MS = 40
RESERVE_MS_PER_MB = 25
WORKER_MS = 20
WORKER_MS_PER_MB = 40
MEGABYTE = 1_000_000

Answer = Callable[[Call, Knowledge, Settings], Reply]


class Dispatcher:
    """Hands calls to workers while CDS_REDIS_URL says where they are, else answers itself."""

    def __init__(self, settings: Settings, knowledge: Knowledge, answer: Answer = answer) -> None:
        self._settings = settings
        self._knowledge = knowledge
        self._answer = answer
        self._line = worker_line(settings)

    def reply(self, call: Call, due: float) -> tuple[Reply, str]:
        """The reply and who gave it, `worker` or `web`; `due` in seconds of time.monotonic().

        An exception while answering here is a fault of ours and is raised.
        """
        wait = patience((due - monotonic()) * 1000, len(call.body))
        reply = self._line.ask(call, wait) if self._line else None
        if reply is not None:
            return reply, "worker"
        return self._answer(call, self._knowledge, self._settings), "web"


def worker_line(settings: Settings) -> WorkerLine | None:
    """The line to the workers, if there is one. Settings see to it that a key goes with a URL."""
    if settings.redis_url is None or settings.secret_key is None:
        return None
    return WorkerLine(settings.redis_url, settings.secret_key)


def patience(left_ms: float, size: int) -> float:
    """Seconds of those left to wait for a worker with `size` bytes; 0 when none could make it."""
    megabytes = size / MEGABYTE
    reserve = max(RESERVE_MS, RESERVE_SHARE * left_ms) + RESERVE_MS_PER_MB * megabytes
    wait = left_ms - reserve
    needed = WORKER_MS + WORKER_MS_PER_MB * megabytes
    return wait / 1000 if wait >= needed else 0.0
