"""Log lines: one a request, with an id, in words of ours, and without what an exception says."""

import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from marked_call import CANARY, REQUEST, URL
from operator_calls import ROUTE

from cds.telemetry.logs import JsonLines, Words
from cds.telemetry.trail import begin

UUID = "6f1c1a5e-8d0f-4c0e-9a52-0a6f6f6f6f6f"
NEW = re.compile(r"[0-9a-f]{32}")


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """What the service writes, line by line."""
    written: list[dict[str, Any]] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(json.loads(JsonLines().format(record)))

    handler, logger = Keep(), logging.getLogger("cds")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield written
    logger.removeHandler(handler)
    logger.setLevel(level)


def record(message: str, *args: object, error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("cds.x", logging.ERROR, "x.py", 1, message, args, info)


def test_a_request_is_one_line_that_says_who_answered_whom(
    client: FlaskClient, lines: list[dict[str, Any]]
) -> None:
    answer = client.post(URL, json=REQUEST, headers={"X-Request-Id": UUID})
    (line,) = lines
    assert line.pop("ms") >= 0
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "cds.ops.access",
        "message": "request",
        "method": "POST",
        "route": ROUTE,
        "status": 200,
        "answered_by": "web",
        "client": "anonymous",
        "request_id": UUID,
    }
    assert answer.headers["X-Request-Id"] == UUID


@pytest.mark.parametrize("offered", [None, "", CANARY, "12345", UUID + "0", f"{UUID}\t{CANARY}"])
def test_an_id_that_could_be_a_name_is_not_taken_over(
    client: FlaskClient, lines: list[dict[str, Any]], offered: str | None
) -> None:
    headers = {} if offered is None else {"X-Request-Id": offered}
    answer = client.get("/cds-services", headers=headers)
    assert NEW.fullmatch(answer.headers["X-Request-Id"])
    assert lines[0]["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize("offered", [UUID, UUID.upper(), UUID.replace("-", "")])
def test_a_uuid_is_taken_over_as_it_is(client: FlaskClient, offered: str) -> None:
    answer = client.get("/cds-services", headers={"X-Request-Id": offered})
    assert answer.headers["X-Request-Id"] == offered


def test_every_answer_carries_an_id_of_its_own(client: FlaskClient) -> None:
    paths = [URL, "/nowhere", "/cds-services", "/health/live", "/knowledge"]
    assert len({client.get(path).headers["X-Request-Id"] for path in paths}) == len(paths)


def test_paths_methods_and_bodies_stay_out_of_the_lines(
    client: FlaskClient, lines: list[dict[str, Any]]
) -> None:
    client.get(f"/{CANARY}?{CANARY}")
    client.post(f"/cds-services/{CANARY}", json=REQUEST)
    client.open(URL, method=CANARY)
    client.post(URL, data=f"<{CANARY}>", headers={"User-Agent": CANARY, "traceparent": CANARY})
    assert [line["status"] for line in lines] == [404, 404, 405, 415]
    assert {line["method"] for line in lines} == {"GET", "POST", "other"}
    assert CANARY not in json.dumps(lines)


def test_probes_are_told_of_only_when_the_answer_is_no(
    client: FlaskClient, lines: list[dict[str, Any]]
) -> None:
    for path in ("/health/live", "/health/ready", "/metrics"):
        client.get(path)
        client.post(path)
    assert [(line["route"], line["status"]) for line in lines] == [("unknown", 405)] * 3


def test_of_an_exception_only_its_type_and_place_are_told() -> None:
    with pytest.raises(KeyError) as caught:
        {}[CANARY]
    line = JsonLines().format(record("it failed at %s", CANARY, error=caught.value))
    assert CANARY not in line
    assert "\n" not in line
    message = json.loads(line)["message"]
    assert re.fullmatch(r"it failed at: KeyError in test_lines\.test_of_an_\w+:\d+", message)


def test_a_line_on_a_terminal_says_the_same_in_words() -> None:
    begin(UUID)
    asked = record("request")
    asked.told = {"route": ROUTE, "status": 200}
    words = rf"\d\d:\d\d:\d\d ERROR cds\.x request route={ROUTE} status=200 request_id={UUID}"
    assert re.fullmatch(words, Words().format(asked))


def test_whatever_is_logged_is_one_line_of_json() -> None:
    line = JsonLines().format(record("a\nb %s", object()))
    assert json.loads(line)["message"].startswith("a\nb <object")
    assert "\n" not in line
