"""A FHIR server that does as a test tells it: on a real socket, answering from a thread."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Json = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """One call as it arrived: `kind` is the first part of the path, `form` wherever it stood."""

    method: str
    path: str
    kind: str
    query: str
    form: dict[str, list[str]]
    headers: dict[str, str]


@dataclass(frozen=True)
class Told:
    """What is sent back."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


Behaviour = Callable[[Asked], Told]


def page(*resources: Json, following: str | None = None, **members: Any) -> Json:
    """A searchset, with a next link when something follows."""
    bundle: Json = {"resourceType": "Bundle", "type": "searchset"}
    if resources:
        bundle["entry"] = [{"resource": one, "search": {"mode": "match"}} for one in resources]
    if following:
        bundle["link"] = [{"relation": "next", "url": following}]
    return bundle | members


def told(document: object, status: int = 200, **headers: str) -> Told:
    body = json.dumps(document).encode()
    return Told(status, body, {"Content-Type": "application/fhir+json", **headers})


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_args: object) -> None:
        """A reader that hangs up is what many of these tests are about."""


class FakeFhir:
    """Serves the resources it holds under /fhir, except where a type has a behaviour of its own."""

    def __init__(self, encrypted: ssl.SSLContext | None = None) -> None:
        self.held: list[Json] = []
        self.behaviours: dict[str, Behaviour] = {}
        self.calls: list[Asked] = []
        self.released = threading.Event()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_address[1]
        scheme = "http"
        if encrypted:
            listening = self._server.socket
            self._server.socket = encrypted.wrap_socket(listening, server_side=True)
            scheme = "https"
        self.origin = f"{scheme}://127.0.0.1:{self.port}"
        self.base = f"{self.origin}/fhir"

    def kinds_asked(self) -> list[str]:
        return sorted(asked.kind for asked in self.calls)

    def hang(self, _asked: Asked) -> Told:
        """Says nothing until the test is over."""
        self.released.wait(30)
        return Told(503)

    def answer(self, asked: Asked) -> Told:
        with self._lock:
            self.calls.append(asked)
        return self.behaviours.get(asked.kind, self.normal)(asked)

    def normal(self, asked: Asked) -> Told:
        """As a FHIR server would."""
        kind = asked.kind
        if asked.path.endswith(f"/{kind}/_search") or asked.path.endswith(f"/{kind}"):
            wanted = f"Patient/{asked.form['patient'][0]}"
            held = (one for one in self.held if one["resourceType"] == kind)
            return told(page(*(one for one in held if one["subject"]["reference"] == wanted)))
        name = asked.path.removeprefix("/fhir/")
        for one in self.held:
            if name == f"{one['resourceType']}/{one['id']}":
                return told(one)
        return told({"resourceType": "OperationOutcome", "issue": []}, 404)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer(urlsplit(self.path).query)

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

            def _answer(self, form: str) -> None:
                parts = urlsplit(self.path)
                kind = parts.path.removeprefix("/fhir").strip("/").split("/")[0]
                asked = Asked(
                    *(self.command, parts.path, kind, parts.query, parse_qs(form)),
                    dict(self.headers),
                )
                self._send(fake.answer(asked))

            def _send(self, reply: Told) -> None:
                try:
                    self.send_response(reply.status)
                    for name, value in reply.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(reply.body)))
                    self.end_headers()
                    self.wfile.write(reply.body)
                except OSError:
                    self.close_connection = True  # the reader has gone, as it may

            def log_message(self, *_args: object) -> None:
                pass

        return Handler

    @contextmanager
    def running(self) -> Iterator["FakeFhir"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield self
        finally:
            self.released.set()
            self._server.shutdown()
            thread.join()
            self._server.server_close()
