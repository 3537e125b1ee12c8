"""The worker process: warm before it takes jobs, cheap between them, gone when told to."""

from __future__ import annotations

import gc
import signal
from contextlib import suppress
from time import monotonic, sleep
from types import FrameType
from typing import Any

from redis.client import Pipeline
from redis.exceptions import OutOfMemoryError
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.worker_registration import register

from cds.postbox import QUEUE
from workers.jobs import JobFailed, bench
from workers.record import HookJob

ALIVE_SECONDS = 10  # a worker that was killed counts as at work for so long, no longer
BEAT_SECONDS = 1.0
WORKER_TTL = 17  # RQ waits for a job 15 seconds less than this, so an idle worker beats every 2
MAINTENANCE_SECONDS = 60
FULL_SECONDS = 0.5  # between two looks at a Valkey that is full


class HookWorker(SimpleWorker):
    """Runs jobs in its own process: forking for each would cost more than the answer does."""

    log_result_lifespan = False
    max_connection_wait_time = 2.0
    _next_beat = 0.0

    def heartbeat(
        self,
        timeout: int | None = None,  # noqa: ARG002  always the same short time
        pipeline: Pipeline | None = None,  # noqa: ARG002  what RQ packs it with can do without
    ) -> None:
        """Say once a second, not six times a job, that this worker is at work.

        The registration goes with it: a Valkey that was restarted has forgotten everybody.
        """
        if monotonic() < self._next_beat:
            return
        with self.connection.pipeline() as beat:
            super().heartbeat(ALIVE_SECONDS, beat)
            beat.hset(self.key, mapping=self.serialize())
            register(self, beat)
            with suppress(OutOfMemoryError):  # unheard, it counts as gone; so it is for now
                beat.execute()
        self._next_beat = monotonic() + BEAT_SECONDS

    def dequeue_job_and_maintain_ttl(
        self, timeout: int | None, max_idle_time: int | None = None
    ) -> tuple[Job, Queue] | None:
        """Wait where RQ would quit: a Valkey that is full gives nothing out, and will again."""
        while True:
            try:
                return super().dequeue_job_and_maintain_ttl(timeout, max_idle_time)
            except OutOfMemoryError:
                sleep(FULL_SECONDS)

    def execute_job(self, job: Job, queue: Queue) -> None:
        """As RQ does, but leave a job that a full Valkey cannot keep count of to its caller."""
        with suppress(OutOfMemoryError):
            super().execute_job(job, queue)

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """Log what RQ knows of a failure, unless the job has said all there is to say."""
        if exc_info[0] is not JobFailed:
            super().handle_exception(job, *exc_info)

    def subscribe(self) -> None:
        """Take no remote commands: what stops a worker is a signal."""


def run() -> None:
    """Work until SIGTERM or SIGINT.

    Raises SettingsError, KnowledgeError or RedisError when it cannot, StopRequested when it is
    told to stop before it has begun.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    connection = bench().connection
    # What is loaded now stays: the collector need not look at it again.
    gc.collect()
    gc.freeze()
    queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer, job_class=HookJob)
    worker = HookWorker(
        [queue],
        job_class=HookJob,
        connection=connection,
        serializer=JSONSerializer,
        log_job_description=False,
        worker_ttl=WORKER_TTL,
        maintenance_interval=MAINTENANCE_SECONDS,
    )
    try:
        worker.work(logging_level="WARNING")
    except StopRequested:
        # It had signed on, but RQ did not listen to signals yet.
        worker.teardown()  # type: ignore[no-untyped-call]


def stop(_number: int, _frame: FrameType | None) -> None:
    """Until RQ listens to signals; it finishes the job in hand first."""
    raise StopRequested
