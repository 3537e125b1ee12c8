"""Which diagnoses count: by clinical status, verification, remission, and where they stand."""

from typing import Any

import pytest
from charts import ago, bundle, chart, concept, condition, patient, prefetch, read

from cds.findings import FINDINGS

Json = dict[str, Any]


def _verified(status: str) -> Json:
    return {"verificationStatus": concept(status, "verification")}


@pytest.mark.parametrize("status", ["active", "recurrence", "relapse"])
def test_an_active_diagnosis_is_an_indication(status: str) -> None:
    found = read("depressive_disorder", condition("F33.1", status=status, id="c1"))
    assert found.value is True
    assert found.sources == ("Condition/c1",)


@pytest.mark.parametrize("status", ["inactive", "resolved", "remission"])
def test_a_diagnosis_that_is_over_is_none(status: str) -> None:
    assert read("depressive_disorder", condition("F33.1", status=status)).value is False


@pytest.mark.parametrize("status", [None, "unknown"])
def test_without_a_clinical_status_an_indication_is_unknown_but_a_risk_counts(
    status: str | None,
) -> None:
    assert read("depressive_disorder", condition("F33.1", status=status)).value is None
    danger = condition("R45.851", status=status, onsetDateTime=ago(days=1))
    assert read("suicidal_ideation_recorded", danger).value is True


@pytest.mark.parametrize("status", ["provisional", "differential", "unconfirmed"])
def test_a_doubted_diagnosis_is_no_indication_but_a_risk_counts(status: str) -> None:
    found = read("depressive_disorder", condition("F33.1", id="c1", **_verified(status)))
    assert found.value is None
    assert found.sources == ("Condition/c1",)
    danger = condition("R45.851", onsetDateTime=ago(days=1), **_verified(status))
    assert read("suicidal_ideation_recorded", danger).value is True


@pytest.mark.parametrize("status", ["refuted", "entered-in-error"])
def test_a_refuted_diagnosis_never_was(status: str) -> None:
    assert read("depressive_disorder", condition("F33.1", **_verified(status))).value is False
    danger = condition("R45.851", onsetDateTime=ago(days=1), **_verified(status))
    assert read("suicidal_ideation_recorded", danger).value is False


def test_a_refuted_danger_is_no_proof_of_safety() -> None:
    assert read("suicide_screen", condition("R45.851", **_verified("refuted"))).value is None


@pytest.mark.parametrize(
    ("members", "value"),
    [
        ({"abatementDateTime": ago(days=2)}, False),
        ({"abatementDateTime": "2027"}, False),
        ({"status": None, "abatementString": "last year"}, False),
        ({"status": None, "abatementDateTime": ago(days=2)}, False),
    ],
)
def test_an_abated_diagnosis_is_over(members: Json, *, value: bool) -> None:
    assert read("depressive_disorder", condition("F33.1", **members)).value is value


@pytest.mark.parametrize(
    ("code", "system", "name"),
    [
        ("F33.1", "icd", "depressive_disorder"),
        ("f331", "icd", "depressive_disorder"),
        ("F32", "icd", "depressive_disorder"),
        ("F32.A", "icd", "depressive_disorder"),
        ("370143000", "snomed", "depressive_disorder"),
        ("F31.61", "icd", "bipolar_disorder"),
        ("47505003", "snomed", "trauma_disorder"),
        ("F33.3", "icd", "mood_disorder_with_psychosis"),
        ("F20.9", "icd", "psychotic_disorder"),
        ("F60.3", "icd", "borderline_personality_disorder"),
        ("F50.2", "icd", "eating_disorder"),
        ("F10.20", "icd", "alcohol_use_disorder"),
        ("7200002", "snomed", "alcohol_use_disorder"),
        ("F11.20", "icd", "opioid_use_disorder"),
        ("F13.20", "icd", "sedative_use_disorder"),
        ("F33.41", "icd", "partial_remission"),
    ],
)
def test_codes_of_real_charts_belong_to_their_family(code: str, system: str, name: str) -> None:
    assert read(name, condition(code, system)).value is True


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("F10.21", "alcohol_use_disorder"),
        ("F33.42", "depressive_disorder"),
        ("F32.5", "depressive_disorder"),
        ("F17.203", "unspecified_substance_use_disorder"),
        ("Z81.1", "alcohol_use_disorder"),
    ],
)
def test_full_remission_nicotine_and_family_history_are_no_indication(code: str, name: str) -> None:
    assert read(name, condition(code)).value is False


def _visit(**members: Any) -> Json:
    return {
        "resourceType": "Encounter",
        "id": "v1",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": {"reference": "Patient/p1"},
        "reasonCode": [concept("36923009", "snomed")],
        "period": {"start": ago(days=30)},
        **members,
    }


def test_a_diagnosis_may_stand_only_as_the_reason_of_a_visit() -> None:
    found = read("depressive_disorder", _visit())
    assert found.value is True
    assert found.sources == ("Encounter/v1",)


@pytest.mark.parametrize(
    "members",
    [
        *({"status": status} for status in ("planned", "cancelled", "entered-in-error")),
        {"period": {"start": ago(days=366)}},
        {"period": {"start": ago(days=-2)}},
        {"reasonCode": [concept("370143000", "icd")]},
    ],
)
def test_a_visit_that_did_not_happen_or_was_long_ago_indicates_nothing(members: Json) -> None:
    assert read("depressive_disorder", _visit(**members)).value is False


def test_of_a_confirmed_and_a_doubted_diagnosis_the_confirmed_one_counts() -> None:
    doubted = condition("F32.9", **_verified("provisional"))
    assert read("depressive_disorder", doubted, condition("F33.1")).value is True


@pytest.mark.parametrize(
    ("resources", "value"),
    [
        ([], "none"),
        ([condition("F33.1")], "confirmed"),
        ([condition("F33.1", status=None)], "doubted"),
        ([condition("F33.1", **_verified("provisional"))], "doubted"),
        ([condition("F33.1", status="resolved")], "none"),
        ([condition("J06.9")], "none"),
        ([condition("F33.1"), condition("F10.20", status=None)], "confirmed"),
    ],
)
def test_all_families_together(resources: list[Json], value: str) -> None:
    assert read("diagnosis_on_record", *resources).value == value


@pytest.mark.parametrize(
    "conditions",
    [
        bundle(total=30),
        bundle(condition("J06.9"), total=30),
        {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]},
        bundle(condition("F33.1", made_up="member")),
    ],
)
def test_a_list_that_is_not_whole_is_no_list_without_diagnoses(conditions: Json) -> None:
    delivered = prefetch(patient()) | {"conditions": conditions}
    assert FINDINGS["diagnosis_on_record"].read(chart(delivered=delivered)).value is None


def test_a_relapse_that_is_over_calls_for_nothing() -> None:
    assert read("relapse", condition("F33.1", status="relapse")).value is True
    over = condition("F33.1", status="relapse", abatementDateTime=ago(days=200))
    assert read("relapse", over).value is False


def test_a_relapse_of_another_illness_is_none() -> None:
    assert read("relapse", condition("C50.9", status="recurrence")).value is False
