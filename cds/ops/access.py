"""One line, one count and one span for each request, under an id that its answer carries too."""

from __future__ import annotations

import logging
from http import HTTPStatus
from time import monotonic

from flask import Flask, Response, g, request

from cds.ops.routes import LIVE, METRICS, READY
from cds.telemetry import tracing
from cds.telemetry.metrics import HTTP
from cds.telemetry.trail import PARENT, begin, request_id

logger = logging.getLogger(__name__)

HEADER = "X-Request-Id"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Asked every few seconds by machines: a line only when the answer is no.
PROBES = frozenset({LIVE, READY, METRICS})


def install(app: Flask) -> None:
    """Before everything else that looks at requests, so that it sees all of them."""
    app.before_request(arrive)
    app.after_request(leave)
    app.teardown_request(forget)


def arrive() -> None:
    """Give the request its id and its span."""
    g.arrived = monotonic()
    begin(request.headers.get(HEADER))
    g.span = tracing.span(f"{method()} {route()}", "server", request.headers.get(PARENT))
    g.span.__enter__()


def leave(response: Response) -> Response:
    """Tell of the answer, in words of ours: a path, a method or a header may hold anything."""
    milliseconds = (monotonic() - g.arrived) * 1000
    what, where, status = method(), route(), response.status_code
    HTTP.labels(what, where, status).inc()
    who = {name: g.get(name) for name in ("answered_by", "client") if g.get(name)}
    if where not in PROBES or status >= HTTPStatus.BAD_REQUEST:
        told = {"method": what, "route": where, "status": status, "ms": round(milliseconds, 1)}
        logger.info("request", extra={"told": {**told, **who}})
    tracing.tell(http__request__method=what, http__route=where, http__response__status_code=status)
    tracing.tell(**{f"careladder__{name}": value for name, value in who.items()})
    response.headers[HEADER] = request_id()
    return response


def forget(_: BaseException | None) -> None:
    """The span ends with the request."""
    if "span" in g:
        g.pop("span").__exit__(None, None, None)


def method() -> str:
    """The method, if it is one."""
    return request.method if request.method in METHODS else "other"


def route() -> str:
    """The template that was matched, never the path."""
    return request.url_rule.rule if request.url_rule else "unknown"
