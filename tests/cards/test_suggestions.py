"""The draft order a program card suggests: sound FHIR, enough hours, and only for a program."""

import json
from typing import Any

import pytest
from charts import (
    NEGATIVE,
    ago,
    answered,
    concept,
    condition,
    cssrs,
    named,
    patient,
    ready_for_program,
    score,
)
from fhir.resources.R4B import get_fhir_model_class

Json = dict[str, Any]
PROGRAMS = {
    "program": ready_for_program(),
    "teen": [patient(birthDate="2013-01-01"), *ready_for_program()],
    "partial": ready_for_program(22),
}
REASONS = {"Condition", "Observation", "DiagnosticReport", "DocumentReference"}
OPEN = {
    "open": [condition("F33.1"), score(16)],
    "moderate": [condition("F33.1"), score(16), condition("R45.851", onsetDateTime=ago(days=2))],
    "alcohol": [condition("F10.20"), score(16), cssrs(NEGATIVE)],
    "eating": [condition("F50.2"), score(16), cssrs(NEGATIVE)],
}


def test_an_undetermined_card_offers_no_order() -> None:
    for name in OPEN:
        for card in answered(*OPEN[name])["cards"]:
            assert "suggestions" not in card


@pytest.mark.parametrize(
    ("name", "hours", "code"),
    [("program", 9, "S9480"), ("teen", 6, "S9480"), ("partial", 20, "H0035")],
)
def test_a_program_card_suggests_a_sound_draft_order(name: str, hours: int, code: str) -> None:
    (card,) = answered(*PROGRAMS[name])["cards"]
    assert "findtreatment.gov" in json.dumps(card["links"])
    for suggestion in card["suggestions"]:
        (action,) = suggestion["actions"]
        order = action["resource"]
        get_fhir_model_class("ServiceRequest").model_validate(order)
        assert (action["type"], order["status"], order["intent"]) == ("create", "draft", "order")
        assert order["subject"] == {"reference": "Patient/p1"}
        assert order["code"]["coding"][0]["code"] == code
        repeat = order["occurrenceTiming"]["repeat"]
        assert repeat["frequency"] * repeat["duration"] >= hours
        assert (repeat["period"], repeat["periodUnit"]) == (1, "wk")
        assert order["reasonReference"]
        assert {one["reference"].split("/")[0] for one in order["reasonReference"]} <= REASONS
        assert order["supportingInfo"]


def test_an_unknown_age_shows_both_minimums_and_takes_the_higher() -> None:
    nobody = patient()
    del nobody["birthDate"]
    (card,) = answered(nobody, *ready_for_program())["cards"]
    assert "9 hours a week for adults, 6 under 18" in card["detail"]
    repeat = card["suggestions"][0]["actions"][0]["resource"]["occurrenceTiming"]["repeat"]
    assert repeat["frequency"] * repeat["duration"] >= 9


def test_two_kinds_of_program_are_two_suggestions_of_one_card() -> None:
    cannabis = condition("F12.20")
    (card,) = answered(cannabis, *ready_for_program())["cards"]
    codes = [
        one["actions"][0]["resource"]["code"]["coding"][0]["code"] for one in card["suggestions"]
    ]
    assert codes == ["S9480", "H0015"]
    assert card["selectionBehavior"] == "at-most-one"


def test_a_reason_that_r4_does_not_allow_is_information_beside_it() -> None:
    visit = named(
        {
            "resourceType": "Encounter",
            "status": "finished",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "subject": {"reference": "Patient/p1"},
            "period": {"start": ago(days=3), "end": ago(days=3)},
            "reasonCode": [concept("F33.1", "icd")],
        }
    )
    (card,) = answered(visit, *ready_for_program()[1:])["cards"]
    order = card["suggestions"][0]["actions"][0]["resource"]
    assert "reasonReference" not in order
    assert {"reference": f"Encounter/{visit['id']}"} in order["supportingInfo"]
