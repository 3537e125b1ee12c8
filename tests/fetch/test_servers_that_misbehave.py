"""Servers that are slow, lie, redirect, send something else or too much."""

import gzip
import json
import logging
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from fake_fhir import Asked, Behaviour, FakeFhir, Told, page, told
from fetching import (
    BRIEF,
    PATIENT,
    SECRET,
    SERVICE,
    completed,
    condition,
    everything_but,
    observation,
    patient,
    request_of,
    state_of,
)
from house import until

from cds.fhir.client import BYTES, Fetcher
from cds.fhir.delivery import CLASS_OF, REQUIRED, State
from cds.settings import Settings

HTML = Told(200, b"<html>Sign in</html>", {"Content-Type": "text/html"})
NOT_FHIR: dict[str, Told] = {
    "html": HTML,
    "nothing": Told(200),
    "cut-off": Told(200, b'{"resourceType": "Bundle", "entry": ['),
    "no-json": Told(200, b"\xff\xfe{}"),
    "deep": Told(200, b"[" * 100_000),
    "list": told([page()]),
    "another-type": told(patient()),
    "outcome": told({"resourceType": "OperationOutcome", "issue": []}),
    "foreign-matches": told(page(condition())),
    "uninvited-patient": told(page(observation(), entry=[{"resource": patient("other")}])),
    "broken-gzip": Told(200, b"not gzip", {"Content-Encoding": "gzip"}),
    "bomb": Told(200, gzip.compress(b" " * 40 * BYTES), {"Content-Encoding": "gzip"}),
    "gigantic": Told(200, b" " * (BYTES + 1)),
} | {f"HTTP {status}": told(page(), status) for status in (201, 204, 400, 401, 403, 404, 429, 500)}


def _observations(server: FakeFhir, behaviour: Behaviour, **asked: float) -> dict[str, object]:
    server.behaviours["Observation"] = behaviour
    return completed(request_of(server.base, everything_but("observations")), **asked)


@pytest.mark.parametrize("reply", NOT_FHIR.values(), ids=NOT_FHIR)
def test_fhir_11_what_is_no_answer_makes_the_key_failed(server: FakeFhir, reply: Told) -> None:
    done = _observations(server, lambda _: reply)
    assert state_of(done, "observations") is State.FAILED


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_fhir_11_a_refused_key_leaves_the_others_alone(server: FakeFhir, status: int) -> None:
    server.behaviours["Observation"] = lambda _: Told(status)
    done = completed(request_of(server.base))
    assert state_of(done, "observations") is State.FAILED
    assert state_of(done, "conditions") is State.DELIVERED
    assert state_of(done, "encounters") is State.EMPTY


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_fhir_07_a_redirect_is_not_followed(
    server: FakeFhir, stranger: FakeFhir, status: int
) -> None:
    for target in (f"{stranger.base}/Observation", f"{server.base}/Observation/_search"):
        done = _observations(server, lambda _, to=target: Told(status, b"", {"Location": to}))
        assert state_of(done, "observations") is State.FAILED
    assert len(server.calls) == 2
    assert stranger.calls == []


def test_pre_20_another_patient_instead_of_the_one_asked_for_is_not_taken(
    server: FakeFhir,
) -> None:
    server.behaviours["Patient"] = lambda _: told(patient("other"))
    done = completed(request_of(server.base, everything_but("patient")))
    assert state_of(done, "patient") is State.FAILED


def test_pre_14_packed_answers_are_unpacked(server: FakeFhir) -> None:
    packed = gzip.compress(json.dumps(page(observation())).encode())
    done = _observations(server, lambda _: Told(200, packed, {"Content-Encoding": "gzip"}))
    assert done["prefetch"]["observations"] == page(observation())


def test_pre_14_a_server_that_is_not_there_makes_every_key_failed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        base = f"http://127.0.0.1:{closed.getsockname()[1]}/fhir"
    done = completed(request_of(base))
    assert {state_of(done, key) for key in SERVICE.prefetch} == {State.FAILED}


