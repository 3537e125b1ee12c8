"""Discovery: what CDS Hooks 2.0.1 asks of it, and a catalogue that refuses mistakes."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds.catalogue import load_services, read_services
from cds.errors import KnowledgeError

KEYS = [
    "patient",
    "conditions",
    "observations",
    "encounters",
    "procedures",
    "serviceRequests",
    "questionnaireResponses",
    "medications",
]
READ = re.compile(r"[A-Z][A-Za-z]+/\{\{context\.patientId\}\}")
SEARCH = re.compile(
    r"[A-Z][A-Za-z]+\?patient=\{\{context\.patientId\}\}"
    r"(&code=[A-Za-z0-9,-]+)?&_sort=-[a-z-]+&_count=\d+"
)


@pytest.fixture
def services(client: FlaskClient) -> list[dict[str, Any]]:
    response = client.get("/cds-services")
    assert response.status_code == 200
    assert response.content_type == "application/json"
    found: list[dict[str, Any]] = response.get_json()["services"]
    return found


def test_the_service_of_a_hook_is_named_after_it(services: list[dict[str, Any]]) -> None:
    assert services
    for service in services:
        assert service["id"] == f"level-of-care-{service['hook']}"


def test_every_service_says_what_it_is_and_needs(services: list[dict[str, Any]]) -> None:
    for service in services:
        for member in ("title", "description", "usageRequirements"):
            assert service[member].strip()
        assert re.fullmatch(r"\d+\.\d+\.\d+", service["version"])


def test_the_prefetch_keys_are_those_of_the_contract_in_order(
    services: list[dict[str, Any]],
) -> None:
    for service in services:
        assert list(service["prefetch"]) == KEYS


def test_every_template_is_legal(services: list[dict[str, Any]]) -> None:
    for service in services:
        for template in service["prefetch"].values():
            assert READ.fullmatch(template) or SEARCH.fullmatch(template), template


def test_a_service_shares_the_templates_and_may_add_its_own() -> None:
    text = """
        usage_requirements = "R4"
        [prefetch]
        patient = "Patient/{{context.patientId}}"
        [services.a]
        hook = "patient-view"
        title = "A"
        description = "An A"
        [services.b]
        hook = "order-sign"
        title = "B"
        description = "A B"
        prefetch = { orders = "ServiceRequest?patient={{context.patientId}}" }
    """
    found = read_services(text)
    assert list(found["a"].prefetch) == ["patient"]
    assert list(found["b"].prefetch) == ["patient", "orders"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("service = 1", "service"),
        ("[services.Upper]", "services.Upper"),
        ("[services.a]\nhook = 'patient-view'", "services.a.title"),
        ("[services.a]\nhok = 'patient-view'", "services.a.hok"),
        ("[services.a", "-"),
    ],
)
def test_a_mistake_in_the_catalogue_is_named(text: str, key: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        read_services(text)
    assert (caught.value.file, caught.value.key) == ("services.toml", key)


def test_every_service_of_the_catalogue_can_be_called(client: FlaskClient) -> None:
    for service in load_services():
        assert client.post(f"/cds-services/{service}", json={}).status_code == 400
