"""Each hook at its moment: what it compares, what it offers, and what it leaves unsaid."""

from typing import Any

import pytest
from seven_hooks import (
    IOP_ORDER,
    OUTPATIENT_ORDER,
    assessment,
    at,
    chart,
    discharge,
    no_indication,
    order_select,
    order_sign,
    ready,
)

IOP = "intensive-outpatient"


def test_opening_a_chart_and_checking_in_say_the_same() -> None:
    opened, checked_in = at("patient-view", ready()), at("encounter-start", ready())
    assert assessment(opened)["level"] == assessment(checked_in)["level"] == IOP
    assert opened["cards"][0]["summary"] == checked_in["cards"][0]["summary"]


@pytest.mark.parametrize("user", ["Patient/p1", "RelatedPerson/mother"])
def test_a_portal_user_gets_no_clinicians_card_and_no_assessment(user: str) -> None:
    assert at("patient-view", ready(), userId=user) == {"cards": []}


def test_a_practitioner_role_is_a_clinician() -> None:
    assert at("patient-view", ready(), userId="PractitionerRole/r1")["cards"]


@pytest.mark.parametrize(("score", "level"), [(10, "partial-hospitalization"), (9, IOP)])
def test_a_discharge_is_a_step_down_by_residual_symptoms(score: int, level: str) -> None:
    assert assessment(discharge(ready(phq9=score)))["level"] == level


def test_the_same_chart_opened_without_a_discharge_is_no_step_down() -> None:
    assert assessment(at("patient-view", ready(phq9=9)))["level"] == "outpatient"


def test_an_order_below_is_warned_of_and_replaced_in_one_suggestion() -> None:
    answer = order_sign(ready(), OUTPATIENT_ORDER)
    (card,) = answer["cards"]
    assert card["indicator"] == "warning"
    assert card["summary"].startswith("The order is below the level the data support")
    actions = card["suggestions"][0]["actions"]
    assert [action["type"] for action in actions] == ["create", "delete"]
    assert actions[1]["resourceId"] == "ServiceRequest/o1"


def test_an_order_that_fits_is_said_and_completed_with_its_hours() -> None:
    (card,) = order_sign(ready(), IOP_ORDER)["cards"]
    assert card["indicator"] == "info"
    assert "fits" in card["summary"]
    (action,) = card["suggestions"][0]["actions"]
    assert action["type"] == "update"
    assert action["resource"]["id"] == "o1"
    repeat = action["resource"]["occurrenceTiming"]["repeat"]
    assert repeat["frequency"] * repeat["duration"] >= 9


def test_accepting_the_suggestion_and_firing_again_suggests_nothing_more() -> None:
    (card,) = order_sign(ready(), IOP_ORDER)["cards"]
    accepted = card["suggestions"][0]["actions"][0]["resource"]
    (again,) = order_sign(ready(), accepted)["cards"]
    assert "suggestions" not in again
    assert "selectionBehavior" not in again


def test_a_draft_of_the_recommended_level_silences_its_own_suggestion() -> None:
    (card,) = at("patient-view", ready())["cards"]
    draft = {**card["suggestions"][0]["actions"][0]["resource"], "id": "o1"}
    (again,) = order_sign(ready(), draft)["cards"]
    assert "suggestions" not in again


def test_an_order_above_is_said_and_not_obstructed() -> None:
    answer = order_sign(ready(), {**IOP_ORDER, "code": {"coding": [_hcpcs("H0035")]}})
    (card,) = answer["cards"]
    assert card["indicator"] == "info"
    assert "above" in card["summary"]
    assert "suggestions" not in card


def _hcpcs(code: str) -> dict[str, str]:
    system = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
    return {"system": system, "code": code}


def test_signing_a_program_without_any_indication_is_said() -> None:
    (card,) = order_sign(no_indication(), IOP_ORDER)["cards"]
    assert "No indication" in card["summary"]


def test_signing_a_program_while_safety_is_open_is_a_warning() -> None:
    (card,) = order_sign(ready(screen=False), IOP_ORDER)["cards"]
    assert card["indicator"] == "warning"
    assert card["source"]["topic"]["code"] == "undetermined"


