"""E47 to E52: where the patient is now, and how the last stay ended."""

import pytest
from asked import ask, ask_whole, coded, encounter, order, procedure, weekly
from charts import (
    NEGATIVE,
    Json,
    ago,
    condition,
    cssrs,
    ready_for_program,
    score,
)

HIGH = cssrs({"q1": True, "q2": True, "q4": True, "q6": False})
IOP = ("intensive-outpatient", "supported")


def _in_program(days: int) -> list[Json]:
    return [*ready_for_program(), procedure("S9480", ago(days=days))]


@pytest.mark.parametrize(
    "running",
    [
        procedure("S9480", ago(days=10)),
        procedure("H0015", ago(days=10)),
        order("S9480", authoredOn=ago(days=10)),
        encounter("AMB", {"start": ago(days=10)}, type=[coded("S9480", "hcpcs")],
                  status="in-progress"),
    ],
    ids=["procedure", "substance use", "order", "encounter"],
)  # fmt: skip
def test_e47_who_is_in_the_program_is_not_referred_again(running: Json) -> None:
    found = ask(*ready_for_program(), running)
    assert found.said == IOP
    assert "suggestions" not in found.card
    assert found.card["summary"].startswith("Already in place")
    assert "continued stay" in found.card["summary"]


@pytest.mark.parametrize(
    ("days", "due", "overdue"),
    [(41, "not-met", "not-met"), (42, "met", "not-met"), (56, "met", "not-met"),
     (57, "met", "met")],
)  # fmt: skip
def test_e47_the_transition_is_reviewed_at_day_42_and_overdue_after_day_56(
    days: int, due: str, overdue: str
) -> None:
    found = ask(*_in_program(days))
    assert found.verdict("transition-review-due") == due
    assert found.verdict("transition-review-overdue") == overdue
    assert found.indicator == "info"
    assert ("time to review" in found.detail) is (due == "met")
    assert ("overdue" in found.detail) is (overdue == "met")


def test_e47_the_hours_of_the_running_order_are_checked() -> None:
    small = order("S9480", authoredOn=ago(days=10), occurrenceTiming=weekly(3, 2))
    found = ask(*ready_for_program(), small)
    assert found.verdict("ordered-hours-below-adult") == "met"
    assert "below 9 a week" in found.detail


def _stay(**members: object) -> Json:
    return encounter("IMP", {"start": ago(days=4)}, status="in-progress", **members)


def test_e48_an_inpatient_in_danger_is_not_sent_to_an_emergency_department() -> None:
    found = ask(condition("F33.2"), HIGH, _stay())
    assert found.said == ("emergency", "emergency")
    assert "current team" in found.detail
    assert "emergency path" not in found.detail
    assert "911" not in found.detail


def test_e48_for_an_inpatient_a_program_is_a_plan_for_after_discharge() -> None:
    found = ask(*ready_for_program(), _stay())
    assert found.said == IOP
    assert found.verdict("inpatient-stay-now") == "met"
    assert "after discharge" in found.detail


def test_e49_an_encounter_that_was_never_closed_says_nothing() -> None:
    forgotten = encounter("IMP", {"start": ago(days=730)}, status="in-progress")
    found = ask_whole(*ready_for_program(), forgotten)
    assert found.said == IOP
    assert found.verdict("inpatient-stay-now") == "unknown"
    assert found.verdict("in-hospital-now") == "unknown"
    assert "implausible" in found.notes


@pytest.mark.parametrize("status", ["planned", "cancelled"])
def test_e50_a_stay_that_is_not_going_on_is_no_stay(status: str) -> None:
    stay = encounter("IMP", {"start": ago(days=1)}, status=status)
    found = ask_whole(*ready_for_program(), stay)
    assert found.said == IOP
    assert found.verdict("inpatient-stay-now") == "not-met"
    assert found.verdict("in-hospital-now") == "not-met"


def _discharged(disposition: str, days: float = 3, class_code: str = "IMP") -> Json:
    went = {"dischargeDisposition": coded(disposition, "disposition")}
    period = {"start": ago(days=days + 5), "end": ago(days=days)}
    return encounter(class_code, period, hospitalization=went)


def test_e51_hosp_means_hospice_and_the_palliative_team_comes_first() -> None:
    found = ask(condition("F33.2"), HIGH, _discharged("hosp"))
    assert found.verdict("hospice-care") == "met"
    assert "palliative team" in found.detail
    assert "C-SSRS screen: high" in found.detail
    assert "911" not in found.detail
    assert ask(condition("F33.2"), HIGH, _discharged("home")).verdict("hospice-care") == "not-met"


@pytest.mark.parametrize(("days", "verdict"), [(6.9, "met"), (7.1, "not-met")])
def test_e52_leaving_against_advice_is_a_risk_factor_for_a_week(days: float, verdict: str) -> None:
    found = ask(*ready_for_program(), _discharged("aadvice", days))
    assert found.verdict("left-against-advice") == verdict
    assert ("against medical advice" in found.detail) is (verdict == "met")
    assert found.said[0] in ("partial-hospitalization", "intensive-outpatient")


def test_e52_leaving_against_advice_is_said_when_nothing_else_is() -> None:
    found = ask(condition("F33.1"), score(6), cssrs(NEGATIVE), _discharged("aadvice", 2))
    assert "against medical advice" in found.detail
