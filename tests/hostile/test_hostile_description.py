"""Schemathesis reads the published description and asks what it allows, and what it does not."""

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hostile_watch import bound, client, hunt
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cds.catalogue import load_services
from cds.fhir.delivery import REQUIRED

Record = Callable[[str, object], None]
CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
CALLS = [f"/cds-services/{name}" for name in load_services()]
FEEDBACK = "/cds-services/{service}/feedback"
ATTRIBUTES = "/cds-services/{service}/source-attributes"
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


def operation(path: str, method: str) -> Any:
    return schemathesis.openapi.from_wsgi("/openapi.json", client().application)[path][method]


def asked(case: Case) -> int:
    with bound():
        response = case.call()
    case.validate_response(response, checks=CHECKS)
    return int(response.status_code)


def whole(case: Case) -> Case:
    """Every other call also says that of the required data there are none, so that it is heard."""
    body = case.body
    if isinstance(body, dict) and isinstance(body.get("prefetch"), dict | None):
        body["prefetch"] = dict.fromkeys(REQUIRED) | (body.get("prefetch") or {})
    return case


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("path", CALLS)
def test_hook_calls_keep_to_the_description(
    path: str, mode: GenerationMode, record_property: Record
) -> None:
    drawn = operation(path, "POST").as_strategy(mode)
    found = hunt(asked, drawn | drawn.map(whole), "described")
    assert found.get("200" if mode is GenerationMode.POSITIVE else "400")
    record_property("hostile", found)


@pytest.mark.parametrize("mode", MODES)
def test_feedback_keeps_to_the_description(mode: GenerationMode, record_property: Record) -> None:
    found = hunt(asked, operation(FEEDBACK, "POST").as_strategy(mode), 100)
    assert found.get("200" if mode is GenerationMode.POSITIVE else "400")
    record_property("hostile", found)


@pytest.mark.parametrize(
    "path", ["/cds-services", "/openapi.json", "/health/live", "/health/ready"]
)
def test_what_is_read_keeps_to_the_description(path: str, record_property: Record) -> None:
    record_property("hostile", hunt(asked, operation(path, "GET").as_strategy(), 1))


def test_source_attributes_keep_to_the_description(record_property: Record) -> None:
    drawn = operation(ATTRIBUTES, "GET").as_strategy
    found = hunt(asked, drawn() | drawn(GenerationMode.NEGATIVE), 60)
    assert {"200", "404"} <= set(found)
    record_property("hostile", found)
