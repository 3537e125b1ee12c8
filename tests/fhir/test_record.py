"""The record: whose resources count, which version of them, and what is said about the rest."""

from typing import Any

import pytest
from charts import (
    PATIENT,
    bundle,
    condition,
    observation,
    patient,
    prefetch,
    record,
    score,
)

from cds.errors import BadHookRequest
from cds.fhir.record import Record


def _notes(found: Record) -> set[tuple[str, str | None]]:
    return {(note.code, note.resource) for note in found.notes}


def _scores(found: Record) -> list[Any]:
    return [one.json.get("valueInteger") for one in found.of("Observation", "phq9-total")]


def _delivered(*resources: Any, **keys: Any) -> Record:
    return record(delivered={**prefetch(), "more": bundle(*resources), **keys})


@pytest.mark.parametrize(
    "reference",
    [
        f"Patient/{PATIENT}",
        f"Patient/{PATIENT}/_history/3",
        f"https://ehr.example/fhir/Patient/{PATIENT}",
        f"https://ehr.example/fhir/Patient/{PATIENT}/_history/3",
        f"urn:uuid:{PATIENT}",
        "#contained",
        f" Patient/{PATIENT} ",
        f"Patient/{PATIENT}/",
    ],
)
def test_a_resource_of_the_patient_is_kept(reference: str) -> None:
    found = _delivered(score(9, subject={"reference": reference}))
    assert _scores(found) == [9]


@pytest.mark.parametrize("subject", [None, {"identifier": {"value": "7"}}, {"display": "someone"}])
def test_a_resource_that_names_nobody_is_the_patients(subject: object) -> None:
    assert _scores(_delivered(score(9, subject=subject))) == [9]


@pytest.mark.parametrize(
    "reference",
    [
        *("Patient/p2", " Patient/p2/ ", "Patient/p_2", f"Patient/x{PATIENT}"),
        f"https://ehr.example/fhir/Patient/{PATIENT}2",
    ],
)
def test_a_resource_of_another_patient_is_dropped_with_a_note(reference: str) -> None:
    found = _delivered(score(9, id="o9", subject={"reference": reference}))
    assert _scores(found) == []
    assert ("other-patient", "Observation/o9") in _notes(found)
    assert not found.delivered.is_partial("Observation")


@pytest.mark.parametrize(
    "reference",
    ["Group/1", f"Group/{PATIENT}", f"Xpatient/{PATIENT}", "urn:uuid:p2", PATIENT, "Patient/a b"],
)
def test_a_resource_of_nobody_known_is_no_evidence_and_its_class_cannot_reassure(
    reference: str,
) -> None:
    found = _delivered(score(9, id="o9", subject={"reference": reference}))
    assert _scores(found) == []
    assert ("unresolved", "Observation/o9") in _notes(found)
    assert found.delivered.is_partial("Observation")
    assert not found.delivered.is_partial("Condition")


def test_references_may_be_by_the_full_url_of_the_patient() -> None:
    entry = {"fullUrl": "urn:uuid:aaaa-p1", "resource": patient()}
    mine = {"resource": score(9, subject={"reference": "urn:uuid:aaaa-p1"})}
    found = _delivered(patient={"resourceType": "Bundle", "entry": [entry, mine]})
    assert found.patient is not None
    assert _scores(found) == [9]


@pytest.mark.parametrize(
    ("raw", "full_url"),
    [
        (patient(id="p2"), ""),
        (patient(id=f"x{PATIENT}"), f"https://ehr.example/fhir/Patient/x{PATIENT}"),
        (patient(id="p2"), f"urn:uuid:x{PATIENT}"),
        ({"resourceType": "Patient"}, ""),
    ],
)
def test_another_patient_is_a_bad_request(raw: Any, full_url: str) -> None:
    entry = {"resource": raw, **({"fullUrl": full_url} if full_url else {})}
    with pytest.raises(BadHookRequest) as caught:
        _delivered(patient={"resourceType": "Bundle", "entry": [entry]})
    assert caught.value.path == "$.prefetch.patient"
    assert PATIENT not in caught.value.message


