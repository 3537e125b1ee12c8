"""What a request may lack, carry or get wrong, row by row."""

from copy import deepcopy
from itertools import combinations
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cds.settings import Settings

Json = dict[str, Any]

URL = "/cds-services/level-of-care-patient-view"
MEMBER = "example.careladder.assessment"
REQUIRED = {"patient", "conditions", "observations"}


@pytest.fixture
def sound(request_of_a_program: Json) -> Json:
    return deepcopy(request_of_a_program)


def fire(ehr: FlaskClient, request: Json) -> TestResponse:
    return ehr.post(URL, json=request)


def cards(ehr: FlaskClient, request: Json) -> Any:
    response = fire(ehr, request)
    assert response.status_code == 200, response.text
    return response.get_json()["cards"]


@pytest.mark.parametrize("kind", ["application/xml", "application/x-www-form-urlencoded", "text/x"])
def test_gen_02_resp_05_a_body_of_another_type_is_refused(ehr: FlaskClient, kind: str) -> None:
    assert ehr.post(URL, data=b"<a/>", content_type=kind).status_code == 415


@pytest.mark.parametrize(
    "text", ["{} // why", '{"hook": "patient-view",}', '{"a": NaN}', "{'a':1}"]
)
def test_gen_04_what_only_looks_like_json_is_refused(ehr: FlaskClient, text: str) -> None:
    assert ehr.post(URL, data=text, content_type="application/json").status_code == 400


@pytest.mark.parametrize("member", ["fhirAuthorization", "fhirServer", "extension"])
@pytest.mark.parametrize("nothing", [None, "", {}, []])
def test_gen_08_optional_members_may_be_null_or_empty(
    ehr: FlaskClient, sound: Json, member: str, nothing: object
) -> None:
    """Any instant will do: what counts is that the call is answered."""
    assert fire(ehr, sound | {member: nothing}).status_code == 200


def test_gen_08_a_null_prefetch_is_none(ehr: FlaskClient, sound: Json) -> None:
    assert fire(ehr, sound | {"prefetch": None}).status_code == 412


def test_gen_09_hook_03_ext_02_req_13_members_we_do_not_know_change_nothing(
    ehr: FlaskClient, sound: Json
) -> None:
    told = cards(ehr, sound)
    strange = {"x": [{"y": None}]}
    sound["unknown"] = sound["context"]["unknown"] = sound["context"]["extension"] = strange
    sound["extension"]["com.ehr.example"] = strange
    assert [card["uuid"] for card in told] != []
    assert [card["summary"] for card in cards(ehr, sound)] == [card["summary"] for card in told]


def test_req_01_a_call_is_a_post_to_the_address_of_a_service(ehr: FlaskClient, sound: Json) -> None:
    assert fire(ehr, sound).status_code == 200
    assert ehr.get(URL).status_code == 405
    assert ehr.post("/cds-services/nobody", json=sound).status_code == 404


@pytest.mark.parametrize("hook", [None, "", 1, "order-sign", "patient-View"])
def test_req_02_the_hook_must_be_the_one_that_the_service_answers(
    ehr: FlaskClient, sound: Json, hook: object
) -> None:
    assert fire(ehr, sound | {"hook": hook}).status_code == 400


def test_req_03_an_instance_is_required_and_need_not_be_a_uuid(
    ehr: FlaskClient, sound: Json
) -> None:
    response = fire(ehr, sound | {"hookInstance": "test-1"})
    notes = response.get_json()["extension"][MEMBER]["notes"]
    assert "hook-instance" in {note["code"] for note in notes}
    del sound["hookInstance"]
    assert fire(ehr, sound).status_code == 400


def test_req_04_instances_are_answered_each_for_itself_and_a_repeat_alike(
    ehr: FlaskClient, sound: Json
) -> None:
    other = sound | {"hookInstance": "0a5a1f9c-9d55-4f6e-8f0e-6d6b0f2f7a10"}
    assert cards(ehr, sound) == cards(ehr, sound)
    assert len(cards(ehr, other)) == len(cards(ehr, sound))


