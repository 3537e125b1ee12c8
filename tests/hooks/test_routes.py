"""The hook endpoint: a good call reaches the dispatcher, a bad one gets a clear 4xx."""

import logging
import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import orjson
import pytest
from fake_replies import FakeReplies
from flask import Flask
from flask.testing import FlaskClient
from forgetful import Forgetful
from werkzeug.test import TestResponse

from cds.answer import Reply
from cds.app import create_app
from cds.settings import Settings
from cds.shelf import Knowledge

URL = "/cds-services/level-of-care-patient-view"
CANARY = "Zuzanna-Canary"
REQUEST: dict[str, Any] = {
    "hook": "patient-view",
    "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
    "context": {"userId": "Practitioner/example", "patientId": CANARY},
}


def post(client: FlaskClient, body: bytes | None = None, **members: Any) -> TestResponse:
    data = orjson.dumps(REQUEST | members) if body is None else body
    return client.post(URL, data=data, content_type="application/json")


def issue(response: TestResponse) -> dict[str, Any]:
    """The one issue of an error answer, which quotes nothing of the chart."""
    assert response.content_type == "application/json"
    assert CANARY not in response.text
    outcome = response.get_json()
    assert outcome["resourceType"] == "OperationOutcome"
    found: dict[str, Any] = outcome["issue"][0]
    return found


def test_an_answer_says_who_gave_it_and_how_long_it_took(client: FlaskClient) -> None:
    response = post(client)
    assert (response.status_code, response.data) == (200, b'{"cards":[]}')
    timing = response.headers["Server-Timing"]
    assert re.fullmatch(r'answer;desc="worker";dur=\d+\.\d', timing)


def test_the_reply_of_an_evaluation_keeps_its_status(
    client: FlaskClient, replies: FakeReplies
) -> None:
    replies.answered = Reply(status=412, body=b"{}")
    assert post(client).status_code == 412


def test_the_call_carries_the_raw_request_and_the_time_in_utc(
    client: FlaskClient, replies: FakeReplies
) -> None:
    post(client)
    (call,) = replies.calls
    assert call.service == "level-of-care-patient-view"
    assert orjson.loads(call.body) == REQUEST
    assert call.as_of == datetime(2024, 2, 29, 18, tzinfo=UTC)
    assert call.as_of.tzinfo == UTC


def test_a_request_may_set_the_instant_it_speaks_about(
    client: FlaskClient, replies: FakeReplies
) -> None:
    post(client, extension={"example.careladder.asOf": "2020-01-01T00:00:00+01:00"})
    assert replies.calls[0].as_of == datetime(2019, 12, 31, 23, tzinfo=UTC)


def test_a_malformed_instant_is_refused(client: FlaskClient) -> None:
    response = post(client, extension={"example.careladder.asOf": CANARY})
    assert response.status_code == 400
    assert issue(response)["expression"] == ["$.extension['example.careladder.asOf']"]


@pytest.mark.parametrize("asked", ["2020-01-01T00:00:00Z", "nonsense"])
def test_where_it_is_not_allowed_an_instant_is_ignored(
    knowledge: Knowledge, replies: FakeReplies, asked: str
) -> None:
    now = datetime(2024, 2, 29, tzinfo=UTC)
    app = create_app(
        Settings(allow_as_of=False), knowledge, replies, clock=lambda: now, journal=Forgetful()
    )
    response = post(app.test_client(), extension={"example.careladder.asOf": asked})
    assert response.status_code == 200
    assert replies.calls[0].as_of == now


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  ",
        b"patient-view",
        b'{"hook": "patient-view",}',
        b'{"hook": NaN}',
        b'{"hook": Infinity}',
        b'{"hook": 1e999}',
        b'{"hook": "\\ud800"}',
        b'{"hook": "\xff"}',
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        b"[" * 5000,
        b"[" * 1100 + b"]" * 1100,
        b'{"a":' * 2000 + b"1" + b"}" * 2000,
        b"{} {}",
        b'{"hook": "patient-view"} // Zuzanna-Canary',
        b"<Zuzanna-Canary/>",
    ],
)
def test_what_is_not_sound_json_is_refused_without_an_echo(
    client: FlaskClient, body: bytes
) -> None:
    response = post(client, body)
    assert response.status_code == 400
    assert issue(response)["expression"] == ["$"]


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"hook": None}, "$.hook"),
        ({"hook": CANARY}, "$.hook"),
        ({"hookInstance": None}, "$.hookInstance"),
        ({"context": None}, "$.context"),
        ({"context": {"userId": CANARY}}, "$.context.patientId"),
        ({"prefetch": CANARY}, "$.prefetch"),
    ],
)
def test_a_malformed_call_is_refused_with_the_path(
    client: FlaskClient, members: dict[str, Any], path: str
) -> None:
    response = post(client, **members)
    assert response.status_code == 400
    assert issue(response)["expression"] == [path]


