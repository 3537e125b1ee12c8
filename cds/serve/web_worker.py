"""Gunicorn's threads; what is no sound HTTP is refused in our words, and none of it is told.

Gunicorn itself quotes the line it cannot read, in its answer and in its log. After a wrong
Content-Length that line is the rest of a body, and so a piece of a chart.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from http import HTTPStatus
from socket import socket
from typing import Any
from uuid import uuid4

import orjson
from gunicorn.http.errors import (  # type: ignore[import-untyped]
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    ParseException,
)
from gunicorn.util import write_nonblock  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]
from werkzeug.exceptions import BadRequest

from cds.problems import fault, problem

logger = logging.getLogger(__name__)

HEAD = (
    "HTTP/1.1 {status} {phrase}\r\nConnection: close\r\nContent-Type: application/json\r\n"
    "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nContent-Length: {length}\r\n\r\n"
)
OUR_HEADERS = (InvalidResponseHeader, InvalidResponseHeaderName)


class WebWorker(ThreadWorker):  # type: ignore[misc]
    """A web process."""

    def handle_error(self, _req: object, client: socket, _addr: object, exc: Exception) -> None:
        """Answer what never became a request: 400, or 500 for a fault of ours."""
        status, body = told(exc)
        content = orjson.dumps(body)
        head = HEAD.format(status=status, phrase=HTTPStatus(status).phrase, length=len(content))
        with suppress(OSError):  # whoever sent it may be gone
            write_nonblock(client, head.encode() + content)


def told(exc: Exception) -> tuple[int, dict[str, Any]]:
    """Status and OperationOutcome, and one line in the log that quotes nothing."""
    if isinstance(exc, ParseException) and not isinstance(exc, OUR_HEADERS):
        logger.warning("not sound HTTP: %s", type(exc).__name__)
        return problem(BadRequest())
    name = uuid4().hex
    logger.error("fault %s: %s", name, fault(exc))
    return problem(exc, name)
