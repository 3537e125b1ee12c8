"""The envelope of a hook request: strict where it matters, lenient where clients are."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cds.catalogue import load_services
from cds.errors import BadHookRequest
from cds.request import HookRequest

SERVICE = load_services()["level-of-care-patient-view"]


def envelope(**members: Any) -> dict[str, Any]:
    return {
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/example", "patientId": "example"},
        **members,
    }


def parsed(**members: Any) -> HookRequest:
    return HookRequest.parse(SERVICE, envelope(**members))


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"hook": None}, "$.hook"),
        ({"hook": ""}, "$.hook"),
        ({"hook": 1}, "$.hook"),
        ({"hook": "order-sign"}, "$.hook"),
        ({"hookInstance": None}, "$.hookInstance"),
        ({"hookInstance": " "}, "$.hookInstance"),
        ({"hookInstance": {}}, "$.hookInstance"),
        ({"context": None}, "$.context"),
        ({"context": []}, "$.context"),
        ({"context": {}}, "$.context.patientId"),
        ({"context": {"patientId": ""}}, "$.context.patientId"),
        ({"context": {"patientId": "Patient/"}}, "$.context.patientId"),
        ({"context": {"patientId": 7}}, "$.context.patientId"),
        ({"prefetch": []}, "$.prefetch"),
        ({"prefetch": "none"}, "$.prefetch"),
    ],
)
def test_a_fault_is_named_by_its_path(members: dict[str, Any], path: str) -> None:
    with pytest.raises(BadHookRequest) as caught:
        parsed(**members)
    assert caught.value.path == path


@pytest.mark.parametrize("document", [None, [], "patient-view", 1, [envelope()]])
def test_a_request_is_an_object(document: object) -> None:
    with pytest.raises(BadHookRequest) as caught:
        HookRequest.parse(SERVICE, document)
    assert caught.value.path == "$"


@pytest.mark.parametrize(
    "sent",
    ["example", " example ", "Patient/example", "https://ehr.example/fhir/Patient/example"],
)
def test_the_patient_is_a_bare_id_however_it_was_sent(sent: str) -> None:
    assert parsed(context={"patientId": sent}).patient_id == "example"


def test_an_instance_that_is_no_uuid_is_accepted_and_noted() -> None:
    assert parsed().hook_instance_is_uuid
    assert not parsed(hookInstance="test-123").hook_instance_is_uuid


def test_a_missing_user_is_accepted() -> None:
    assert parsed(context={"patientId": "example"}).user_id is None


def test_optional_members_may_be_null_or_empty() -> None:
    request = parsed(
        prefetch=None,
        extension=None,
        fhirServer="",
        fhirAuthorization=None,
        context={"patientId": "example", "userId": None, "encounterId": ""},
    )
    assert (request.prefetch, request.extension) == ({}, {})
    assert (request.fhir_server, request.fhir_authorization) == (None, None)
    assert (request.user_id, request.encounter_id) == (None, None)


def test_unknown_members_are_ignored() -> None:
    members = {"item1": {}, "context": {"patientId": "example", "mood": "low"}}
    assert parsed(**members).patient_id == "example"


def test_a_null_prefetch_value_is_kept_because_it_means_nothing_there() -> None:
    assert parsed(prefetch={"conditions": None}).prefetch == {"conditions": None}


def test_a_token_without_its_server_is_not_kept() -> None:
    token = {"access_token": "t0ken"}
    assert parsed(fhirAuthorization=token).fhir_authorization is None
    kept = parsed(fhirAuthorization=token, fhirServer="https://ehr.example/fhir")
    assert kept.fhir_authorization == token


def test_neither_token_nor_chart_is_printed() -> None:
    request = parsed(
        fhirServer="https://ehr.example/fhir",
        fhirAuthorization={"access_token": "t0ken"},
        prefetch={"patient": {"resourceType": "Patient", "id": "canary"}},
    )
    assert "t0ken" not in repr(request)
    assert "canary" not in repr(request)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-02-29T12:00:00Z", datetime(2024, 2, 29, 12, tzinfo=UTC)),
        ("2024-02-29T12:00:00.25-06:00", datetime(2024, 2, 29, 18, 0, 0, 250_000, tzinfo=UTC)),
        ("2024-02-29t12:00:00z", datetime(2024, 2, 29, 12, tzinfo=UTC)),
    ],
)
def test_an_instant_can_be_asked_for(value: str, expected: datetime) -> None:
    request = parsed(extension={"example.careladder.asOf": value})
    assert request.asked_instant() == expected


@pytest.mark.parametrize(
    "value",
    [
        "yesterday",
        "2024-02-29",
        "2024-02-29T12:00:00",
        "2024-02-30T12:00:00Z",
        "2024-02-29 12:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "1899-12-31T23:59:59Z",
        "2201-01-01T00:00:00Z",
        "9999-12-31T00:00:00Z",
        1709208000,
        {},
        "",
    ],
)
def test_an_instant_without_date_or_zone_is_refused(value: object) -> None:
    with pytest.raises(BadHookRequest) as caught:
        parsed(extension={"example.careladder.asOf": value}).asked_instant()
    assert caught.value.path == "$.extension['example.careladder.asOf']"


def test_without_an_instant_nothing_is_asked() -> None:
    assert parsed(extension={"other": 1}).asked_instant() is None
