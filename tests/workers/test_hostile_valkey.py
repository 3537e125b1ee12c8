"""What somebody can do who can write to Valkey, but does not know CDS_SECRET_KEY."""

from datetime import UTC, datetime
from typing import Any

import pytest
from real_valkey import Valkey, until
from redis import Redis
from rq import Callback, Queue
from rq.serializers import JSONSerializer

from cds.answer import Call, Reply
from cds.postbox import CALL_KEY, QUEUE, REPLY_KEY, Postbox
from cds.seal import Seal, Unsealable
from cds.valkey import prompt_client

MINE, OTHERS = "a" * 32, "b" * 32
CALL = Call("level-of-care-patient-view", datetime(2024, 2, 29, tzinfo=UTC), b"{}")
REPLY = Reply(status=200, body=b'{"cards":[]}')


@pytest.fixture
def postbox(own_valkey: Valkey) -> Postbox:
    return Postbox(prompt_client(own_valkey.url, 5.0), Seal("a key for one test only"))


@pytest.fixture
def connection(own_valkey: Valkey) -> Any:
    with Redis.from_url(own_valkey.url) as connection:
        yield connection


def test_a_reply_to_one_call_is_none_to_another(postbox, connection):
    postbox.deliver(OTHERS, REPLY)
    connection.rename(REPLY_KEY.format(OTHERS), REPLY_KEY.format(MINE))
    with pytest.raises(Unsealable):
        postbox.wait(MINE, 1.0)


def test_a_call_is_not_answered_in_the_place_of_another(postbox, connection):
    with connection.pipeline() as pipeline:
        postbox.post(pipeline, OTHERS, CALL, ms=5000)
        pipeline.execute()
    connection.rename(CALL_KEY.format(OTHERS), CALL_KEY.format(MINE))
    with pytest.raises(Unsealable):
        postbox.take(MINE)


def test_a_call_is_no_reply(postbox, connection):
    with connection.pipeline() as pipeline:
        postbox.post(pipeline, MINE, CALL, ms=5000)
        pipeline.execute()
    connection.rpush(REPLY_KEY.format(MINE), connection.get(CALL_KEY.format(MINE)))
    with pytest.raises(Unsealable):
        postbox.wait(MINE, 1.0)


def test_a_reply_that_nobody_sealed_is_none(postbox, connection):
    connection.rpush(REPLY_KEY.format(MINE), b'{"status":200,"body":"no cards"}')
    with pytest.raises(Unsealable):
        postbox.wait(MINE, 1.0)


def test_a_job_runs_nothing_that_its_record_names(start_worker, connection, tmp_path):
    worker = start_worker()
    queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
    callbacks = {"on_success": Callback("os.abort"), "on_failure": Callback("os.abort")}
    jobs = [
        queue.enqueue("os.mkdir", str(tmp_path / "a trace"), result_ttl=60),
        queue.enqueue("os.getpid", result_ttl=60, **callbacks),
        queue.enqueue("os.no_such_function", result_ttl=60, **callbacks),
    ]
    until(lambda: all(job.get_status(refresh=True) == "finished" for job in jobs))
    assert not list(tmp_path.iterdir())
    assert worker.poll() is None
