"""The web process's line to the workers: ask, wait until a deadline, never longer."""

from __future__ import annotations

import logging
from math import ceil
from threading import Lock
from time import monotonic
from uuid import uuid4

from redis import RedisError
from rq import Queue
from rq.serializers import JSONSerializer
from rq.worker_registration import get_keys

from cds.answer import Call, Reply
from cds.postbox import QUEUE, Postbox, WorkerFailed
from cds.seal import Seal, Unsealable
from cds.telemetry.metrics import FALLBACKS, worked
from cds.valkey import prompt_client

logger = logging.getLogger(__name__)

JOB = "workers.jobs.answer_call"
SEND_SECONDS = 0.15  # for a command that does not wait; a frozen Valkey costs this much once
QUIET_SECONDS = 1.5  # then nobody asks again for so long
ATTENDANCE_SECONDS = 0.5  # how long a look at who is at work is good for
FAIR_SECONDS = 0.1  # a worker that was given less may be well
JOB_TIMEOUT = 1  # second; RQ knows whole ones only. The deadline is the life of the stored call
FAILURE_TTL = 60


class WorkerLine:
    """Asks workers through RQ. Jobs carry an id; the call and the reply lie sealed in Valkey.

    After a call that nobody answered in time one call at a time goes out as a scout, until a reply
    comes: dead, frozen or drowned workers cost few callers the wait, and are not sent more work.
    """

    def __init__(self, url: str, secret: str) -> None:
        self._connection = prompt_client(url, SEND_SECONDS)
        self._postbox = Postbox(self._connection, Seal(secret))
        self._queue = Queue(QUEUE, connection=self._connection, serializer=JSONSerializer)
        self._quiet_until = 0.0
        self._doubtful = False
        self._scouting = Lock()
        self._attended = False
        self._attendance_until = 0.0

    def ask(self, call: Call, seconds: float) -> Reply | None:
        """A worker's reply, or None when none comes within `seconds`, for whatever reason.

        No seconds, no question: there was no time for one.
        """
        deadline = monotonic() + seconds
        if not seconds or deadline - seconds < self._quiet_until:
            return nobody("valkey" if seconds else "no-time")
        scout = self._doubtful
        if scout and not self._scouting.acquire(blocking=False):
            return nobody("doubt")
        try:
            return self._ask(call, deadline) if self._attendance() else nobody("no-worker")
        except RedisError as error:
            self._quiet_until = monotonic() + QUIET_SECONDS
            logger.warning("no line to the workers: %s", type(error).__name__)
            return nobody("valkey")
        except Unsealable:
            logger.warning("a reply cannot be opened: is CDS_SECRET_KEY the same for the workers?")
            return nobody("key")
        except WorkerFailed:
            logger.warning("a worker could not answer; its log says why")
            return nobody("failed")
        finally:
            if scout:
                self._scouting.release()

    def _ask(self, call: Call, deadline: float) -> Reply | None:
        job_id, began = uuid4().hex, monotonic()
        self._send(job_id, call, deadline - began)
        reply = self._postbox.wait(job_id, deadline - monotonic())
        if reply is not None or deadline - began > FAIR_SECONDS:
            self._doubtful = reply is None
        if reply is None:
            return nobody("late")
        worked(monotonic() - began, reply.seconds)
        return reply

    def _send(self, job_id: str, call: Call, seconds: float) -> None:
        """Store the call and enqueue its id in one round trip."""
        with self._connection.pipeline() as pipeline:
            # RQ would open the transaction itself, but only as the first thing in a pipeline.
            pipeline.multi()
            self._postbox.post(pipeline, job_id, call, ms=ceil(seconds * 1000))
            self._queue.enqueue_call(
                JOB,
                args=(job_id,),
                job_id=job_id,
                # RQ's own description would be the call with its arguments.
                description=call.service,
                timeout=JOB_TIMEOUT,
                ttl=ceil(seconds) + 1,
                result_ttl=0,
                failure_ttl=FAILURE_TTL,
                pipeline=pipeline,
            )
            pipeline.execute()

    def _attendance(self) -> bool:
        """Whether any worker is at work, by the heartbeats of the last seconds."""
        if monotonic() >= self._attendance_until:
            keys = get_keys(queue=self._queue)
            self._attended = bool(keys) and self._connection.exists(*keys) > 0
            self._attendance_until = monotonic() + ATTENDANCE_SECONDS
        return self._attended


def nobody(reason: str) -> Reply | None:
    """No reply, counted by its reason: the web server answers itself now."""
    FALLBACKS.labels(reason).inc()
    return None
