"""Errors as the caller sees them: one table from error to HTTP status and OperationOutcome."""

from __future__ import annotations

import traceback
from http import HTTPStatus
from typing import Any

from cds.errors import (
    BadHookRequest,
    DataNotDelivered,
    HookError,
    StoreUnavailable,
    TooManyCalls,
    Unauthenticated,
    UnknownService,
)

STATUS: dict[type[HookError], int] = {
    BadHookRequest: 400,
    Unauthenticated: 401,
    UnknownService: 404,
    DataNotDelivered: 412,
    TooManyCalls: 429,
    StoreUnavailable: 503,
}

# HTTP status -> FHIR issue type (http://hl7.org/fhir/R4/valueset-issue-type.html) and a text
# for the errors that carry none of their own.
ISSUES: dict[int, tuple[str, str]] = {
    400: ("invalid", "The request cannot be read."),
    401: ("login", "This service answers registered clients only."),
    404: ("not-found", "Nothing is served here; GET /cds-services lists the services."),
    405: ("not-supported", "This method is not served here."),
    412: ("incomplete", "Required data was not delivered."),
    413: ("too-long", "The request is larger than this service reads."),
    415: ("not-supported", "The request must be JSON, not compressed: application/json."),
    429: ("throttled", "Too many requests; try again later."),
    503: ("transient", "Not possible now; try again later."),
}
CLIENT_ERRORS = range(400, 500)
FAULT = ("exception", "A fault of this service; it has been logged.")


def problem(error: BaseException, fault_id: str = "") -> tuple[int, dict[str, Any]]:
    """HTTP status and OperationOutcome for one of our errors or an HTTP exception (`.code`).

    Anything else is a fault of ours: 500, and nothing of the error is told but the `fault_id`
    under which it is logged.
    """
    if isinstance(error, HookError):
        status = STATUS[type(error)]
        return status, outcome(ISSUES[status][0], error.message, error.paths)
    status = http_status(error)
    if status not in CLIENT_ERRORS:
        kind, says = FAULT
        return status, outcome(kind, f"{says} Its id: {fault_id}" if fault_id else says)
    return status, outcome(*ISSUES.get(status, ISSUES[HTTPStatus.BAD_REQUEST]))


def http_status(error: BaseException) -> int:
    """The 4xx an HTTP exception asks for; 500 for everything else."""
    code = getattr(error, "code", None)
    if isinstance(code, int) and code in CLIENT_ERRORS:
        return code
    return HTTPStatus.INTERNAL_SERVER_ERROR


def outcome(code: str, diagnostics: str, expression: tuple[str, ...] = ()) -> dict[str, Any]:
    """An OperationOutcome of one issue; `expression` holds JSON paths into the request."""
    issue: dict[str, Any] = {"severity": "error", "code": code, "diagnostics": diagnostics}
    if expression:
        issue["expression"] = list(expression)
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def fault(error: BaseException) -> str:
    """An unexpected error for a log line: its type, and where it was raised.

    The message is left out on purpose: it may quote the chart.
    """
    place = "unknown place"
    for frame, line in traceback.walk_tb(error.__traceback__):
        module = frame.f_globals.get("__name__", "unknown module")
        place = f"{module}.{frame.f_code.co_name}:{line}"
    return f"{type(error).__name__} in {place}"
