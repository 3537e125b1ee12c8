"""The endpoints as the service guards them, a client that signs, and a server with its keys."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import jwt
from flask import Flask, Response, request
from werkzeug.test import TestResponse

from cds.clients import Client
from cds.clients.keygen import MAKE
from cds.clients.sign import PrivateKey, algorithm, public_jwk, public_members, thumbprint
from cds.errors import DataNotDelivered
from cds.hooks.cors import Cors
from cds.hooks.responses import answer_error, json_response
from cds.hooks.seen import LocalSeen, SeenTokens
from cds.hooks.trust import Authenticator, Caller
from cds.settings import Settings

# Behind a proxy: what callers see is not where Flask thinks it is.
BASE_URL = "https://careladder.example/behind-a-proxy"
DISCOVERY = "/cds-services"
SERVICE = "/cds-services/level-of-care-patient-view"
FEEDBACK = f"{SERVICE}/feedback"
ATTRIBUTES = f"{SERVICE}/source-attributes"
ISS = "https://ehr.example/cds"
NOW = datetime(2024, 2, 29, 12, tzinfo=timezone(timedelta(hours=-6)))
SECONDS = int(NOW.timestamp())


def new_key(alg: str) -> PrivateKey:
    return MAKE[alg]()


def encoded(content: str | bytes) -> str:
    """A part of a token."""
    raw = content.encode() if isinstance(content, str) else content
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class SigningClient:
    """Makes tokens; whatever a test names is put in place of what is right, None takes it out."""

    key: Any
    header: dict[str, Any] = field(default_factory=dict)

    def token(
        self, path: str = SERVICE, header: dict[str, Any] | None = None, **claims: Any
    ) -> str:
        right = {
            "iss": ISS,
            "aud": BASE_URL + path,
            "iat": SECONDS,
            "exp": SECONDS + 300,
            "jti": uuid4().hex,
        }
        named = {"kid": thumbprint(public_members(self.key.public_key()))}
        named |= self.header | (header or {})
        alg = named.pop("alg", algorithm(self.key))
        chosen = {name: value for name, value in (right | claims).items() if value is not None}
        return jwt.api_jws.encode(json.dumps(chosen).encode(), self.key, alg, headers=named)


class Gate:
    """An application of the guarded endpoints; it remembers who called."""

    def __init__(
        self, settings: Settings, clients: list[Client], seen: SeenTokens | None = None
    ) -> None:
        self.now = NOW
        self.callers: list[Caller] = []
        self.error: Exception | None = None
        self._settings = settings
        self._authenticator = Authenticator(
            settings, clients, seen or LocalSeen(), lambda: self.now
        )
        app = Flask("gate", static_folder=None)
        for number, (path, method) in enumerate(
            [(DISCOVERY, "GET"), (SERVICE, "POST"), (FEEDBACK, "POST"), (ATTRIBUTES, "GET")]
        ):
            app.add_url_rule(path, str(number), self._view, methods=[method])
        app.register_error_handler(Exception, answer_error)
        Cors(settings, clients).install(app)
        self.client = app.test_client()

    def _view(self) -> Response:
        url = self._settings.base_url + request.path
        self.callers.append(self._authenticator.caller(request, url))
        if self.error is not None:
            raise self.error
        return json_response(200, b"{}")

    def call(
        self, token: str | None = None, path: str = SERVICE, method: str | None = None, **more: str
    ) -> TestResponse:
        headers = {name.replace("_", "-"): value for name, value in more.items()}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        chosen = method or ("GET" if path in (DISCOVERY, ATTRIBUTES) else "POST")
        return self.client.open(path, method=chosen, headers=headers)

    def status(self, token: str | None, path: str = SERVICE) -> int:
        return self.call(token, path).status_code

    def lets_in(self, token: str | None, path: str = SERVICE) -> bool:
        status = self.status(token, path)
        assert status in (200, 401)
        return status == 200

    def fails_later(self) -> None:
        self.error = DataNotDelivered(["observations"])


@dataclass
class JwksServer:
    """What an EHR publishes, and how often it was asked."""

    url: str
    document: Any = None
    status: int = 200
    asked: list[str] = field(default_factory=list)

    def publish(self, *keys: PrivateKey) -> None:
        self.document = {"keys": [public_jwk(key) for key in keys]}


@contextmanager
def serving() -> Iterator[JwksServer]:
    """A real server on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.path)
            body = json.dumps(state.document).encode()
            self.send_response(state.status)
            self.send_header("Location", f"{state.url}/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state = JwksServer(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
