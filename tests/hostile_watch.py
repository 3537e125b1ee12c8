"""Who watches a hostile call: its status, its body against the description, its time, the logs."""

import logging
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from forgetful import Forgetful
from hostile_changes import LURE
from hostile_charts import CANARY, Chart
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy
from jsonschema_rs import Draft202012Validator
from werkzeug.test import TestResponse

from cds.app import create_app
from cds.settings import Settings
from cds.shelf import Knowledge, load_knowledge

Json = dict[str, Any]
MEMBER = "example.careladder.assessment"
JSON = {"Content-Type": "application/json"}
SECONDS = 20  # for one call, on a machine that does other things as well
REQUIRED = ("patient", "conditions", "observations", "Patient", "Condition", "Observation")
# How many cases of each kind there are: processes that share the work, and cases in each.
CASES = {
    "changed": (6, 1000),
    "damaged": (4, 1250),
    "swapped": (2, 500),
    "asked otherwise": (2, 750),
    "around a danger": (2, 700),
    "unreadable": (2, 700),
    "feedback": (2, 2000),
    "described": (14, 40),
}
STATUSES = {
    "emergency": {"emergency"},
    "undetermined": {"indeterminate"},
    "none": {"no-indication", "not-applicable"},
}


class Hang(BaseException):
    """A call took longer than any call may; no handler of errors catches it."""


@contextmanager
def bound(seconds: int = SECONDS) -> Iterator[None]:
    """What takes longer is broken off."""

    def stop(*_: object) -> None:
        raise Hang

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


class Canaries(logging.Handler):
    """Reads every log line, whatever its level, and keeps those with a word of a caller in it."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        if CANARY in line or LURE in line:
            self.found.append(line)


@contextmanager
def listening() -> Iterator[Canaries]:
    """Every line that any logger of this process writes, tracebacks included."""
    heard, root = Canaries(), logging.getLogger()
    level = root.level
    root.addHandler(heard)
    root.setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        root.setLevel(level)
        root.removeHandler(heard)


def shares(kind: str) -> pytest.MarkDecorator:
    """One test for each share of a kind."""
    return pytest.mark.parametrize("share", range(CASES[kind][0]))


def hunt(
    judge: Callable[[Any], int], strategy: SearchStrategy[Any], kind: str | int, share: int = 0
) -> dict[str, int]:
    """Judge the cases of a share, the same on every machine; counts the statuses of the answers."""
    cases = kind if isinstance(kind, int) else CASES[kind][1]
    found: Counter[str] = Counter()

    @seed(share)
    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        # What is found is told as it was found: making it smaller takes minutes of large charts.
        phases=(Phase.explicit, Phase.generate),
    )
    @given(strategy)
    def one(case: Any) -> None:
        with listening() as heard:
            status = judge(case)
        assert heard.found == []
        assert status < 500
        found[str(status)] += 1

    one()
    assert found.total() >= cases
    return dict(found)


@cache
def shelf() -> Knowledge:
    return load_knowledge()


@cache
def client() -> FlaskClient:
    """The service without workers; nothing is fetched from anywhere."""
    settings = Settings(allow_as_of=True, budget_ms=60_000, max_body_mb=4)
    return create_app(settings, shelf(), journal=Forgetful()).test_client()


@cache
def described(path: str, status: int) -> Draft202012Validator:
    """What the published description says of an answer of a POST."""
    found = client().get("/openapi.json").get_json()
    responses = found["paths"][path]["post"]["responses"]
    assert str(status) in responses, status
    response = responses[str(status)]
    if "$ref" in response:
        response = found["components"]["responses"][response["$ref"].rpartition("/")[2]]
    schema = response["content"]["application/json"]["schema"]
    return Draft202012Validator({**schema, "components": found["components"]})


def call(
    service: str, body: bytes, headers: Json = JSON, asked: FlaskClient | None = None
) -> TestResponse:
    """One hostile call, answered in time."""
    with bound():
        return (asked or client()).post(f"/cds-services/{service}", data=body, headers=headers)


def check(service: str, response: TestResponse) -> Json:
    """The body of an answer: as described, sound in itself, and without a word of the caller's."""
    document: Json = orjson.loads(response.data)
    described(f"/cds-services/{service}", response.status_code).validate(document)
    told = response.text if response.status_code != 200 else orjson.dumps(document["cards"])
    assert CANARY not in response.text
    assert LURE not in str(told)
    assert LURE not in str(response.headers)
    if assessment := view(document):
        fits(assessment, document["cards"])
    return document


def fits(assessment: Json, cards: list[Json]) -> None:
    """Level, status, notes and cards of one answer do not contradict each other."""
    level, status = assessment["level"], assessment["status"]
    assert status in STATUSES.get(level, {"supported", "provisional"})
    if status == "emergency":
        assert cards[0]["indicator"] == "critical"
    if status == "no-indication":
        hidden = {"unreadable", "not-delivered", "truncated", "unresolved"}
        for note in assessment.get("notes", []):
            kind = note.get("resource", "").partition("/")[0]
            assert note["code"] not in hidden or kind not in REQUIRED, note


def view(document: Json) -> Json:
    """The assessment of an answer; empty where a portal user gets none."""
    found: Json = document.get("extension", {}).get(MEMBER, {})
    return found


@cache
def plain(chart: Chart) -> Json:
    """What the chart is answered as long as nobody touches it."""
    response = call(chart.service, chart.text)
    return view(check(chart.service, response))
