"""One bounded HTTP exchange with a FHIR server: pooled connections, no redirects, no proxies."""

from __future__ import annotations

import logging
import socket
import threading
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from time import monotonic

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.exceptions import TimeoutError as HTTPTimeout
from urllib3.response import BaseHTTPResponse, HTTPResponse

from cds.fhir.server.access import Access

# What urllib3 writes to its log are addresses, and patients' ids are in them.
logging.getLogger("urllib3").setLevel(logging.CRITICAL + 1)

SERVERS, CONNECTIONS = 32, 16  # servers we stay connected to, and how often to each
CHUNK = 64 * 1024  # bytes
OK = HTTPStatus.OK
FORM = "application/x-www-form-urlencoded"


class Late(Exception):
    """The time was up before the server had answered."""


class Failed(Exception):
    """The server gave nothing that can be used; `code` is an issue type of FHIR."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass
class Line:
    """What one key is read over: until when (monotonic seconds) and how many bytes more."""

    until: float
    bytes_left: int
    _sock: socket.socket | None = field(default=None, repr=False)

    def left(self) -> float:
        """Seconds until the time is up; raises Late when it is."""
        if (left := self.until - monotonic()) <= 0:
            raise Late
        return left

    def hold(self, sock: socket.socket | None) -> None:
        """Remember the socket in use, or that none is."""
        self._sock = sock

    def cut(self) -> None:
        """Wake a reader whose server trickles too steadily for any timeout to end it."""
        with suppress(OSError):
            if sock := self._sock:
                sock.shutdown(socket.SHUT_RDWR)


_used = threading.local()


class _Http(HTTPConnection):
    """A connection that gives its socket to the line of the thread that waits for an answer."""

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        _used.line.hold(self.sock)
        return super().getresponse()


class _Https(_Http, HTTPSConnection):
    """The same, encrypted."""


class _HttpPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _Https


class Exchange:
    """Asks servers; safe to share between threads."""

    def __init__(self) -> None:
        self._pools = urllib3.PoolManager(SERVERS, maxsize=CONNECTIONS)
        self._pools.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}

    def ask(
        self, access: Access, line: Line, target: str, form: str | None = None
    ) -> tuple[int, bytes]:
        """Status of a GET, or of a POST of a form, and the body of a 200; raises Late and Failed.

        `target` is path and query under the base: no link leads a token to another server.
        """
        _used.line = line
        try:
            with closing(self._send(access, line, target, form)) as response:
                return response.status, _body(response, line) if response.status == OK else b""
        # Without the causes: their messages hold addresses.
        except (HTTPError, OSError, ValueError) as error:
            # urllib3 counts a refused connection among its timeouts.
            if isinstance(error, HTTPTimeout) and not isinstance(error, NewConnectionError):
                raise Late from None
            raise Failed("transient", "the server could not be read") from None
        finally:
            line.hold(None)

    def _send(self, access: Access, line: Line, target: str, form: str | None) -> BaseHTTPResponse:
        base = access.base
        headers = {
            "Accept": "application/fhir+json",
            "Accept-Encoding": "gzip",
            "Authorization": f"Bearer {access.token}",
            "User-Agent": "careladder",
        }
        pool = self._pools.connection_from_host(base.host.strip("[]"), base.port, base.scheme)
        return pool.urlopen(
            "GET" if form is None else "POST",
            target,
            body=form,
            headers=headers if form is None else {**headers, "Content-Type": FORM},
            timeout=urllib3.Timeout(total=line.left()),
            redirect=False,
            retries=False,
            preload_content=False,
        )


def _body(response: BaseHTTPResponse, line: Line) -> bytes:
    """The unpacked body, read piece by piece so that neither time nor size runs away."""
    pieces = []
    while piece := response.read1(CHUNK):
        line.bytes_left -= len(piece)
        if line.bytes_left < 0:
            raise Failed("too-costly", "the answer is too large")
        line.left()
        pieces.append(piece)
    response.release_conn()
    return b"".join(pieces)
