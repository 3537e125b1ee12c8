"""Discovery, templates and hook names, row by row."""

import re

import pytest
from flask.testing import FlaskClient

from cds.app import create_app
from cds.settings import Settings

Json = dict[str, object]

HOOKS = {
    "patient-view",
    "encounter-start",
    "encounter-discharge",
    "order-select",
    "order-sign",
    "appointment-book",
    "problem-list-item-create",
}
SEARCH_PARAMETERS = {"patient", "code", "category", "_sort", "_count"}
MEMBERS = {"hook", "title", "description", "id", "prefetch", "usageRequirements", "version"}


@pytest.fixture(scope="session")
def templates(services: list[dict[str, dict[str, str]]]) -> list[str]:
    return [template for service in services for template in service["prefetch"].values()]


def test_disc_01_02_discovery_is_an_object_with_a_list(ehr: FlaskClient) -> None:
    response = ehr.get("/cds-services")
    assert (response.status_code, response.content_type) == (200, "application/json")
    assert isinstance(response.get_json()["services"], list)


def test_disc_03_without_services_the_list_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cds.app.load_services", lambda _codes: {})
    response = create_app(Settings()).test_client().get("/cds-services")
    assert (response.status_code, response.get_json()) == (200, {"services": []})


def test_disc_04_hook_01_every_hook_is_one_of_the_standard_library(services: list[Json]) -> None:
    assert {service["hook"] for service in services} == HOOKS


@pytest.mark.parametrize("member", ["id", "title", "description", "usageRequirements"])
def test_disc_05_07_09_every_service_describes_itself(services: list[Json], member: str) -> None:
    assert all(str(service[member]).strip() for service in services)


def test_disc_06_every_id_fits_an_address_and_can_be_called(
    ehr: FlaskClient, services: list[Json]
) -> None:
    for service in services:
        assert re.fullmatch(r"[a-z0-9-]+", str(service["id"]))
        assert ehr.post(f"/cds-services/{service['id']}", json={}).status_code == 400


def test_disc_08_prefetch_is_templates_by_key(templates: list[str]) -> None:
    assert templates
    assert all(isinstance(template, str) and template for template in templates)


def test_disc_10_the_version_of_the_specification_is_semantic(services: list[Json]) -> None:
    assert {service["version"] for service in services} == {"2.0.1"}


def test_disc_11_16_ext_01_no_service_has_a_member_beyond_the_specification(
    services: list[Json],
) -> None:
    assert all(set(service) == MEMBERS for service in services)


def test_disc_12_13_card_21_no_two_services_share_an_id_or_a_hook(services: list[Json]) -> None:
    """So a later hook never withdraws the card of an earlier one."""
    assert len({service["id"] for service in services}) == len(services)
    assert len({service["hook"] for service in services}) == len(services)


def test_disc_14_another_method_is_refused_with_an_outcome(ehr: FlaskClient) -> None:
    response = ehr.delete("/cds-services")
    assert response.status_code == 405
    assert response.get_json()["resourceType"] == "OperationOutcome"


def test_disc_17_the_ids_are_those_that_clients_registered(services: list[Json]) -> None:
    assert {service["id"] for service in services} == {f"level-of-care-{hook}" for hook in HOOKS}


def test_pre_01_each_template_is_one_read_or_search_of_a_type(templates: list[str]) -> None:
    legal = re.compile(r"[A-Z][A-Za-z]+(/\{\{[^}]+\}\}|\?[^$]+)")
    assert all(legal.fullmatch(template) for template in templates)


def test_pre_02_03_04_the_only_token_is_the_patient_of_the_context(templates: list[str]) -> None:
    tokens = {token for one in templates for token in re.findall(r"\{\{(.*?)\}\}", one)}
    assert tokens == {"context.patientId"}


@pytest.mark.parametrize("sign", ["today()", "ofType(", "resolve(", "%", "|", " + ", " - "])
def test_pre_07_08_09_no_template_needs_what_only_version_3_has(
    templates: list[str], sign: str
) -> None:
    assert not any(sign in template for template in templates)


def test_pre_10_keys_keep_the_order_of_the_catalogue(services: list[dict[str, Json]]) -> None:
    keys = ["patient", "conditions", "observations", "encounters", "procedures"]
    assert all(list(service["prefetch"])[:5] == keys for service in services)


def test_pre_11_12_searches_use_only_parameters_that_every_server_knows(
    templates: list[str],
) -> None:
    pairs = [pair for one in templates if "?" in one for pair in one.split("?")[1].split("&")]
    assert {pair.split("=")[0] for pair in pairs} <= SEARCH_PARAMETERS


def test_pre_13_a_key_is_a_word_that_any_client_can_echo(services: list[dict[str, Json]]) -> None:
    keys = {key for service in services for key in service["prefetch"]}
    assert all(re.fullmatch(r"[A-Za-z]+", key) for key in keys)


def test_gen_10_what_the_service_does_can_be_read_by_people(
    ehr: FlaskClient, services: list[Json]
) -> None:
    assert all("Source attributes: https://" in str(one["usageRequirements"]) for one in services)
    assert ehr.get("/knowledge").status_code == 200
