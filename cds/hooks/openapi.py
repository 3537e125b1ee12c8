"""GET /openapi.json: every route for programs with its requests, answers and errors, OpenAPI 3.1.

Where callers must be known, they must be known here too: the description lists the services, and
discovery, which does no more, is not for strangers either.
"""

from __future__ import annotations

from http import HTTPStatus
from importlib.metadata import version
from typing import Any

import orjson
from flask import Response, request

from cds.catalogue import Service
from cds.hooks import request_schemas, schemas
from cds.hooks.operations import JSON, answered, body, get, openly, refused, responses
from cds.hooks.responses import json_response
from cds.hooks.schemas import ref
from cds.hooks.trust import Authenticator
from cds.problems import ISSUES
from cds.settings import Settings
from cds.shelf import Knowledge

DESCRIPTION = """\
CDS Hooks 2.0.1: which level of psychiatric care a chart supports. Supports a clinician's decision \
and does not make it. Every error is an OperationOutcome that names JSON paths, never a value of \
the request; another method than those described is answered 405."""
SCHEME, OPERATOR = "token", "operator"  # a client's, signed anew for each call; CDS_METRICS_TOKEN
STATUS = {"enum": ["ready", "degraded", "unavailable"]}
TOKEN = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
TIMING = {
    "Server-Timing": {
        "description": "Who answered, and in how many milliseconds.",
        "required": True,
        "schema": {"type": "string", "pattern": r'^answer;desc="(worker|web)";dur=\d+\.\d$'},
    }
}
BODY = (400, 413, 415)  # what a body that is sent can be refused with


class Description:
    """The view and the document, made once."""

    def __init__(
        self,
        settings: Settings,
        services: dict[str, Service],
        knowledge: Knowledge,
        authenticator: Authenticator,
    ) -> None:
        self._base_url = settings.base_url
        self._authenticator = authenticator
        self._body = orjson.dumps(document(settings, services, knowledge))

    def view(self) -> Response:
        """GET /openapi.json."""
        self._authenticator.caller(request, self._base_url + request.path)
        return json_response(HTTPStatus.OK, self._body)


def document(
    settings: Settings, services: dict[str, Service], knowledge: Knowledge
) -> dict[str, Any]:
    """The whole description."""
    guarded = settings.auth == "required"
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Careladder",
            "version": version("careladder"),
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": settings.base_url}],
        "security": [{SCHEME: []}] if guarded else [],
        "paths": hook_paths(services) | shared_paths(services) | open_paths(),
        "components": {
            "schemas": schemas.answer_schemas(knowledge) | request_schemas.fhir_schemas(),
            "responses": {str(status): refused(status) for status in (*ISSUES, 500)},
            "securitySchemes": {SCHEME: TOKEN, OPERATOR: {"type": "http", "scheme": "bearer"}},
        },
    }


def hook_paths(services: dict[str, Service]) -> dict[str, Any]:
    """One path a service, since each takes the request of its own hook."""
    return {
        f"/cds-services/{service.id}": {
            "post": {
                "operationId": service.id,
                "summary": service.title,
                "description": service.description,
                "requestBody": body(request_schemas.hook_request(service)),
                "responses": responses(
                    answered("The cards, and the assessment in codes.", ref("Response"), TIMING),
                    *(*BODY, 401, 412, 429, 500),
                ),
            }
        }
        for service in services.values()
    }


def shared_paths(services: dict[str, Service]) -> dict[str, Any]:
    """What is the same for every service."""
    of_service = {
        "name": "service",
        "in": "path",
        "required": True,
        "schema": {"enum": [*services]},
    }
    thanked = {"description": "Kept; the body is empty."}
    return {
        "/cds-services": {
            "get": get("discovery", "The services.", schemas.discovery(services)),
        },
        "/cds-services/{service}/feedback": {
            "parameters": [of_service],
            "post": {
                "operationId": "feedback",
                "summary": "What became of cards; all of it is kept or nothing.",
                "requestBody": body(request_schemas.feedback()),
                "responses": responses(thanked, *BODY, 401, 404, 429, 500, 503),
            },
        },
        "/cds-services/{service}/source-attributes": {
            "parameters": [of_service],
            "get": get(
                "source-attributes",
                "What the law wants shown of the source.",
                schemas.source_attributes(services),
                404,
            ),
        },
        "/openapi.json": {"get": get("openapi", "This description.", {"type": "object"})},
    }


def open_paths() -> dict[str, Any]:
    """What needs no token: there is nothing of a patient or of a site in it."""
    alive = schemas.closed({"status": {"const": "ok"}})
    parts = schemas.closed({"status": STATUS, "parts": {"type": "object"}})
    ready = openly("ready", "Whether calls can be sent here, and each part.", JSON, parts)
    ready["responses"]["503"] = {
        "description": "No call can be answered here.",
        "content": ready["responses"]["200"]["content"],
    }
    counts = openly("metrics", "Counts for Prometheus.", "text/plain")
    counts["security"] = [{OPERATOR: []}, {}]
    counts["responses"]["401"] = {"$ref": "#/components/responses/401"}
    return {
        "/health/live": {"get": openly("live", "The process answers.", JSON, alive)},
        "/health/ready": {"get": ready},
        "/metrics": {"get": counts},
    }
