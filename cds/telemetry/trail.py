"""The ids that follow a call to the worker: its request id, and its place in a trace."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import uuid4

from cds.telemetry import tracing

REQUEST, PARENT = "request", "traceparent"
# Proxies make UUIDs, with dashes or without. Whatever else a header holds could be a name.
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    """The id of the request this thread works on; empty outside of one."""
    return _request_id.get()


def begin(offered: str | None) -> str:
    """The id of a request that begins now: the one it came with if that is a UUID, else a new one.

    It stands until the next request begins on this thread.
    """
    chosen = offered if offered and UUID.fullmatch(offered) else uuid4().hex
    _request_id.set(chosen)
    return chosen


def trail() -> dict[str, str]:
    """The ids of the work in hand, for whoever carries it on."""
    found = {REQUEST: request_id(), PARENT: tracing.traceparent()}
    return {name: value for name, value in found.items() if value}


@contextmanager
def carried_on(trail: Mapping[str, str], span: str) -> Iterator[None]:
    """Work on a call that another process began: its lines and its span carry its ids."""
    token = _request_id.set(trail.get(REQUEST, ""))
    try:
        with tracing.span(span, parent=trail.get(PARENT)):
            yield
    finally:
        _request_id.reset(token)
