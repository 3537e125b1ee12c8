"""Who calls: for each thing that is measured, a function that does it once."""

from __future__ import annotations

import gc
import http.client
import re
import socket
from collections import Counter
from collections.abc import Callable

import orjson
from charts import NOW
from redis import Redis

from cds.answer import Call, Reply, answer, assessed, warm
from cds.seal import Seal, new_secret
from cds.settings import Settings
from cds.shelf import load_knowledge

Once = Callable[[], None]
SERVICE = "level-of-care-patient-view"
TIMING = re.compile(r'desc="(\w+)"')


class Post:
    """POSTs one body to one address over a connection that stays open for a turn."""

    def __init__(self, port: int, path: str, body: bytes, seen: Counter[str] | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self._connection.connect()
        # Without it the kernel may hold a small body back until the header is acknowledged.
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._path, self._body, self._seen = path, body, seen

    def __call__(self) -> None:
        headers = {"Content-Type": "application/json"}
        self._connection.request("POST", self._path, self._body, headers)
        response = self._connection.getresponse()
        response.read()
        if response.status != http.HTTPStatus.OK:
            raise SystemExit(f"{self._path} answered {response.status}")
        if self._seen is not None:
            found = TIMING.search(response.getheader("Server-Timing", ""))
            self._seen[found[1] if found else "?"] += 1


class Ping:
    """Pushes one body to the other process and waits until it is pushed back."""

    def __init__(self, url: str, body: bytes) -> None:
        self._connection = Redis.from_url(url)
        self._body = body

    def __call__(self) -> None:
        self._connection.lpush("ping", self._body)
        self._connection.blpop(["pong"], timeout=10)


class Worker:
    """What a worker does with a call beside Valkey: unseal, answer, seal."""

    def __init__(self) -> None:
        self._settings = Settings()
        self._knowledge = load_knowledge()
        self._seal = Seal(new_secret())
        warm(self._knowledge, self._settings)
        # As a worker does once it is warm.
        gc.collect()
        gc.freeze()

    def assessing(self, body: bytes) -> Once:
        """From the bytes of a call to its assessment, without a card."""
        call = Call(SERVICE, NOW, body)

        def work() -> None:
            assessed(call, self._knowledge, self._settings)

        return work

    def answering(self, body: bytes) -> Once:
        """Findings, criteria and cards of a call that is at hand."""
        call = Call(SERVICE, NOW, body)
        return lambda: self._answer(call)

    def working(self, body: bytes) -> Once:
        """The same with the seals around it."""
        sealed = self._seal.close(Call(SERVICE, NOW, body).to_bytes())

        def work() -> None:
            reply = self._answer(Call.from_bytes(self._seal.open(sealed)))
            self._seal.close(reply.to_bytes())

        return work

    def _answer(self, call: Call) -> Reply:
        reply = answer(call, self._knowledge, self._settings)
        if reply.status != http.HTTPStatus.OK:
            raise SystemExit(f"the chart is answered {reply.status}")
        return reply


def parsing(body: bytes) -> Once:
    """The least that anything can do with a request."""

    def parse() -> None:
        orjson.loads(body)

    return parse