def test_another_patient_under_any_key_is_a_bad_request() -> None:
    with pytest.raises(BadHookRequest):
        _delivered(patient(id="p2"))


def test_exact_duplicates_count_once() -> None:
    assert _scores(_delivered(score(9, id="o1"), score(9, id="o1"))) == [9]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ({"versionId": "9"}, {"versionId": "10"}),
        ({"lastUpdated": "2028-02-28T10:00:00Z"}, {"lastUpdated": "2028-02-28T10:00:01Z"}),
        ({"lastUpdated": "2028-02-29T01:00:00Z"}, {"lastUpdated": "2028-02-28T23:00:00-06:00"}),
        ({"lastUpdated": "2028-02-28T10:00:00Z"}, {"lastUpdated": "2028-02-28T10:00:00.5Z"}),
        ({}, {"versionId": "1"}),
    ],
)
def test_the_newest_version_counts_in_whatever_order_it_comes(older: Any, newer: Any) -> None:
    old, new = score(22, id="o1", meta=older), score(4, id="o1", meta=newer, status="amended")
    assert _scores(_delivered(old, new)) == [4]
    assert _scores(_delivered(new, old)) == [4]


@pytest.mark.parametrize("version", ["", "²", "9" * 5000, "W/1", "१२"])
def test_no_version_id_is_too_odd(version: str) -> None:
    odd, plain = score(4, id="o1", meta={"versionId": version}), score(5, id="o1", meta={})
    assert set(_scores(_delivered(odd, plain))) <= {4, 5}


def test_two_contents_that_claim_the_same_version_are_both_kept() -> None:
    assert sorted(_scores(_delivered(score(4, id="o1"), score(22, id="o1")))) == [4, 22]


def test_a_newest_version_entered_in_error_does_not_bring_the_older_one_back() -> None:
    old = score(22, id="o1", meta={"versionId": "1"})
    void = score(22, id="o1", meta={"versionId": "2"}, status="entered-in-error")
    kept = _delivered(old, void).of("Observation", "phq9-total")
    assert [one.json["status"] for one in kept] == ["entered-in-error"]


@pytest.mark.parametrize(
    ("value", "has"),
    [
        (None, True),
        (bundle(), True),
        (bundle(condition("F33.1")), True),
        ({"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}, False),
        ("none", False),
        ([], False),
    ],
)
def test_a_class_is_there_when_it_was_asked_even_if_nothing_was_found(
    value: object, *, has: bool
) -> None:
    found = _delivered(conditions=value)
    assert found.delivered.has("conditions") is has
    assert (("not-delivered", "conditions") in _notes(found)) is not has


def test_a_class_is_there_when_any_key_brought_it() -> None:
    delivered = {"patient": patient(), "item3": bundle(condition("F33.1"), observation("1-8"))}
    found = record(delivered=delivered)
    assert found.delivered.has("conditions")
    assert found.delivered.has("observations")
    assert not found.delivered.has("encounters")


@pytest.mark.parametrize(
    "page",
    [
        bundle(condition("F33.1"), link=[{"relation": "next", "url": "https://ehr.example"}]),
        bundle(condition("F33.1"), total=40),
        bundle(total=40),
        bundle(link=[{"relation": "next", "url": "https://ehr.example"}]),
    ],
)
def test_a_truncated_page_is_partial_even_when_nothing_is_on_it(page: Any) -> None:
    found = _delivered(conditions=page)
    assert found.delivered.is_partial("Condition")
    assert not found.delivered.is_partial("Observation")
    assert ("truncated", "conditions") in _notes(found)


def test_what_was_not_sent_is_named_once() -> None:
    found = record()
    assert ("not-delivered", "encounters") in _notes(found)
    assert len(list(found.notes)) == len(_notes(found))
