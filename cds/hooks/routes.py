"""The CDS Hooks endpoints: discovery, a hook call, and feedback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from time import monotonic
from typing import Any, Protocol, cast

import orjson
from flask import Blueprint, Response, g, request

from cds.answer import Call, Reply
from cds.catalogue import Service
from cds.errors import BadHookRequest, UnknownService
from cds.fhir.client import Fetcher
from cds.hooks.attributes import source_attributes
from cds.hooks.body import parse, receive, too_deep
from cds.hooks.gate import FEEDBACK, HOOKS, Gate
from cds.hooks.rate import Rate
from cds.hooks.responses import json_response
from cds.hooks.trust import Authenticator, Caller
from cds.request import HookRequest
from cds.settings import Settings
from cds.shelf import Knowledge
from cds.store.evidence import Kept
from cds.store.report import Report, Scope
from cds.telemetry.tracing import span
from cds.telemetry.trail import trail

Clock = Callable[[], datetime]
TOO_DEEP = "The request nests deeper than can be read."


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
    """What a call passes: who calls, how often, what was not sent, who answers, what is kept."""

    authenticator: Authenticator
    rate: Rate
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
        self._hook_gate, self._feedback_gate = Gate(HOOKS), Gate(FEEDBACK)
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
        self._parts.rate.admit(caller.name)
        body = receive(request)
        with self._hook_gate.turn() as waited:
            return self._answer(caller, service, body, started, waited)

    def _answer(
        self, caller: Caller, service: Service, body: bytes, started: float, waited: float
    ) -> Response:
        """The cards. The time in line is not taken off the budget, but it is told."""
        document = parse(body)
        hook_request = HookRequest.parse(service, document)
        as_of = self._as_of(hook_request)
        due = started + waited + self._settings.budget_ms / 1000
        document = cast("dict[str, Any]", document)  # HookRequest.parse refused anything else
        with span("fetch"):
            whole = self._parts.fetcher.complete(document, hook_request, service, caller, due)
        body = body if whole is document else written(whole)
        with span("evaluate"):
            reply, who = self._reply(Call(service.id, as_of, body, trail()), due)
        g.answered_by = who
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
        self._parts.rate.admit(caller.name)
        document = parse(receive(request))
        with self._feedback_gate.turn():
            self._parts.journal.feedback(caller, service.id, document)
        return Response(status=HTTPStatus.OK)

    def _service(self, service_id: str) -> Service:
        if service_id not in self._services:
            raise UnknownService
        return self._services[service_id]

    def _caller(self) -> Caller:
        """Who calls the public address of this request; raises Unauthenticated."""
        caller = self._parts.authenticator.caller(request, self._settings.base_url + request.path)
        g.client = caller.name
        return caller

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
                raise BadHookRequest("$", TOO_DEEP) from None
            raise


def written(document: dict[str, Any]) -> bytes:
    """A request that was completed, as a body; JSON can be read to a greater depth than written."""
    try:
        return orjson.dumps(document)
    except orjson.JSONEncodeError:
        raise BadHookRequest("$", TOO_DEEP) from None


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
