"""CDS_RATE_PER_CLIENT: so many calls a minute of each client, whichever process they reach."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from forgetful import Forgetful
from real_valkey import Valkey

from cds.app import create_app
from cds.errors import TooManyCalls
from cds.hooks.rate import LocalCounts, Rate, ValkeyCounts, make_rate
from cds.settings import Settings
from cds.shelf import load_knowledge

URL = "/cds-services/level-of-care-patient-view"
REQUEST = {
    "hook": "patient-view",
    "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
    "context": {"userId": "Practitioner/example", "patientId": "example"},
    "prefetch": {"patient": None, "conditions": None, "observations": None},
}


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def passes(rate: Rate, client: str) -> bool:
    try:
        rate.admit(client)
    except TooManyCalls:
        return False
    return True


def web(**settings: object) -> FlaskClient:
    return create_app(Settings(**settings), load_knowledge(), journal=Forgetful()).test_client()


def test_each_client_has_its_own_calls():
    rate = Rate(2, LocalCounts())
    assert [passes(rate, "a") for _ in range(3)] == [True, True, False]
    assert passes(rate, "b")


def test_the_next_call_may_come_when_it_was_said_and_not_before():
    clock = Clock()
    rate = Rate(1, LocalCounts(clock))
    rate.admit("a")
    clock.now = 19.5
    with pytest.raises(TooManyCalls) as caught:
        rate.admit("a")
    clock.now += caught.value.retry_after - 1
    assert not passes(rate, "a")
    clock.now += 1
    assert passes(rate, "a")


def test_off_lets_everyone_through():
    rate = make_rate(Settings(rate_per_client="off"))
    assert all(passes(rate, "a") for _ in range(1000))


def test_two_processes_count_together(own_valkey: Valkey):
    first, second = (Rate(3, ValkeyCounts(own_valkey.url)) for _ in range(2))
    admitted = [passes(rate, "a") for rate in (first, second, first, second, first)]
    assert admitted == [True, True, True, False, False]


def test_a_minute_in_valkey_ends(own_valkey: Valkey, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("cds.hooks.rate.MINUTE", 0.05)
    rate = Rate(1, ValkeyCounts(own_valkey.url))
    rate.admit("a")
    while not passes(rate, "a"):
        pass


def test_without_valkey_each_process_counts_for_itself(own_valkey: Valkey):
    rate = Rate(2, ValkeyCounts(own_valkey.url))
    own_valkey.process.kill()
    own_valkey.process.wait()
    assert [passes(rate, "a") for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize("path", [URL, f"{URL}/feedback"])
def test_above_it_a_call_is_answered_429_as_any_error_is(path: str):
    client = web(rate_per_client=1)
    client.post(path, json=REQUEST)
    refused = client.post(path, json=REQUEST)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    (issue,) = refused.get_json()["issue"]
    assert (refused.get_json()["resourceType"], issue["code"]) == ("OperationOutcome", "throttled")


def test_discovery_preflight_and_health_are_never_refused():
    client = web(rate_per_client=1)
    preflight = {"Origin": "http://127.0.0.1", "Access-Control-Request-Method": "POST"}
    asks: list[Callable[[], int]] = [
        lambda: client.get("/cds-services").status_code,
        lambda: client.options(URL, headers=preflight).status_code,
        lambda: client.get("/health/live").status_code,
        lambda: client.get("/health/ready").status_code,
        lambda: client.get("/metrics").status_code,
    ]
    assert [{ask() for _ in range(5)} for ask in asks] == [{200}, {204}, {200}, {200}, {200}]
    assert client.post(URL, json=REQUEST).status_code == 200
    assert client.post(URL, json=REQUEST).status_code == 429
    assert {ask() for ask in asks} == {200, 204}
