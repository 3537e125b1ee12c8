"""A service at work as its operators see it: lines, counts and traces of all its processes."""

import http.client
import json
import os
import signal
import socket
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from collector import collector
from house import CHECKOUT, House, children, house, until
from marked_call import CANARY, URL
from operator_calls import ROUTE, value

pytestmark = pytest.mark.skipif(not Path("/proc").exists(), reason="reads processes from /proc")

STORY = CHECKOUT / "fixtures" / "fhir" / "nadia-two-bad-weeks" / "request.json"
CALLS = 20
PATIENT = {"CDS_BUDGET_MS": "20000"}  # a busy machine is no silent worker


def ask(home: House, method: str, path: str, body: bytes | None = None) -> tuple[int, str, str]:
    """Status, request id and body, over a connection of its own."""
    with closing(http.client.HTTPConnection("127.0.0.1", home.port, timeout=60)) as connection:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.headers["X-Request-Id"], response.read().decode()


def lines(home: House) -> list[dict[str, Any]]:
    """The lines of the children; those of the supervisor are for people."""
    return [json.loads(line) for line in home.said.splitlines() if line.startswith("{")]


def scraped(home: House) -> str:
    status, _, text = ask(home, "GET", "/metrics")
    assert status == 200
    return text


def test_web_server_and_worker_write_json_lines_under_the_same_id(tmp_path: Path) -> None:
    with house(tmp_path, **PATIENT) as home:
        home.wait_until_open()
        _, request_id, _ = ask(home, "POST", URL, STORY.read_bytes())
        found = {one["logger"]: one for one in lines(home) if one.get("request_id") == request_id}
        assert {"cds.ops.access", "workers.jobs"} <= set(found)
        assert found["cds.ops.access"]["answered_by"] == "worker"
        assert found["workers.jobs"]["status"] == 200
        patient = json.loads(STORY.read_text())["context"]["patientId"]
        assert patient not in home.said


def test_a_request_that_is_none_leaves_a_line_without_a_word_of_it(tmp_path: Path) -> None:
    with house(tmp_path, CDS_WORKERS="0") as home:
        home.wait_until_open()
        with socket.create_connection(("127.0.0.1", home.port), timeout=30) as line:
            line.sendall(f"GET /{CANARY} {CANARY}\r\n\r\n".encode())
            line.recv(1000)
        until(lambda: "not sound HTTP" in home.said)
        assert CANARY not in home.said


def test_whoever_answers_the_monitor_knows_what_all_web_processes_counted(tmp_path: Path) -> None:
    with house(tmp_path, **PATIENT) as home:
        home.wait_until_open()
        for _ in range(CALLS):
            assert ask(home, "POST", URL, STORY.read_bytes())[0] == 200
        labels = {"service": URL.rpartition("/")[2], "level": "intensive-outpatient"}
        texts = [scraped(home) for _ in range(6)]
        assert {value(text, "careladder_hooks_total", **labels) for text in texts} == {CALLS}
        text = texts[-1]
        assert value(text, "careladder_hook_seconds_count") == CALLS
        waits = value(text, "careladder_queue_wait_seconds_count")
        assert waits == value(text, "careladder_hooks_total", answered_by="worker")
        assert value(text, "careladder_workers") == 2
        assert value(text, "careladder_http_requests_total", route=ROUTE) == CALLS


def test_counts_outlive_the_process_that_made_them(tmp_path: Path) -> None:
    with house(tmp_path, CDS_WORKERS="0") as home:
        home.wait_until_open()
        ask(home, "POST", URL, STORY.read_bytes())
        (server,) = home.pids("gunicorn")
        (web,) = children(server)
        os.kill(web, signal.SIGKILL)
        until(lambda: children(server) - {web})
        ask(home, "POST", URL, STORY.read_bytes())
        assert value(scraped(home), "careladder_hooks_total") == 2


def test_one_trace_goes_through_web_server_and_worker(tmp_path: Path) -> None:
    with collector() as place:
        env = {"OTEL_EXPORTER_OTLP_ENDPOINT": place.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}
        with house(tmp_path, **PATIENT, **env) as home:
            home.wait_until_open()
            ask(home, "POST", URL, STORY.read_bytes())
            until(lambda: {"web", "worker"} <= {role for role, _ in place.spans()})
            until(lambda: [span for _, span in place.spans() if ROUTE in span.name])
        spans = place.spans()
        (call,) = [span for _, span in spans if ROUTE in span.name]
        (work,) = [span for role, span in spans if role == "worker"]
        assert work.trace_id == call.trace_id
        (evaluate,) = [span for _, span in spans if span.name == "evaluate"]
        assert work.parent_span_id == evaluate.span_id
