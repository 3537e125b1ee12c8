"""Operations of an OpenAPI description: what is sent, what comes back, what may come instead."""

from __future__ import annotations

from cds.hooks import schemas
from cds.hooks.schemas import Schema
from cds.problems import FAULT, ISSUES

JSON = "application/json"
OWN = {
    401: {"WWW-Authenticate": {"schema": {"const": "Bearer"}, "required": True}},
    405: {"Allow": {"schema": {"type": "string"}, "required": True}},
    429: {"Retry-After": {"schema": {"type": "string"}, "required": True}},
    503: {"Retry-After": {"schema": {"type": "string"}, "required": True}},
}


def get(name: str, summary: str, schema: Schema, *statuses: int) -> Schema:
    """An operation that reads."""
    answer = answered(summary, schema)
    return {
        "operationId": name,
        "summary": summary,
        "responses": responses(answer, 401, *statuses, 500),
    }


def openly(name: str, summary: str, media: str, schema: Schema | None = None) -> Schema:
    """An operation that reads and needs no token."""
    content = {media: {"schema": schema or {"type": "string"}}}
    return {
        "operationId": name,
        "summary": summary,
        "security": [],
        "responses": {"200": {"description": summary, "content": content}},
    }


def body(schema: Schema) -> Schema:
    """A JSON body that must be there."""
    return {"required": True, "content": {JSON: {"schema": schema}}}


def responses(answer: Schema, *statuses: int) -> Schema:
    """The answer, and the errors there may be instead."""
    errors = {str(one): {"$ref": f"#/components/responses/{one}"} for one in sorted(statuses)}
    return {"200": answer} | errors


def answered(description: str, schema: Schema, headers: Schema | None = None) -> Schema:
    """A 200 with JSON."""
    found = {"description": description, "content": {JSON: {"schema": schema}}}
    return found | ({"headers": headers} if headers else {})


def refused(status: int) -> Schema:
    """An error with the OperationOutcome that goes with it."""
    words = ISSUES[status][1] if status in ISSUES else FAULT[1]
    return answered(words, schemas.outcome(status), OWN.get(status))
