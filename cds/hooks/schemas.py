"""JSON Schemas of answers and errors, taken from the models and tables that make them."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from pydantic_core import core_schema

from cds.cards.models import Response
from cds.catalogue import Service
from cds.problems import FAULT, ISSUES
from cds.shelf import Knowledge
from cds.store.told import (
    LONGEST_WORD,
)

Schema = dict[str, Any]
COMPONENTS = "#/components/schemas/"
TEXT: Schema = {"type": "string", "pattern": r"\S"}
WORD: Schema = {"type": "string", "pattern": r"^[!-~]+$", "maxLength": LONGEST_WORD}
INSTANT: Schema = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^(19\d\d|20\d\d|21\d\d)-",
    "description": "An RFC 3339 instant with its zone, of the years 1900 to 2200.",
}


class OnTheWire(GenerateJsonSchema):
    """The models as they are sent: what has no value is left out, so nothing is ever null."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> Schema:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> Schema:
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def answer_schemas(knowledge: Knowledge) -> dict[str, Schema]:
    """`Response` and everything in it by name, with the levels of this shelf."""
    _, found = models_json_schema(
        [(Response, "serialization")],
        ref_template=COMPONENTS + "{model}",
        schema_generator=OnTheWire,
    )
    schemas: dict[str, Schema] = found["$defs"]
    levels = sorted({level.code for level in knowledge.rules.levels})
    for member in ("level", "candidate"):
        schemas["AssessmentView"]["properties"][member] = {"enum": levels}
    return schemas


def outcome(status: int) -> Schema:
    """The OperationOutcome of an error; `expression` holds JSON paths into the request."""
    code = ISSUES[status][0] if status in ISSUES else FAULT[0]
    paths = {"type": "array", "items": {"type": "string"}, "minItems": 1}
    issue = closed(
        {
            "severity": {"const": "error"},
            "code": {"const": code},
            "diagnostics": TEXT,
            "expression": paths,
        },
        optional=["expression"],
    )
    return closed(
        {
            "resourceType": {"const": "OperationOutcome"},
            "issue": {"type": "array", "items": issue, "minItems": 1, "maxItems": 1},
        }
    )


def discovery(services: dict[str, Service]) -> Schema:
    """The catalogue."""
    texts = dict.fromkeys(("title", "description", "version", "usageRequirements"), TEXT)
    service = closed(
        {
            "id": {"enum": [*services]},
            "hook": {"enum": [one.hook for one in services.values()]},
            **texts,
            "prefetch": {"type": "object", "additionalProperties": TEXT},
        }
    )
    return closed({"services": {"type": "array", "items": service}})


def source_attributes(services: dict[str, Service]) -> Schema:
    """What the law wants shown."""
    texts = dict.fromkeys(("rule", "nature", "review", "use", "misuse"), TEXT)
    attribute = closed(
        {"id": TEXT, "title": TEXT, "value": TEXT, "used": {"type": "boolean"}}, optional=["used"]
    )
    return closed(
        {
            "service": {"enum": [*services]},
            **texts,
            "knowledge": ref("KnowledgeView"),
            "attributes": {"type": "array", "items": attribute, "minItems": 1},
        }
    )


def ref(name: str) -> Schema:
    """A component by name."""
    return {"$ref": COMPONENTS + name}


def some(items: Schema, most: int) -> Schema:
    """A list of at least one."""
    return {"type": "array", "items": items, "minItems": 1, "maxItems": most}


def obj(members: dict[str, Schema], required: list[str] | None = None) -> Schema:
    """An object that may have more members than these."""
    found: Schema = {"type": "object", "properties": members}
    return found | {"required": required} if required else found


def closed(members: dict[str, Schema], optional: list[str] | None = None) -> Schema:
    """An object of ours: these members and no others."""
    required = [name for name in members if name not in (optional or ())]
    return obj(members, required) | {"additionalProperties": False}
