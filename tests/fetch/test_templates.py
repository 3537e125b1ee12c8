"""Prefetch templates become reads and searches, or nothing when a token has no value."""

import pytest
from fetching import PATIENT, SERVICE, request_of

from cds.answer import services
from cds.fhir.server.templates import Query, fill
from cds.request import HookRequest

CONTEXT = {"userId": "Practitioner/doc", "patientId": PATIENT, "encounterId": "enc-1", "n": 3}


def _filled(template: str, **context: object) -> Query | None:
    document = request_of(None, context=CONTEXT | context)
    return fill(template, HookRequest.parse(SERVICE, document))


def test_pre_06_every_template_of_the_catalogue_can_be_filled() -> None:
    templates = {one for service in services().values() for one in service.prefetch.values()}
    assert all(_filled(template) for template in templates)


@pytest.mark.parametrize(
    ("template", "query"),
    [
        ("Patient/{{context.patientId}}", Query("Patient", id=PATIENT)),
        ("Encounter/{{ context.encounterId }}", Query("Encounter", id="enc-1")),
        ("{{context.userId}}", Query("Practitioner", id="doc")),
        ("Practitioner/{{userPractitionerId}}", Query("Practitioner", id="doc")),
        (
            "Observation?patient={{context.patientId}}&code=http://loinc.org|44261-6,44260-8",
            Query(
                "Observation",
                form=f"patient={PATIENT}&code=http%3A%2F%2Floinc.org%7C44261-6%2C44260-8",
            ),
        ),
    ],
)
def test_pre_02_tokens_are_filled(template: str, query: Query) -> None:
    assert _filled(template) == query


@pytest.mark.parametrize(
    "template",
    [
        "Patient/{{userPatientId}}",
        "PractitionerRole?practitioner={{userPractitionerRoleId}}",
        "Patient/{{context.absent}}",
        "Patient/{{context.n}}",
        "Patient/{{patientId}}",
        "Observation?patient={{context.patientId}}&date=ge{{today() - 90 days}}",
        "Observation?performer={{context.userId}}",
        "Patient/{{context.patientId}}/$everything",
        "https://elsewhere.example/Patient/1",
        "/Patient/1",
        "",
    ],
)
def test_pre_06_a_token_without_a_value_leaves_the_key_unread(template: str) -> None:
    assert _filled(template) is None


@pytest.mark.parametrize("user", ["Practitioner/../..", "Practitioner", "https://x/Practitioner/1"])
def test_pre_05_a_user_that_is_no_reference_is_not_read(user: str) -> None:
    assert _filled("{{context.userId}}", userId=user) is None


def test_fhir_08_a_query_shows_no_patient() -> None:
    for template in SERVICE.prefetch.values():
        assert PATIENT not in repr(_filled(template))
