"""Sealed calls and replies in Valkey: the part of the worker path that both sides share.

A call waits under its own key for as long as somebody waits for its answer; the worker takes it
out, so it can be answered once and is gone with its deadline. The reply is a list of one, because
a list can be waited for. What is sealed says under which key it lies, so that who can write to
Valkey without the secret can neither make a reply nor lay one person's where another's is awaited.
"""

from __future__ import annotations

from typing import Any

from redis import Redis
from redis.client import Pipeline
from redis.exceptions import TimeoutError as ValkeyTimeout

from cds.answer import Call, Reply
from cds.seal import Seal, Unsealable

QUEUE = "hooks"
CALL_KEY = "careladder:call:{}"
REPLY_KEY = "careladder:reply:{}"
REPLY_MS = 2000
FAILED = b"failed"
MARK = b"\n"


class WorkerFailed(Exception):
    """The worker could not answer; it says no more than that."""


class Postbox:
    """Calls and replies by the id of their job."""

    def __init__(self, connection: Redis, seal: Seal) -> None:
        self._connection = connection
        self._seal = seal

    def post(self, pipeline: Pipeline, job_id: str, call: Call, ms: int) -> None:
        """Store a call for `ms` milliseconds, as part of `pipeline`."""
        key = CALL_KEY.format(job_id)
        pipeline.set(key, self._close(key, call.to_bytes()), px=ms)

    def take(self, job_id: str) -> Call | None:
        """The call, which is no longer stored then; None when its time is over."""
        key = CALL_KEY.format(job_id)
        sealed = self._connection.getdel(key)
        return None if sealed is None else Call.from_bytes(self._open(key, sealed))

    def deliver(self, job_id: str, reply: Reply) -> None:
        """Hand the reply to whoever waits."""
        self._push(job_id, self._close(REPLY_KEY.format(job_id), reply.to_bytes()))

    def fail(self, job_id: str) -> None:
        """Tell whoever waits that there will be no reply."""
        self._push(job_id, FAILED)

    def wait(self, job_id: str, seconds: float) -> Reply | None:
        """The reply, or None after `seconds`; raises WorkerFailed when none will come.

        A reply that cannot be read, say of a worker of another version, counts as none.
        """
        key = REPLY_KEY.format(job_id)
        content = self._pop(key, max(seconds, 0.001))
        if content is None:
            return None
        if content == FAILED:
            raise WorkerFailed
        try:
            return Reply.from_bytes(self._open(key, content))
        except ValueError:
            raise WorkerFailed from None

    def _close(self, key: str, content: bytes) -> bytes:
        return self._seal.close(key.encode() + MARK + content)

    def _open(self, key: str, sealed: bytes | str) -> bytes:
        """Raises Unsealable, also for what was sealed to lie elsewhere."""
        place, _, content = self._seal.open(sealed).partition(MARK)
        if place != key.encode():
            raise Unsealable
        return content

    def _pop(self, key: str, seconds: float) -> bytes | None:
        """BLPOP with a deadline of our own.

        The server's may be a tenth of a second late, and never comes from one that is frozen.
        A connection whose deadline passed is closed, so that its late answer reaches nobody.
        """
        pool = self._connection.connection_pool
        connection: Any = pool.get_connection()
        try:
            connection.send_command("BLPOP", key, seconds + 1)
            popped = connection.read_response(timeout=seconds)
        except ValkeyTimeout:
            return None
        finally:
            pool.release(connection)
        return None if popped is None else popped[1]

    def _push(self, job_id: str, content: bytes) -> None:
        with self._connection.pipeline() as pipeline:
            pipeline.rpush(REPLY_KEY.format(job_id), content)
            pipeline.pexpire(REPLY_KEY.format(job_id), REPLY_MS)
            pipeline.execute()