def test_an_order_that_has_nothing_to_do_with_it_is_silent() -> None:
    other = {**IOP_ORDER, "code": {"coding": [{"system": "http://loinc.org", "code": "2345-7"}]}}
    assert order_sign(no_indication(), other)["cards"] == []


@pytest.mark.parametrize("status", ["revoked", "entered-in-error", "completed"])
def test_an_order_of_another_status_is_not_in_hand(status: str) -> None:
    assert order_sign(no_indication(), {**IOP_ORDER, "status": status})["cards"] == []


def test_only_the_selected_order_is_compared() -> None:
    (card,) = order_select(ready(), [OUTPATIENT_ORDER], selections=["ServiceRequest/o1"])["cards"]
    assert "below" in card["summary"]
    (other,) = order_select(ready(), [OUTPATIENT_ORDER], selections=["ServiceRequest/x"])["cards"]
    assert "below" not in other["summary"]


def test_an_order_signed_before_is_warned_of_and_never_deleted() -> None:
    (card,) = order_sign(ready(), OUTPATIENT_ORDER | {"status": "active"})["cards"]
    assert "below" in card["summary"]
    assert {one["type"] for each in card["suggestions"] for one in each["actions"]} == {"create"}


@pytest.mark.parametrize("selected", ["ServiceRequest/elsewhere", "o1", "", 7])
def test_a_selection_that_is_not_in_the_bundle_selects_nothing(selected: Any) -> None:
    answer = order_select(ready(), [OUTPATIENT_ORDER], [selected])
    assert assessment(answer)["level"] == "intensive-outpatient"
    assert "order" not in answer["cards"][0]["summary"]


def test_of_orders_of_mixed_status_only_the_draft_is_deleted() -> None:
    others = [OUTPATIENT_ORDER | {"id": one, "status": one} for one in ("active", "revoked", "x")]
    (card,) = order_sign(ready(), *others, OUTPATIENT_ORDER)["cards"]
    deleted = [
        one for each in card["suggestions"] for one in each["actions"] if "resourceId" in one
    ]
    assert [one["resourceId"] for one in deleted] == ["ServiceRequest/o1"]


def test_an_empty_draft_bundle_is_a_chart_like_any_other() -> None:
    assert assessment(order_sign(ready()))["level"] == IOP


def test_a_booking_below_the_level_is_noted() -> None:
    appointment = {
        "resourceType": "Appointment",
        "id": "a1",
        "status": "proposed",
        "participant": [{"actor": {"reference": "Patient/p1"}, "status": "needs-action"}],
    }
    (card,) = at("appointment-book", ready(), appointments=_bundle(appointment))["cards"]
    assert "ordinary outpatient care" in card["detail"]


def test_a_new_problem_is_assessed_with_the_chart() -> None:
    problem = {
        "resourceType": "Condition",
        "id": "new",
        "clinicalStatus": {"coding": [_status("condition-clinical", "active")]},
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "R45.851"}]},
        "subject": {"reference": "Patient/p1"},
        "recordedDate": "2028-02-29T14:00:00-06:00",
    }
    answer = at("problem-list-item-create", no_indication(), conditions=_bundle(problem))
    assert assessment(answer)["level"] == "undetermined"


def test_what_a_hook_brings_does_not_stand_for_a_class_that_was_not_delivered() -> None:
    prefetch = chart(ready())
    del prefetch["conditions"]
    answer = at("problem-list-item-create", prefetch, conditions=_bundle(), status=412)
    assert answer["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize(
    ("hook", "member"),
    [
        ("order-sign", "draftOrders"),
        ("order-select", "draftOrders"),
        ("appointment-book", "appointments"),
        ("problem-list-item-create", "conditions"),
    ],
)
@pytest.mark.parametrize("value", [None, [], "text", {"resourceType": "Patient"}])
def test_a_context_of_another_hook_is_refused_by_its_path(
    hook: str, member: str, value: Any
) -> None:
    answer = at(hook, ready(), status=400, **{member: value})
    assert answer["issue"][0]["expression"] == [f"$.context.{member}"]


def _bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": resource} for resource in resources],
    }


def _status(system: str, code: str) -> dict[str, str]:
    return {"system": f"http://terminology.hl7.org/CodeSystem/{system}", "code": code}
