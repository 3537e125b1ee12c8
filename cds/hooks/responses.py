"""What leaves: JSON, errors as OperationOutcomes, and the headers every answer carries."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus
from uuid import uuid4

import orjson
from flask import Response
from werkzeug.exceptions import HTTPException

from cds.errors import HookError
from cds.problems import fault, problem
from cds.settings import Settings

logger = logging.getLogger(__name__)


def answer_error(error: Exception) -> Response:
    """Any error as an OperationOutcome; one of ours is logged, without a word of the chart."""
    name = uuid4().hex
    status, body = problem(error, name)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("fault %s: %s", name, fault(error))
    response = json_response(status, orjson.dumps(body))
    keep_protocol_headers(error, response)
    return response


def keep_protocol_headers(error: Exception, response: Response) -> None:
    """Allow (405) from the HTTP exception, Retry-After from ours; our body type stays."""
    headers = error.get_headers() if isinstance(error, HTTPException) else []
    if isinstance(error, HookError) and error.retry_after is not None:
        headers = [("Retry-After", str(error.retry_after))]
    for name, value in headers:
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    if response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        # The rest of the body is not read, so the connection cannot be used again.
        response.headers["Connection"] = "close"


def protection(settings: Settings) -> Callable[[Response], Response]:
    """Charts are in these answers: no cache keeps them, no browser guesses their type.

    Where the public address is https, browsers are told to use no other.
    """
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if settings.base_url.startswith("https:"):
        headers["Strict-Transport-Security"] = "max-age=31536000"

    def protect(response: Response) -> Response:
        response.headers.update(headers)
        return response

    return protect


def json_response(status: int, body: bytes) -> Response:
    """JSON that is already serialised."""
    return Response(body, status=status, content_type="application/json")
