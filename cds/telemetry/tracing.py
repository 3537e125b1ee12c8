"""Spans across web server and worker. Off, and nothing imported, until OTEL_ variables ask for it.

Spans hold codes and times. Nothing here takes an exception's message, an address or a header that
could hold anything of a chart.
"""

from __future__ import annotations

import logging
import os
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal, Protocol

logger = logging.getLogger(__name__)

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
Kind = Literal["server", "internal", "consumer"]


class Tracer(Protocol):
    """Whoever makes spans."""

    def span(self, name: str, kind: Kind, parent: str | None) -> AbstractContextManager[Any]: ...

    def tell(self, attributes: dict[str, str | int]) -> None: ...

    def traceparent(self) -> str: ...


_tracer: Tracer | None = None


def use(tracer: Tracer | None) -> None:
    """Make spans with `tracer` from now on; with None no longer."""
    global _tracer  # noqa: PLW0603  a process has one, as it has one log
    _tracer = tracer


def start(role: str) -> None:
    """Send spans of this process, a `web` or a `worker`, to where OTEL_ variables say, if they do.

    Without the libraries a line says so and the service runs: a trace is never worth an answer.
    """
    if not wanted():
        return
    try:
        from cds.telemetry.otel import exporting  # noqa: PLC0415  an extra, and slow
    except ModuleNotFoundError:
        logger.warning("no traces: install careladder[tracing]")
        return
    use(exporting(role))


def wanted() -> bool:
    """Whether the environment names a place for traces and does not forbid them."""
    off = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    none = os.environ.get("OTEL_TRACES_EXPORTER", "otlp") == "none"
    return any(os.environ.get(name) for name in ENDPOINTS) and not (off or none)


def span(
    name: str, kind: Kind = "internal", parent: str | None = None
) -> AbstractContextManager[Any]:
    """A span around a block; `parent` is the traceparent of one in another process."""
    return nullcontext() if _tracer is None else _tracer.span(name, kind, parent)


def tell(**attributes: str | int) -> None:
    """Note codes and numbers on the span in hand, `http__route` as `http.route`."""
    if _tracer is not None:
        _tracer.tell({name.replace("__", "."): value for name, value in attributes.items()})


def traceparent() -> str:
    """The span in hand as W3C Trace Context writes it; empty when there is none."""
    return "" if _tracer is None else _tracer.traceparent()
