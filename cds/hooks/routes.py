"""The CDS Hooks endpoints: discovery, a hook call, and what errors look like."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from time import monotonic
from typing import Any, Protocol, cast
from uuid import uuid4

import orjson
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from cds.answer import Call, Reply
from cds.catalogue import Service
from cds.errors import BadHookRequest, UnknownService
from cds.fhir.client import Fetcher
from cds.hooks.attributes import source_attributes
from cds.hooks.body import read_body, too_deep
from cds.hooks.trust import Authenticator, Caller
from cds.problems import fault, problem
from cds.request import HookRequest
from cds.settings import Settings
from cds.shelf import Knowledge
from cds.store.evidence import Kept
from cds.store.report import Report, Scope

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]


class Replies(Protocol):
    """Whoever answers a call and says who did: `worker` or `web`."""

    def reply(self, call: Call, due: float) -> tuple[Reply, str]: ...


class Keeps(Protocol):
    """Whoever records answers and what is told of them, finds what cards stood on, counts."""

    def keep(  # noqa: PLR0913, PLR0917  the record is of all of them
        self,
        caller: Caller,
        hook_request: HookRequest,
        service: Service,
        reply: Reply,
        who: str,
        milliseconds: float,
        as_of: datetime,
    ) -> Reply: ...

    def feedback(self, caller: Caller, service_id: str, document: object) -> None: ...

    def evidence(self, token: str) -> Kept | None: ...

    def report(self, scope: Scope) -> Report: ...


@dataclass(frozen=True)
class Parts:
    """What a call passes through: who calls, what was not sent, who answers, what is kept."""

    authenticator: Authenticator
    fetcher: Fetcher
    dispatcher: Replies
    journal: Keeps


class Hooks:
    """The views, with what they need."""

    def __init__(
        self,
        settings: Settings,
        services: dict[str, Service],
        knowledge: Knowledge,
        parts: Parts,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._knowledge = knowledge
        self._services = services
        self._parts = parts
        self._clock = clock
        described = [service.described(settings.base_url) for service in services.values()]
        self._discovery = orjson.dumps({"services": described})

    def discovery(self) -> Response:
        """GET /cds-services."""
        self._caller()
        return json_response(200, self._discovery)

    def attributes(self, service_id: str) -> Response:
        """GET /cds-services/<id>/source-attributes."""
        self._caller()
        attributes = source_attributes(self._service(service_id).id, self._knowledge)
        return json_response(200, orjson.dumps(attributes))

    def call(self, service_id: str) -> Response:
        """POST /cds-services/<id>: the cards, or an OperationOutcome."""
        started = monotonic()
        caller, service = self._caller(), self._service(service_id)
        body, document = read_body(request)
        hook_request = HookRequest.parse(service, document)
        as_of = self._as_of(hook_request)
        due = started + self._settings.budget_ms / 1000
        document = cast("dict[str, Any]", document)  # HookRequest.parse refused anything else
        whole = self._parts.fetcher.complete(document, hook_request, service, caller, due)
        body = body if whole is document else orjson.dumps(whole)
        reply, who = self._reply(Call(service=service.id, as_of=as_of, body=body), due)
        milliseconds = (monotonic() - started) * 1000
        kept = self._parts.journal.keep(
            caller, hook_request, service, reply, who, milliseconds, as_of
        )
        response = json_response(kept.status, kept.body)
        response.headers["Server-Timing"] = f'answer;desc="{who}";dur={milliseconds:.1f}'
        return response

    def feedback(self, service_id: str) -> Response:
        """POST /cds-services/<id>/feedback: kept durably before the 200, which says nothing."""
        caller, service = self._caller(), self._service(service_id)
        _, document = read_body(request)
        self._parts.journal.feedback(caller, service.id, document)
        return Response(status=HTTPStatus.OK)

    def _service(self, service_id: str) -> Service:
        if service_id not in self._services:
            raise UnknownService
        return self._services[service_id]

    def _caller(self) -> Caller:
        """Who calls the public address of this request; raises Unauthenticated."""
        return self._parts.authenticator.caller(request, self._settings.base_url + request.path)

    def _as_of(self, hook_request: HookRequest) -> datetime:
        """Now, or the instant the request asks for where that is allowed (else it is ignored)."""
        asked = hook_request.asked_instant() if self._settings.allow_as_of else None
        return asked or self._clock().astimezone(UTC)

    def _reply(self, call: Call, due: float) -> tuple[Reply, str]:
        """The dispatcher's reply; nesting no reader survives is the caller's fault, not ours."""
        try:
            return self._parts.dispatcher.reply(call, due)
        except RecursionError:
            if too_deep(call.body):
                message = "The request nests deeper than can be read."
                raise BadHookRequest("$", message) from None
            raise


def hooks_blueprint(hooks: Hooks) -> Blueprint:
    """The routes of CDS Hooks."""
    blueprint = Blueprint("hooks", __name__)
    blueprint.add_url_rule("/cds-services", view_func=hooks.discovery)
    blueprint.add_url_rule("/cds-services/<service_id>", view_func=hooks.call, methods=["POST"])
    blueprint.add_url_rule(
        "/cds-services/<service_id>/feedback", view_func=hooks.feedback, methods=["POST"]
    )
    blueprint.add_url_rule(
        "/cds-services/<service_id>/source-attributes", view_func=hooks.attributes
    )
    return blueprint


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
    """Allow (405) and Retry-After (429) from the HTTP exception; our body type stays."""
    headers = error.get_headers() if isinstance(error, HTTPException) else []
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
