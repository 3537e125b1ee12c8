"""One bounded HTTP exchange with a FHIR server: pooled connections, no redirects, no proxies."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import BaseHTTPResponse

from cds.fhir.server.access import Access

# What urllib3 writes to its log are addresses, and patients' ids are in them.
logging.getLogger("urllib3").setLevel(logging.CRITICAL + 1)

POOLS, CONNECTIONS = 32, 16  # servers we stay connected to, and how often to each
CHUNK = 64 * 1024
FHIR_JSON = "application/fhir+json"
FORM = "application/x-www-form-urlencoded"


class Late(Exception):
    """The time was up before the server had answered."""


class Failed(Exception):
    """The server gave nothing that can be used; `code` is FHIR's issue type."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass
class Wire:
    """What one key is read over: until when, how much, and how to cut it off."""

    until: float
    bytes_left: int
    _sock: list[object] = field(default_factory=list)

    def take(self, sock: object) -> None:
        self._sock[:] = [sock]

    def drop(self) -> None:
        self._sock.clear()

    def cut(self) -> None:
        """Wake a reader whose server sends too slowly to ever run into a timeout."""
        for sock in [*self._sock]:
            with suppress(OSError):
                sock.shutdown(2)  # type: ignore[attr-defined]


_current = threading.local()


class _Watched(HTTPConnection):
    """A connection that hands its socket to the wire of the thread that uses it."""

    def getresponse(self):  # type: ignore[no-untyped-def]
        _current.wire.take(self.sock)
        return super().getresponse()
