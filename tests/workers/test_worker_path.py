"""The worker path: a worker answers when it can, somebody always does, and nothing leaks."""

import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from forgetful import Forgetful
from marked_call import CANARY, KEY, REQUEST, URL
from queue_contents import AT_WORK, everything
from real_valkey import Valkey, until

from cds.answer import Call, Reply
from cds.app import create_app
from cds.dispatch import Dispatcher, patience
from cds.postbox import CALL_KEY, REPLY_KEY, Postbox, WorkerFailed
from cds.seal import Seal
from cds.settings import Settings
from cds.shelf import Knowledge
from cds.valkey import prompt_client

FAILING = ("-m", "tests.workers.failing_worker")
Start = Callable[..., subprocess.Popen[str]]
CALL = Call("level-of-care-patient-view", datetime(2024, 2, 29, tzinfo=UTC), orjson.dumps(REQUEST))


@pytest.fixture
def client(settings: Settings, knowledge: Knowledge) -> FlaskClient:
    return create_app(settings, knowledge, journal=Forgetful()).test_client()


def soon() -> float:
    """When an answer is due, with the time a call has."""
    return monotonic() + 0.45


def who_answers(client: FlaskClient) -> str:
    response = client.post(URL, json=REQUEST)
    assert response.status_code == 200
    assert "cards" in response.get_json()
    return response.headers["Server-Timing"].split('"')[1]


def answered_here(call: Call, _knowledge: Knowledge, _settings: Settings) -> Reply:
    return Reply(status=200, body=call.body[:0] + b'{"cards":[]}')


def test_a_worker_answers(client: FlaskClient, start_worker: Start) -> None:
    start_worker()
    assert [who_answers(client) for _ in range(3)] == ["worker"] * 3


def test_without_a_worker_the_web_process_answers(client: FlaskClient) -> None:
    assert who_answers(client) == "web"


def test_without_a_queue_the_web_process_answers(knowledge: Knowledge) -> None:
    assert (
        who_answers(create_app(Settings(), knowledge, journal=Forgetful()).test_client()) == "web"
    )


def test_without_valkey_the_web_process_answers(
    client: FlaskClient, start_worker: Start, own_valkey: Valkey
) -> None:
    start_worker()
    assert who_answers(client) == "worker"
    own_valkey.process.kill()
    own_valkey.process.wait()
    assert who_answers(client) == "web"


def test_while_valkey_is_frozen_the_web_process_answers(
    client: FlaskClient, start_worker: Start, own_valkey: Valkey
) -> None:
    start_worker()
    own_valkey.process.send_signal(signal.SIGSTOP)
    assert who_answers(client) == "web"
    own_valkey.process.send_signal(signal.SIGCONT)
    until(lambda: who_answers(client) == "worker")


def test_a_valkey_that_forgot_everything_hears_of_its_workers_again(
    client: FlaskClient, start_worker: Start, connection: Any
) -> None:
    start_worker()
    connection.flushall()
    until(lambda: who_answers(client) == "worker")


def test_a_killed_worker_does_not_count_as_at_work_for_long(
    client: FlaskClient, start_worker: Start, connection: Any
) -> None:
    process = start_worker()
    (key,) = connection.smembers(AT_WORK)
    assert 0 < connection.ttl(key) <= 10
    process.kill()
    process.wait()
    connection.delete(key)
    assert who_answers(client) == "web"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_stop_signs_off(
    start_worker: Start, connection: Any, number: signal.Signals
) -> None:
    process = start_worker()
    process.send_signal(number)
    assert process.wait(30) == 0
    assert not connection.exists(AT_WORK)


def test_a_worker_without_a_queue_says_what_is_missing() -> None:
    argv = [sys.executable, "-m", "workers"]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert ended.stderr.startswith("CDS_REDIS_URL: ")


def test_a_worker_that_fails_leaves_the_answer_to_the_web_process(
    settings: Settings, knowledge: Knowledge, start_worker: Start, connection: Any
) -> None:
    worker = start_worker(*FAILING)
    reply, who = Dispatcher(settings, knowledge, answer=answered_here).reply(CALL, soon())
    assert (reply.status, who) == (200, "web")
    until(lambda: connection.zcard("rq:failed:hooks"))
    assert CANARY.encode() not in everything(connection)
    worker.terminate()
    log = worker.communicate()[1]
    assert "ValueError in __main__.explode" in log
    assert "Traceback" not in log
    assert CANARY not in log


def test_nothing_of_the_chart_stays_in_valkey_after_an_answer(
    client: FlaskClient, start_worker: Start, connection: Any
) -> None:
    start_worker()
    assert who_answers(client) == "worker"
    assert CANARY.encode() not in everything(connection)
    until(lambda: not list(connection.scan_iter("rq:job:*")))
    assert not list(connection.scan_iter("careladder:*"))


