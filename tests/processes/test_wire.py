"""A real server on the wire: what is no sound HTTP is refused in our words, and quoted nowhere."""

import json
import socket
from collections.abc import Iterator

import pytest
from hostile_charts import CANARY, charts
from house import House, house

PATH = "/cds-services/level-of-care-patient-view"
CHART = json.dumps(charts()[0].document, indent=0).replace("\n", "\r\n").encode()
JSON = "Content-Type: application/json\r\n"
SIZE = f"Content-Length: {len(CHART)}\r\n"


def post(headers: str, body: bytes = CHART) -> bytes:
    return f"POST {PATH} HTTP/1.1\r\nHost: x\r\n{JSON}{headers}\r\n".encode() + body


def get(line: str, headers: str = "") -> bytes:
    return f"{line}\r\nHost: x\r\n{headers}\r\n".encode()


HOSTILE = {
    "a length too short": post("Content-Length: 700\r\n"),
    "no length": post(""),
    "a length of nothing": post("Content-Length: 0\r\n"),
    "a length below nothing": post("Content-Length: -1\r\n"),
    "a length that is no number": post(f"Content-Length: {CANARY}\r\n"),
    "two lengths": post(SIZE + "Content-Length: 5\r\n"),
    "a length and chunks": post(SIZE + "Transfer-Encoding: chunked\r\n"),
    "chunks that are none": post("Transfer-Encoding: chunked\r\n"),
    "a chunk cut off": post("Transfer-Encoding: chunked\r\n", b"ffff\r\n" + CHART),
    "an unknown coding": post(f"Transfer-Encoding: {CANARY}\r\n"),
    "a body alone": CHART + b"\r\n\r\n",
    "an unknown expectation": post(SIZE + f"Expect: {CANARY}\r\n"),
    "another path in a header": post(SIZE + f"SCRIPT_NAME: /{CANARY}\r\n"),
    "no method": get(f"{CANARY} {PATH} HTTP/1.1"),
    "no version": get(f"GET {PATH} HTTP/{CANARY}"),
    "a header without a colon": get(f"GET {PATH} HTTP/1.1", f"{CANARY}\r\n"),
    "a header with a blank": get(f"GET {PATH} HTTP/1.1", f"{CANARY} x: 1\r\n"),
    "a folded header": get(f"GET {PATH} HTTP/1.1", f"A: b\r\n {CANARY}\r\n"),
    "a header with a NUL": get(f"GET {PATH} HTTP/1.1", f"A: {CANARY}\0\r\n"),
    "an address with a NUL": get(f"GET /{CANARY}\0 HTTP/1.1"),
    "an endless address": get(f"GET /{CANARY * 900} HTTP/1.1"),
    "an endless header": get(f"GET {PATH} HTTP/1.1", f"A: {CANARY * 9000}\r\n"),
    "a thousand headers": get(f"GET {PATH} HTTP/1.1", f"A: {CANARY}\r\n" * 1000),
    "another protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a proxy's line": f"PROXY TCP4 {CANARY} 1 1 1\r\n\r\n".encode(),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("home"), CDS_WORKERS="1") as started:
        started.wait_until_open()
        yield started
        assert CANARY not in started.said


def sent(port: int, raw: bytes) -> bytes:
    """Everything that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(raw)
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: _more(line), b""))


def _more(line: socket.socket) -> bytes:
    try:
        return line.recv(65536)
    except ConnectionResetError:  # it closed before it had read everything
        return b""


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_sound_http_is_refused_without_a_quote(home: House, name: str) -> None:
    answer = sent(home.port, HOSTILE[name])
    assert not answer or answer.startswith(b"HTTP/1.1 4")
    assert b"HTTP/1.1 5" not in answer
    assert CANARY.encode() not in answer
    assert b"<html" not in answer
    assert CANARY not in home.said


def test_what_is_no_http_is_told_as_an_outcome_and_in_one_line(home: House) -> None:
    answer = sent(home.port, get(f"{CANARY} {PATH} HTTP/1.1"))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request")
    assert b"Content-Type: application/json" in head
    assert json.loads(body)["resourceType"] == "OperationOutcome"
    assert "not sound HTTP: InvalidRequestMethod" in home.said


def test_the_server_goes_on_afterwards(home: House) -> None:
    assert home.ask("POST", PATH, charts()[0].text)[0] in (200, 412)
