"""A look at the line to the workers: is Valkey there, who is at work, how much waits."""

from __future__ import annotations

from dataclasses import dataclass

from rq.worker_registration import WORKERS_BY_QUEUE_KEY

from cds.postbox import QUEUE
from cds.settings import Settings
from cds.valkey import prompt_client

SECONDS = 0.25  # for Valkey to answer each of two questions
WAITING = f"rq:queue:{QUEUE}"


@dataclass(frozen=True)
class Look:
    """Workers with a recent heartbeat, and jobs that nobody has taken."""

    workers: int
    waiting: int


class Queue:
    """Asks Valkey, quickly or not at all."""

    def __init__(self, url: str) -> None:
        self._connection = prompt_client(url, SECONDS)

    def look(self) -> Look:
        """Raises RedisError."""
        with self._connection.pipeline(transaction=False) as pipeline:
            pipeline.smembers(WORKERS_BY_QUEUE_KEY % QUEUE)
            pipeline.llen(WAITING)
            keys, waiting = pipeline.execute()
        return Look(self._connection.exists(*keys) if keys else 0, waiting)


def queue_of(settings: Settings) -> Queue | None:
    """The line, if there is one."""
    return Queue(settings.redis_url) if settings.redis_url else None