@pytest.mark.parametrize(
    ("hook", "member"),
    [
        ("patient-view", "patientId"),
        ("order-select", "selections"),
        ("order-select", "draftOrders"),
        ("order-sign", "draftOrders"),
        ("appointment-book", "appointments"),
        ("problem-list-item-create", "conditions"),
    ],
)
def test_req_05_a_context_that_lacks_what_the_hook_brings_is_refused(
    ehr: FlaskClient, sound: Json, hook: str, member: str
) -> None:
    context = {"userId": "Practitioner/a", "patientId": "p", "encounterId": "e", "selections": []}
    context |= {"draftOrders": {"resourceType": "Bundle"}}
    context.pop(member, None)
    response = ehr.post(
        f"/cds-services/level-of-care-{hook}", json=sound | {"hook": hook, "context": context}
    )
    assert response.status_code == 400
    assert response.get_json()["issue"][0]["expression"] == [f"$.context.{member}"]


def test_req_09_pre_18_any_of_the_keys_may_be_missing(ehr: FlaskClient, sound: Json) -> None:
    """All subsets of the keys a story sends: 200 or 412, and 200 whenever the required came."""
    prefetch = sound["prefetch"]
    for size in range(len(prefetch) + 1):
        for keys in combinations(prefetch, size):
            sent = sound | {"prefetch": {key: prefetch[key] for key in keys}}
            expected = {200} if set(keys) >= REQUIRED else {200, 412}
            assert fire(ehr, sent).status_code in expected


def test_req_10_a_key_nobody_asked_for_changes_nothing(ehr: FlaskClient, sound: Json) -> None:
    told = cards(ehr, sound)
    sound["prefetch"]["weather"] = {"resourceType": "Basic", "id": "w", "code": {}}
    assert [card["summary"] for card in cards(ehr, sound)] == [card["summary"] for card in told]


def test_req_11_a_resource_of_another_fhir_version_is_named_and_sinks_nothing(
    ehr: FlaskClient, sound: Json
) -> None:
    dstu2 = {"resourceType": "Condition", "id": "old", "patient": {"reference": "Patient/x"}}
    sound["prefetch"]["dstu2"] = dstu2
    response = fire(ehr, sound)
    assert response.status_code == 200
    notes = response.get_json()["extension"][MEMBER]["notes"]
    assert "Condition/old" in {note.get("resource") for note in notes}


def test_req_12_an_order_in_the_making_is_on_no_server(fired: list[Any]) -> None:
    signed = [one for one in fired if one.request["hook"] == "order-sign"]
    assert signed
    assert any("order" in card["summary"].lower() for one in signed for card in one.cards)


@pytest.mark.parametrize("nothing", [None, {"resourceType": "Bundle"}])
def test_pre_19_nothing_found_is_an_answer_and_no_412(
    ehr: FlaskClient, sound: Json, nothing: object
) -> None:
    sound["prefetch"] |= {"conditions": nothing, "observations": nothing}
    assert fire(ehr, sound).status_code == 200


def test_pre_22_a_warning_inside_a_bundle_is_no_match(ehr: FlaskClient, sound: Json) -> None:
    told = cards(ehr, sound)
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "code": "x"}]}
    entry = {"search": {"mode": "outcome"}, "resource": outcome}
    sound["prefetch"]["observations"]["entry"].append(entry)
    assert [card["summary"] for card in cards(ehr, sound)] == [card["summary"] for card in told]


def test_resp_04_06_data_that_cannot_be_had_is_a_412_with_an_outcome(
    ehr: FlaskClient, sound: Json
) -> None:
    response = fire(ehr, sound | {"prefetch": {}})
    assert response.status_code == 412
    outcome = orjson.loads(response.data)
    assert outcome["resourceType"] == "OperationOutcome"
    assert all(issue["severity"] and issue["code"] for issue in outcome["issue"])


def test_resp_08_the_budget_of_an_answer_is_below_half_a_second() -> None:
    assert Settings().budget_ms < 500