def test_pre_14_a_key_that_hangs_stays_missing_and_the_others_are_read(server: FakeFhir) -> None:
    server.behaviours["Observation"] = server.hang
    done = completed(request_of(server.base), seconds=BRIEF)
    assert state_of(done, "observations") is State.MISSING
    assert state_of(done, "conditions") is State.DELIVERED


def test_pre_14_resp_09_the_time_of_an_answer_that_is_due_is_not_spent_on_reading(
    server: FakeFhir,
) -> None:
    for seconds in (0.0, -5.0):
        done = completed(request_of(server.base), seconds=seconds)
        assert "prefetch" not in done
    assert server.calls == []


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
def test_pre_14_a_server_that_trickles_is_cut_off(head: bytes) -> None:
    hung_up = threading.Event()

    def trickle(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            try:
                connection.sendall(head or b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not hung_up.wait(0.02):
                    connection.sendall(b" ")
            except OSError:
                hung_up.set()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=trickle, args=(listening,), daemon=True).start()
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        done = completed(request_of(base, everything_but("observations")), seconds=BRIEF)
        assert state_of(done, "observations") is State.MISSING
        assert hung_up.wait(30)


def test_req_08_a_fault_of_a_server_leaves_no_token_address_or_patient_in_the_log(
    server: FakeFhir, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.behaviours = {
        "Observation": lambda _: Told(500),
        "Condition": server.hang,
        "Encounter": lambda _: HTML,
        "Procedure": lambda _: Told(200, b"", {f"no header {PATIENT}": "x"}),
        "Patient": lambda _: told(patient("other")),
    }
    completed(request_of(server.base), seconds=BRIEF)
    assert "prefetch key observations was not read whole: HTTP 500" in caplog.text
    assert "prefetch key conditions was not read whole: late" in caplog.text
    for secret in (SECRET, PATIENT, "other", "127.0.0.1", "?", "/fhir"):
        assert secret not in caplog.text


def test_a_server_that_hangs_keeps_no_call_to_another_waiting(server: FakeFhir) -> None:
    fetcher = Fetcher(Settings(), calls=3)
    with FakeFhir().running() as deaf, ThreadPoolExecutor(2) as others:
        deaf.behaviours = dict.fromkeys(CLASS_OF, deaf.hang)
        for _ in range(2):
            others.submit(completed, request_of(deaf.base), fetcher=fetcher)
        until(lambda: len(deaf.calls) == 2 * len(SERVICE.prefetch))
        done = completed(request_of(server.base), fetcher=fetcher)
        deaf.released.set()
    assert {key: state_of(done, key) for key in REQUIRED} == dict.fromkeys(
        REQUIRED, State.DELIVERED
    )


def test_fhir_08_a_failed_key_says_neither_token_nor_patient(server: FakeFhir) -> None:
    server.behaviours["Observation"] = lambda asked: told({"echo": str(asked)}, 500)
    done = completed(request_of(server.base, everything_but("observations")))
    failed = json.dumps(done["prefetch"]["observations"])
    assert SECRET not in failed
    assert PATIENT not in failed


def test_pre_14_a_server_that_ignores_the_search_is_taken_as_it_is(server: FakeFhir) -> None:
    """What belongs to another patient is left out by the record, as in any prefetch."""
    other = observation(2, {"reference": "Patient/other"})
    done = _observations(server, lambda _: told(page(observation(), other)))
    assert done["prefetch"]["observations"] == page(observation(), other)


def test_pre_14_a_server_is_asked_by_post_once_only_when_it_knows_none(server: FakeFhir) -> None:
    def get_only(asked: Asked) -> Told:
        return Told(405) if asked.method == "POST" else server.normal(asked)

    server.behaviours["Observation"] = get_only
    fetcher = Fetcher(Settings())
    document = request_of(server.base, everything_but("observations"))
    for _ in range(2):
        completed(document, fetcher=fetcher)
    assert [asked.method for asked in server.calls] == ["POST", "GET", "GET"]
