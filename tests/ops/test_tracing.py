"""Traces: one for a call, from its caller through web server and worker, with codes alone."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import orjson
import pytest
from flask.testing import FlaskClient
from marked_call import CANARY, REQUEST, URL
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from operator_calls import ROUTE

from cds.answer import Call
from cds.telemetry import tracing
from cds.telemetry.otel import Spans
from cds.telemetry.trail import begin, carried_on, trail

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PARENT = f"00-{TRACE}-{SPAN}-01"
NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    tracing.use(Spans("web", SimpleSpanProcessor(exporter)))
    yield exporter
    tracing.use(None)


def python(code: str, **env: str) -> str:
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, env={**os.environ, **env}, check=True, capture_output=True, text=True
    )
    return done.stdout + done.stderr


def test_a_call_is_a_span_with_what_it_took_inside(
    client: FlaskClient, spans: InMemorySpanExporter
) -> None:
    client.post(URL, json=REQUEST)
    found = {span.name: span for span in spans.get_finished_spans()}
    assert set(found) == {f"POST {ROUTE}", "fetch", "evaluate"}
    outer = found[f"POST {ROUTE}"]
    assert dict(outer.attributes) == {
        "http.request.method": "POST",
        "http.route": ROUTE,
        "http.response.status_code": 200,
        "careladder.answered_by": "web",
        "careladder.client": "anonymous",
    }
    inner = (found["fetch"], found["evaluate"])
    assert {span.parent.span_id for span in inner} == {outer.context.span_id}


def test_a_trace_that_the_caller_began_goes_on(
    client: FlaskClient, spans: InMemorySpanExporter
) -> None:
    client.get("/cds-services", headers={"traceparent": PARENT, "tracestate": f"x={CANARY}"})
    (span,) = spans.get_finished_spans()
    assert format(span.context.trace_id, "032x") == TRACE
    assert format(span.parent.span_id, "016x") == SPAN
    assert CANARY not in span.to_json()


def test_a_worker_carries_on_the_trace_of_the_call_it_took(spans: InMemorySpanExporter) -> None:
    begin(None)
    with tracing.span("web"):
        call = Call.from_bytes(Call("s", NOON, b"{}", trail()).to_bytes())
    with carried_on(call.trail, "worker"):
        pass
    web, worker = spans.get_finished_spans()
    assert worker.parent.span_id == web.context.span_id
    assert worker.context.trace_id == web.context.trace_id


def test_no_word_of_a_chart_is_in_a_span(client: FlaskClient, spans: InMemorySpanExporter) -> None:
    client.post(f"{URL}?{CANARY}", json=REQUEST, headers={"User-Agent": CANARY})
    client.post(URL, data=orjson.dumps(REQUEST | {"hook": CANARY}), content_type="application/json")
    client.get(f"/{CANARY}", headers={"traceparent": CANARY, "baggage": f"name={CANARY}"})
    with pytest.raises(KeyError), tracing.span("fails"):
        raise KeyError(CANARY)
    found = spans.get_finished_spans()
    assert len(found) > 4
    assert not [span for span in found if CANARY in span.to_json()]


def test_off_is_off_and_nothing_of_it_is_imported() -> None:
    code = (
        "import sys; from cds.telemetry import tracing; tracing.start('web');"
        "print(tracing.wanted(), [name for name in sys.modules if 'opentelemetry' in name])"
    )
    assert python(code) == "False []\n"


@pytest.mark.parametrize(
    ("env", "wanted"),
    [
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_TRACES_EXPORTER": "none"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, False),
    ],
)
def test_a_place_for_traces_turns_them_on(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], *, wanted: bool
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert tracing.wanted() is wanted


def test_without_the_libraries_a_line_says_so_and_the_service_runs() -> None:
    code = (
        "import sys; sys.modules['opentelemetry'] = None; from cds.telemetry import tracing;"
        "tracing.start('web'); tracing.span('x').__enter__()"
    )
    said = python(code, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1")
    assert said == "no traces: install careladder[tracing]\n"
