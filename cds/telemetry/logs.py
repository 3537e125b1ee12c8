"""Log lines: JSON for machines, words on a terminal, and never what an exception says."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import Any

import orjson

from cds.problems import fault
from cds.telemetry import tracing
from cds.telemetry.trail import request_id

OURS = ("cds", "workers")


class JsonLines(logging.Formatter):
    """One JSON object a line; `extra={"told": {...}}` adds members."""

    def format(self, record: logging.LogRecord) -> str:
        return orjson.dumps(members(record), default=str).decode()


class Words(logging.Formatter):
    """The same for people."""

    def format(self, record: logging.LogRecord) -> str:
        found = members(record)
        at = datetime.fromisoformat(found.pop("time")).astimezone()
        head = [f"{at:%H:%M:%S}", *(str(found.pop(name)) for name in ("logger", "message"))]
        if found.pop("level") != "info":
            head.insert(1, record.levelname)
        return " ".join([*head, *(f"{name}={value}" for name, value in found.items())])


def members(record: logging.LogRecord) -> dict[str, Any]:
    """What a line tells, and whose request it belongs to."""
    ids = {"request_id": request_id(), "trace_id": tracing.traceparent()[3:35]}
    return {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": said(record),
        **getattr(record, "told", {}),
        **{name: value for name, value in ids.items() if value},
    }


def said(record: logging.LogRecord) -> str:
    """The message; of one with an exception only what cannot quote a chart.

    That is the text without its arguments, the type of the exception, and where it was raised.
    """
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return record.getMessage()
    text = record.msg if isinstance(record.msg, str) else "unexpected"
    return f"{text.partition('%')[0].strip()}: {fault(error)}"


def configure() -> None:
    """Write what this process logs to standard error: ours from info on, others' warnings."""
    handler = logging.StreamHandler()
    handler.setFormatter(Words() if sys.stderr.isatty() else JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
