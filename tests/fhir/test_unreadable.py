"""What cannot be read, or is too much, hides something: its class can no longer reassure."""

from typing import Any

import pytest
from charts import bundle, condition, form, item, observation, prefetch, record, score

from cds.fhir.record import Record


def _notes(found: Record) -> set[tuple[str, str | None]]:
    return {(note.code, note.resource) for note in found.notes}


def _scores(found: Record) -> list[Any]:
    return [one.json.get("valueInteger") for one in found.of("Observation", "phq9-total")]


def _delivered(*resources: Any, **keys: Any) -> Record:
    return record(delivered={**prefetch(), "more": bundle(*resources), **keys})


def test_a_bundle_with_an_error_beside_resources_is_partial() -> None:
    failed = {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}
    assert _delivered(conditions=bundle(condition("F33.1"), failed)).delivered.is_partial(
        "Condition"
    )


def test_very_many_copies_of_one_id_are_told_apart_by_content() -> None:
    copies = [score(number % 20, id="o1") for number in range(3000)]
    assert len(_scores(_delivered(*copies))) == 20


@pytest.mark.parametrize(
    "code",
    [
        *("F33.1", None, [], {}, 7, {"coding": None}, {"coding": ["F33.1"]}, {"text": 1}),
        *({"coding": [[{"code": "F33.1"}]]}, {"coding": [{"code": ["F33.1"]}]}, {"text": " "}),
        {"coding": 7, "text": "in words"},
        {"coding": [{"system": ["icd-10-cm"], "code": "F33.1"}], "text": "in words"},
        {"coding": [{"system": "http://loinc.org", "code": 93249}], "text": "in words"},
    ],
)
@pytest.mark.parametrize("make", [condition, observation])
def test_a_code_that_cannot_be_read_at_all_may_be_anything(make: Any, code: object) -> None:
    resource = make("1-8") | {"id": "x", "code": code}
    kind = resource["resourceType"]
    found = _delivered(resource)
    assert found.delivered.is_partial(kind)
    assert ("unreadable", f"{kind}/x") in _notes(found)


def test_a_mistaken_entry_without_a_code_hides_nothing() -> None:
    void = observation("1-8", status="entered-in-error") | {"code": None}
    assert not _delivered(void).delivered.is_partial("Observation")


@pytest.mark.parametrize(
    "code",
    [
        {"coding": [{"system": "http://loinc.org", "code": "1-8"}]},
        {"text": "flat feet"},
        {"coding": [None, {"code": "X1"}]},
    ],
)
def test_a_code_that_nobody_here_knows_is_silent(code: Any) -> None:
    found = _delivered(condition("x") | {"code": code}, observation("x") | {"code": code})
    assert not any(found.delivered.is_partial(kind) for kind in ("Condition", "Observation"))
    assert not any(code == "unreadable" for code, _ in _notes(found))


@pytest.mark.parametrize("items", ["x", ["x"], [{"answer": []}], [{"linkId": 7}]])
def test_a_form_whose_items_cannot_be_read_may_be_any_form(items: object) -> None:
    found = _delivered(form() | {"item": items})
    assert found.delivered.is_partial("QuestionnaireResponse")


def _nested(depth: int, width: int) -> Any:
    inner = [] if depth == 0 else [_nested(depth - 1, width)] * width
    return {"linkId": "x", "item": inner}


@pytest.mark.parametrize(
    "long",
    [form(*[item("x")] * 2001), form(item("x", item=[item("x")] * 2000)), form(_nested(7, 3))],
)
def test_a_form_is_read_up_to_a_bound_and_is_blind_beyond_it(long: Any) -> None:
    long["item"].insert(0, item("/44261-6", valueInteger=9))
    found = _delivered(long | {"id": "f"})
    assert len(found.of("QuestionnaireResponse", "phq9-total")) == 1
    assert found.sound(found.of("QuestionnaireResponse", "phq9-total")[0]) is not None
    assert ("too-many", "QuestionnaireResponse/f") in _notes(found)
    assert found.delivered.is_partial("QuestionnaireResponse")


def test_a_form_of_ordinary_length_is_read_whole() -> None:
    found = _delivered(form(*[item("x")] * 2000))
    assert not found.delivered.is_partial("QuestionnaireResponse")


def test_components_are_read_up_to_a_bound() -> None:
    part = {"code": {"text": "x"}}
    assert not _delivered(observation("1-8", component=[part] * 200)).delivered.is_partial(
        "Observation"
    )
    long = _delivered(observation("1-8", component=[part] * 201))
    assert long.delivered.is_partial("Observation")


def test_only_sound_ids_and_keys_of_the_contract_are_named() -> None:
    other = {"subject": {"reference": "Patient/p2"}}
    found = _delivered(
        score(1, id="Nadia Example", **other),
        score(1, id="ok-1.2", **other),
        **{"Nadia Example": "nothing", "conditions": "nothing"},
    )
    names = {resource for _, resource in _notes(found)}
    assert {"Observation", "Observation/ok-1.2", "prefetch", "conditions"} <= names
    assert "Nadia" not in str(names)


def test_notes_of_one_kind_are_bounded() -> None:
    other = {"subject": {"reference": "Patient/p2"}}
    found = list(_delivered(*[score(1, id=f"o{n}", **other) for n in range(99)]).notes)
    assert len([note for note in found if note.code == "other-patient"]) == 50
    assert [note.resource for note in found if note.code == "too-many"] == [None]
