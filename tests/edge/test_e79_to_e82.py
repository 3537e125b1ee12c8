"""E79 to E82: orders and their hours, as they stand in the chart.

The orders of a hook's own context (order-select, order-sign) come with a later issue.
"""

import pytest
from asked import Asked, ask, ask_whole, order, weekly
from charts import Json, ago, patient, ready_for_program

SUPPORTED = ("intensive-outpatient", "supported")


def _ordered(timing: Json | None = None, code: str = "S9480", **members: object) -> Asked:
    timed = {"occurrenceTiming": timing} if timing else {}
    return ask_whole(*ready_for_program(), order(code, **timed, **members))


@pytest.mark.parametrize(
    ("status", "intent"),
    [("draft", "proposal"), ("draft", "order"), ("active", "order"), ("on-hold", "plan")],
)
def test_e79_a_draft_or_active_order_is_considered(status: str, intent: str) -> None:
    found = _ordered(weekly(3, 2), status=status, intent=intent)
    assert found.verdict("iop-ordered") == "met"
    assert found.verdict("ordered-hours-below-adult") == "met"
    assert "suggestions" not in found.card


@pytest.mark.parametrize("status", ["revoked", "entered-in-error"])
def test_e79_a_revoked_order_is_ignored(status: str) -> None:
    found = _ordered(weekly(3, 2), status=status)
    assert found.said == SUPPORTED
    assert found.verdict("iop-ordered") == "not-met"
    assert found.verdict("ordered-hours-below-adult") == "unknown"
    assert "suggestions" in found.card


def test_e79_an_order_not_to_do_it_is_a_refusal() -> None:
    found = _ordered(doNotPerform=True, authoredOn=ago(days=2))
    assert found.verdict("iop-ordered") == "not-met"
    assert found.verdict("refuses-or-cannot-learn") == "met"
    assert found.said == ("undetermined", "indeterminate")
    revoked = _ordered(doNotPerform=True, authoredOn=ago(days=2), status="revoked")
    assert revoked.said == SUPPORTED


def test_e80_three_times_two_hours_are_too_few_for_an_adult() -> None:
    """The warning of order-sign comes with its hook; here the card of the level says it."""
    found = _ordered(weekly(3, 2))
    assert found.verdict("ordered-hours-below-adult") == "met"
    assert found.verdict("ordered-days-unusual") == "met"
    assert "below 9 a week" in found.detail
    assert "not 3 to 9 hours" in found.detail
    enough = _ordered(weekly(3, 3))
    assert enough.verdict("ordered-hours-below-adult") == "not-met"
    assert enough.verdict("ordered-days-unusual") == "not-met"


def test_e80_for_a_youth_six_hours_are_enough() -> None:
    youth = patient(birthDate="2012-01-01")
    six = order("S9480", occurrenceTiming=weekly(3, 2))
    found = ask(youth, *ready_for_program(), six)
    assert found.verdict("ordered-hours-below-adult") == "not-met"
    assert found.verdict("ordered-hours-below-youth") == "not-met"
    five = order("S9480", occurrenceTiming=weekly(5, 1))
    less = ask(youth, *ready_for_program(), five)
    assert less.verdict("ordered-hours-below-youth") == "met"


def test_e81_five_times_four_hours_are_the_intensity_of_a_day_program() -> None:
    found = _ordered(weekly(5, 4))
    assert found.verdict("ordered-hours-of-php") == "met"
    assert "intensity of a PHP" in found.detail
    assert _ordered(weekly(5, 3.9)).verdict("ordered-hours-of-php") == "not-met"


@pytest.mark.parametrize(
    "timing",
    [
        weekly(12, 3, periodUnit="mo"),
        {"code": {"text": "qd"}},
        {"repeat": {"frequency": 3, "period": 1, "periodUnit": "wk"}},
        {"repeat": {"duration": 3, "durationUnit": "h"}},
    ],
    ids=["monthly", "text", "no duration", "no period"],
)
def test_e82_a_schedule_that_cannot_be_counted_is_unknown(timing: Json) -> None:
    found = _ordered(timing)
    for name in ("below-adult", "of-php", "implausible"):
        assert found.verdict(f"ordered-hours-{name}") == "unknown"
    assert found.said == SUPPORTED


@pytest.mark.parametrize(
    "repeat",
    [
        {"dayOfWeek": ["mon", "wed", "fri"], "frequency": 1, "period": 1, "periodUnit": "d"},
        {"dayOfWeek": ["mon", "wed", "fri"], "period": 1, "periodUnit": "wk"},
        {"frequency": 6, "period": 2, "periodUnit": "wk"},
    ],
    ids=["days of daily", "days of weekly", "fortnight"],
)
def test_e82_named_days_and_longer_periods_are_counted(repeat: Json) -> None:
    timing = {"repeat": {"duration": 180, "durationUnit": "min", **repeat}}
    found = _ordered(timing)
    assert found.verdict("ordered-hours-below-adult") == "not-met"
    assert found.verdict("ordered-days-unusual") == "not-met"
