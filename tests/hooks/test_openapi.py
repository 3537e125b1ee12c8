"""GET /openapi.json: a sound description that names every route and every error there is."""

import re
from typing import Any

import pytest
import schemathesis
from fake_replies import FakeReplies
from flask import Flask
from flask.testing import FlaskClient
from forgetful import Forgetful

from cds.app import create_app
from cds.catalogue import load_services
from cds.problems import ISSUES
from cds.settings import Settings
from cds.shelf import Knowledge

Json = dict[str, Any]
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
SERVICE = "level-of-care-order-select"
PAGES = {"knowledge", "evidence", "try_it", "report"}  # for people, and not described


@pytest.fixture
def description(client: FlaskClient) -> Json:
    response = client.get("/openapi.json")
    assert (response.status_code, response.content_type) == (200, "application/json")
    found: Json = response.get_json()
    return found


def operations(description: Json) -> set[tuple[str, str]]:
    """Method and path, with every parameter called the same."""
    return {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path))
        for path, item in description["paths"].items()
        for method in item
        if method.upper() in METHODS
    }


def routes(app: Flask) -> set[tuple[str, str]]:
    """The same of what Flask serves; a hook call is described once for each service."""
    found = set()
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] in PAGES:
            continue
        path = re.sub(r"<[^>]+>", "{}", rule.rule)
        called = path == "/cds-services/{}"
        paths = [path.format(name) for name in load_services()] if called else [path]
        found |= {(method, one) for one in paths for method in METHODS & set(rule.methods or ())}
    return found


def test_every_route_is_described_and_nothing_else(app: Flask, description: Json) -> None:
    assert operations(description) == routes(app)


def test_the_description_is_sound_openapi(description: Json) -> None:
    schema = schemathesis.openapi.from_dict(description)
    schema.validate()
    assert [one.err() for one in schema.get_all_operations() if hasattr(one, "err")] == []


def test_a_broken_description_would_be_noticed(description: Json) -> None:
    description["paths"]["/cds-services"]["get"]["responses"] = "none"
    with pytest.raises(Exception, match="is not of type"):
        schemathesis.openapi.from_dict(description).validate()


def test_every_reference_leads_somewhere(description: Json) -> None:
    for path in set(re.findall(r"'\$ref': '#/([^']+)'", str(description))):
        found: Any = description
        for part in path.split("/"):
            found = found[part]
        assert found


def test_every_error_of_the_service_has_its_body(description: Json) -> None:
    described = description["components"]["responses"]
    assert set(described) == {str(status) for status in (*ISSUES, 500)}
    for status, (code, _) in ISSUES.items():
        content = described[str(status)]["content"]["application/json"]["schema"]
        issue = content["properties"]["issue"]["items"]
        assert issue["properties"]["code"] == {"const": code}


def test_a_call_is_described_with_what_its_hook_brings(description: Json) -> None:
    call = description["paths"][f"/cds-services/{SERVICE}"]["post"]["requestBody"]
    members = call["content"]["application/json"]["schema"]["properties"]
    assert members["hook"] == {"const": "order-select"}
    assert members["context"]["required"] == ["patientId", "draftOrders", "selections"]
    assert [*members["prefetch"]["properties"]] == [*load_services()[SERVICE].prefetch]


def test_what_is_never_sent_as_null_is_not_described_as_null(description: Json) -> None:
    schemas = description["components"]["schemas"]
    ours = {name: schemas[name] for name in ("Response", "Card", "AssessmentView", "HeldView")}
    assert "null" not in str(ours)


def test_where_callers_must_be_known_the_description_is_not_for_strangers(
    knowledge: Knowledge, replies: FakeReplies, description: Json
) -> None:
    assert description["security"] == []
    settings = Settings(auth="required")
    client = create_app(settings, knowledge, replies, journal=Forgetful()).test_client()
    assert client.get("/openapi.json").status_code == 401