def test_a_waiting_call_cannot_be_read_in_valkey(settings: Settings, connection: Any) -> None:
    postbox = a_postbox(settings)
    post(postbox, connection, ms=60_000)
    assert CANARY.encode() not in everything(connection)
    assert postbox.take("1") == CALL
    assert postbox.take("1") is None


def test_a_late_worker_finds_nothing_to_do(settings: Settings, connection: Any) -> None:
    postbox = a_postbox(settings)
    post(postbox, connection, ms=1)
    until(lambda: not connection.exists(CALL_KEY.format("1")))
    assert postbox.take("1") is None


def test_a_reply_nobody_fetches_is_gone_within_seconds(settings: Settings, connection: Any) -> None:
    a_postbox(settings).deliver("1", Reply(200, CANARY.encode()))
    (key,) = connection.scan_iter("careladder:*")
    assert 0 < connection.pttl(key) <= 2000
    assert CANARY.encode() not in everything(connection)


def test_past_the_deadline_call_and_job_are_forgotten(
    knowledge: Knowledge, own_valkey: Valkey, connection: Any
) -> None:
    settings = Settings(redis_url=own_valkey.url, secret_key=KEY, budget_ms=100)
    connection.sadd(AT_WORK, "rq:worker:asleep")
    connection.set("rq:worker:asleep", "")
    reply, who = Dispatcher(settings, knowledge, answer=answered_here).reply(CALL, soon())
    assert (reply.status, who) == (200, "web")
    (job,) = connection.scan_iter("rq:job:*")
    assert 0 < connection.ttl(job) <= 2
    until(lambda: not list(connection.scan_iter("careladder:*")))


def test_after_a_silence_one_call_at_a_time_asks_and_the_others_are_answered_here(
    settings: Settings, knowledge: Knowledge, connection: Any
) -> None:
    connection.sadd(AT_WORK, "rq:worker:asleep")
    connection.set("rq:worker:asleep", "")
    dispatcher = Dispatcher(settings, knowledge, answer=answered_here)
    assert dispatcher.reply(CALL, soon())[1] == "web"
    until(lambda: not [*connection.scan_iter("careladder:call:*")])
    with ThreadPoolExecutor(1) as pool:
        scout = pool.submit(dispatcher.reply, CALL, monotonic() + 3)
        until(lambda: len([*connection.scan_iter("careladder:call:*")]) == 1)
        assert dispatcher.reply(CALL, monotonic() + 20)[1] == "web"
        assert not scout.done()
        assert len([*connection.scan_iter("careladder:call:*")]) == 1


def test_a_reply_ends_the_silence(
    settings: Settings, knowledge: Knowledge, connection: Any, start_worker: Start
) -> None:
    connection.sadd(AT_WORK, "rq:worker:asleep")
    connection.set("rq:worker:asleep", "")
    dispatcher = Dispatcher(settings, knowledge, answer=answered_here)
    assert dispatcher.reply(CALL, soon())[1] == "web"
    connection.delete(AT_WORK)
    start_worker()
    until(lambda: dispatcher.reply(CALL, monotonic() + 20)[1] == "worker")
    with ThreadPoolExecutor(4) as pool:
        replies = [pool.submit(dispatcher.reply, CALL, monotonic() + 20) for _ in range(4)]
    assert {reply.result()[1] for reply in replies} == {"worker"}


def test_two_keys_that_do_not_fit_still_end_in_an_answer(
    settings: Settings, knowledge: Knowledge, start_worker: Start
) -> None:
    start_worker()
    other = settings.model_copy(update={"secret_key": "not the key of the worker"})
    assert Dispatcher(other, knowledge, answer=answered_here).reply(CALL, soon())[1] == "web"


def test_the_wait_leaves_time_to_answer_here_and_shrinks_with_the_request() -> None:
    assert patience(450, 2_000) == pytest.approx(0.36, abs=0.001)
    assert patience(450, 5_000_000) == pytest.approx(0.235)
    assert patience(450, 20_000_000) == 0
    assert patience(50, 0) == 0
    assert patience(2_000, 0) == pytest.approx(1.6)


def a_postbox(settings: Settings) -> Postbox:
    return Postbox(prompt_client(settings.redis_url or "", 5.0), Seal(settings.secret_key or ""))


def post(postbox: Postbox, connection: Any, ms: int) -> None:
    with connection.pipeline() as pipeline:
        postbox.post(pipeline, "1", CALL, ms)
        pipeline.execute()


def test_a_reply_brings_its_evidence_along() -> None:
    for reply in (Reply(200, b'{"a":1}', b'{"b":\n2}'), Reply(412, b"{}"), Reply(200, b"a\n\nb")):
        assert Reply.from_bytes(reply.to_bytes()) == reply


def test_a_reply_of_another_version_is_no_reply(settings: Settings) -> None:
    box = a_postbox(settings)
    sealed = box._close(REPLY_KEY.format("1"), b'200{"cards":[]}')  # noqa: SLF001
    box._push("1", sealed)  # noqa: SLF001
    with pytest.raises(WorkerFailed):
        box.wait("1", 1.0)