def test_an_instance_that_is_no_uuid_is_answered(client: FlaskClient) -> None:
    assert post(client, hookInstance="test-123").status_code == 200


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/fhir+json",
        "Application/JSON",
    ],
)
def test_json_of_any_name_is_read(client: FlaskClient, content_type: str) -> None:
    data = orjson.dumps(REQUEST)
    assert client.post(URL, data=data, content_type=content_type).status_code == 200


@pytest.mark.parametrize(
    "content_type",
    [None, "text/plain", "application/xml", "application/fhir+xml", "application/jsonp", "json"],
)
def test_other_types_are_refused(client: FlaskClient, content_type: str | None) -> None:
    response = client.post(URL, data=orjson.dumps(REQUEST), content_type=content_type)
    assert response.status_code == 415
    issue(response)


def test_a_compressed_body_is_refused(client: FlaskClient) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    response = client.post(URL, data=b"\x1f\x8b", headers=headers)
    assert response.status_code == 415
    assert "compressed" in issue(response)["diagnostics"]


def test_a_body_above_the_limit_is_refused(client: FlaskClient) -> None:
    response = post(client, b" " * 1_000_001)
    assert response.status_code == 413
    issue(response)


def test_a_body_that_says_it_is_too_large_is_not_read(client: FlaskClient) -> None:
    body = BytesIO(b"{}")
    response = client.post(
        URL,
        content_type="application/json",
        input_stream=body,
        environ_overrides={"CONTENT_LENGTH": "50000000"},
    )
    assert response.status_code == 413
    assert body.tell() == 0


def test_a_body_in_chunks_may_not_grow_above_the_limit(client: FlaskClient) -> None:
    response = client.post(
        URL,
        content_type="application/json",
        input_stream=BytesIO(orjson.dumps(REQUEST) + b" " * 2_000_000),
        environ_overrides={"CONTENT_LENGTH": None, "wsgi.input_terminated": True},
    )
    assert response.status_code == 413


def test_an_unknown_service_is_not_found(client: FlaskClient) -> None:
    response = client.post(f"/cds-services/{CANARY}", json=REQUEST)
    assert response.status_code == 404
    issue(response)


@pytest.mark.parametrize(
    "path", ["/cds", "/cds-services/", f"/{CANARY}", f"//cds-services/{CANARY}"]
)
def test_an_unknown_address_is_not_found(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    issue(response)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", URL), ("PUT", URL), ("POST", "/cds-services")]
)
def test_another_method_is_refused(client: FlaskClient, method: str, path: str) -> None:
    response = client.open(path, method=method)
    assert response.status_code == 405
    assert response.headers["Allow"]
    issue(response)


def test_a_fault_of_ours_is_logged_without_a_word_of_the_chart(
    client: FlaskClient, replies: FakeReplies, caplog: pytest.LogCaptureFixture
) -> None:
    replies.error = KeyError(CANARY)
    with caplog.at_level(logging.DEBUG):
        response = post(client)
    assert response.status_code == 500
    issue(response)
    (line,) = [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR]
    assert re.fullmatch(r"fault [0-9a-f]{32}: KeyError in fake_replies\.reply:\d+", line)
    assert CANARY not in caplog.text


def test_nesting_that_no_reader_survives_is_the_callers_fault(
    client: FlaskClient, replies: FakeReplies
) -> None:
    replies.error = RecursionError()
    nested = b'{"a":' * 400 + b"1" + b"}" * 400
    body = orjson.dumps(REQUEST).removesuffix(b"}") + b',"prefetch":' + nested + b"}"
    assert post(client, body).status_code == 400
    assert post(client).status_code == 500


def test_nesting_that_can_be_read_and_not_written_is_the_callers_fault_too(
    client: FlaskClient,
) -> None:
    nested = b"[" * 400 + b"]" * 400
    access = b',"fhirServer":"http://127.0.0.1:9","fhirAuthorization":{"access_token":"t"}'
    body = orjson.dumps(REQUEST).removesuffix(b"}") + access + b',"prefetch":{"x":' + nested + b"}}"
    assert post(client, body).status_code == 400


@pytest.mark.parametrize("path", [URL, "/cds-services", "/nowhere", "/health/live"])
def test_no_cache_keeps_an_answer_and_no_browser_guesses_its_type(
    client: FlaskClient, path: str
) -> None:
    headers = client.get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_where_callers_must_be_known_nobody_is_let_in_unknown(
    knowledge: Knowledge, replies: FakeReplies
) -> None:
    client = create_app(
        Settings(auth="required"), knowledge, replies, journal=Forgetful()
    ).test_client()
    answers = [post(client), post(client, b"{"), client.get("/cds-services")]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert len({answer.data for answer in answers}) == 1
    assert client.get("/health/live").status_code == 200


def test_the_process_says_that_it_lives(app: Flask) -> None:
    assert app.test_client().get("/health/live").get_json() == {"status": "ok"}
