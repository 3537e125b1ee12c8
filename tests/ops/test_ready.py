"""/health/ready: which part is missing, whether calls are answered all the same, and quickly."""

import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from forgetful import Forgetful
from marked_call import KEY
from real_valkey import Valkey
from redis import Redis

from cds.ops import readiness
from cds.settings import Settings
from cds.shelf import Knowledge
from cds.store.journal import Journal

Web = Callable[..., FlaskClient]
ALONE = {"valkey": "off", "workers": "off", "database": "ok", "knowledge": "ok"}


@pytest.fixture(autouse=True)
def _looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "FRESH", 0.0)


def asked(client: FlaskClient) -> tuple[int, str, dict[str, Any]]:
    response = client.get("/health/ready")
    told = response.get_json()
    assert set(told) == {"status", "parts"}
    return response.status_code, told["status"], told["parts"]


def sign_on(valkey: Valkey) -> None:
    with Redis.from_url(valkey.url) as connection:
        connection.sadd("rq:workers:hooks", "rq:worker:1")
        connection.set("rq:worker:1", "")


def test_a_process_on_its_own_is_ready(client: FlaskClient) -> None:
    assert asked(client) == (200, "ready", ALONE)


def test_with_valkey_and_a_worker_everything_is_there(web: Web, own_valkey: Valkey) -> None:
    sign_on(own_valkey)
    everything = ALONE | {"valkey": "ok", "workers": "ok"}
    assert asked(web(redis_url=own_valkey.url, secret_key=KEY)) == (200, "ready", everything)


def test_without_workers_it_is_degraded_and_still_ready(web: Web, own_valkey: Valkey) -> None:
    parts = ALONE | {"valkey": "ok", "workers": "missing"}
    assert asked(web(redis_url=own_valkey.url, secret_key=KEY)) == (200, "degraded", parts)


@pytest.mark.parametrize(
    ("auth", "verdict"), [("off", (200, "degraded")), ("required", (503, "unavailable"))]
)
def test_without_valkey_it_is_ready_unless_nobody_could_be_let_in(
    web: Web, own_valkey: Valkey, auth: str, verdict: tuple[int, str]
) -> None:
    own_valkey.process.kill()
    own_valkey.process.wait()
    client = web(redis_url=own_valkey.url, secret_key=KEY, auth=auth)
    parts = ALONE | {"valkey": "down", "workers": "unknown"}
    assert asked(client) == (*verdict, parts)


def test_a_frozen_valkey_does_not_keep_the_answer(web: Web, own_valkey: Valkey) -> None:
    client = web(redis_url=own_valkey.url, secret_key=KEY)
    os.kill(own_valkey.process.pid, signal.SIGSTOP)
    began = time.monotonic()
    assert asked(client)[2]["valkey"] == "down"
    assert time.monotonic() - began < 5


def test_a_database_that_is_lost_later_costs_no_answers(
    client: FlaskClient, store: Forgetful, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "writable", lambda: False)
    assert asked(client) == (200, "degraded", ALONE | {"database": "down"})


def test_a_database_that_never_was_there_stops_a_rollout(
    client: FlaskClient, store: Forgetful, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "writable", lambda: False)
    monkeypatch.setattr(store, "reached", False)
    assert asked(client) == (503, "unavailable", ALONE | {"database": "never-reached"})


def test_a_database_that_hangs_does_not_keep_the_answer_and_is_asked_once(
    client: FlaskClient, store: Forgetful, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, times = threading.Event(), []

    def hang() -> bool:
        times.append(1)
        return release.wait(30)

    monkeypatch.setattr(store, "writable", hang)
    began = time.monotonic()
    assert [asked(client)[1] for _ in range(3)] == ["degraded"] * 3
    assert time.monotonic() - began < 15
    assert len(times) == 1
    release.set()


def test_who_asks_often_costs_the_database_nothing(
    client: FlaskClient, store: Forgetful, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "FRESH", 60.0)
    times: list[int] = []
    monkeypatch.setattr(store, "writable", lambda: not times.append(1))
    for _ in range(20):
        asked(client)
    assert len(times) == 1


def test_nobody_has_to_say_who_they_are(web: Web) -> None:
    assert asked(web(auth="required"))[0] == 200


def test_a_real_store_says_whether_it_takes_anything(tmp_path: Path, knowledge: Knowledge) -> None:
    (tmp_path / "file").touch()
    kept, lost = (
        Journal(Settings(data_dir=folder), lambda: datetime.now(UTC), knowledge)
        for folder in (tmp_path / "data", tmp_path / "file" / "data")
    )
    assert (kept.writable(), kept.reached) == (True, True)
    assert (lost.writable(), lost.reached) == (False, False)
    kept.close()
    lost.close()
