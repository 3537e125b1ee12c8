"""E24 to E31: which value is the newest, and how old it is."""

import pytest
from asked import ask
from charts import (
    CSSRS,
    NEGATIVE,
    ago,
    condition,
    cssrs,
    observation,
    readiness,
    score,
    vitals,
)

SUPPORTED = ("intensive-outpatient", "supported")
OPEN = ("undetermined", "indeterminate")
REST = [condition("F33.1"), readiness(), *vitals()]
HIGH = {"q1": True, "q2": True, "q4": True, "q6": False}
BY_CLINICIAN = {"author": {"reference": "Practitioner/d1"}}


def test_e24_of_two_scores_of_a_day_safety_takes_the_worse() -> None:
    day = [score(4, effectiveDateTime=ago(hours=1)), score(22, effectiveDateTime=ago(hours=5))]
    found = ask(*REST, cssrs(NEGATIVE), *day)
    assert found.said == ("partial-hospitalization", "supported")
    assert "conflict" in found.notes


@pytest.mark.parametrize(("early", "late", "worse"), [(16, 11, False), (11, 16, True)])
def test_e24_of_two_scores_of_a_day_the_trend_takes_the_later(
    early: int,
    late: int,
    worse: bool,  # noqa: FBT001
) -> None:
    scores = [
        score(10, effectiveDateTime=ago(days=20)),
        score(early, effectiveDateTime=ago(hours=5)),
        score(late, effectiveDateTime=ago(hours=1)),
    ]
    found = ask(*REST, cssrs(NEGATIVE), *scores)
    assert (found.verdict("phq9-worsening") == "met") is worse


def test_e25_of_two_answers_of_one_moment_the_worse_wins() -> None:
    moment = ago(hours=2)
    found = ask(*REST, cssrs(NEGATIVE, authored=moment), cssrs(HIGH, authored=moment))
    assert found.said == ("emergency", "emergency")
    assert "conflict" in found.notes


def test_e26_a_later_clean_screen_of_a_clinician_lowers_a_high_one_and_the_card_says_so() -> None:
    high = cssrs(HIGH, authored=ago(days=20))
    found = ask(*REST, score(16), high, cssrs(NEGATIVE, **BY_CLINICIAN))
    assert found.said == SUPPORTED
    assert found.verdict("high-risk-cleared") == "met"
    assert "risk factor" in found.detail


@pytest.mark.parametrize(
    ("answers", "members"),
    [
        (NEGATIVE, {}),
        (NEGATIVE, {**BY_CLINICIAN, "status": "in-progress"}),
        (NEGATIVE, {**BY_CLINICIAN, "authored": ago(days=21)}),
        (NEGATIVE, {**BY_CLINICIAN, "authored": ago(days=8)}),
        ({"q1": False, "q2": False}, BY_CLINICIAN),
    ],
    ids=["by nobody", "unfinished", "before", "out of window", "incomplete"],
)
def test_e26_no_lesser_screen_lowers_a_high_one(answers: dict, members: dict) -> None:
    high = cssrs(HIGH, authored=ago(days=20))
    found = ask(*REST, score(16), high, cssrs(answers, **members))
    assert found.said == ("emergency", "emergency")


def test_e27_values_are_ordered_by_when_they_were_true_not_by_when_they_were_issued() -> None:
    old = score(22, effectiveDateTime=ago(days=10), issued=ago(hours=1))
    new = score(16, effectiveDateTime=ago(days=1), issued=ago(days=1))
    found = ask(*REST, cssrs(NEGATIVE), old, new)
    assert found.said == SUPPORTED
    assert "PHQ-9 16 points" in found.detail


@pytest.mark.parametrize(("first", "second", "rise"), [(10, 16, True), (16, 10, False)])
def test_e27_the_time_of_issue_breaks_a_tie(first: int, second: int, rise: bool) -> None:  # noqa: FBT001
    moment = ago(hours=6)
    tie = [
        score(first, effectiveDateTime=moment, issued=ago(hours=5)),
        score(second, effectiveDateTime=moment, issued=ago(hours=4)),
    ]
    for order in (tie, tie[::-1]):
        found = ask(*REST, cssrs(NEGATIVE), score(10, effectiveDateTime=ago(days=20)), *order)
        assert (found.verdict("phq9-worsening") == "met") is rise


def test_e27_a_value_of_the_future_is_none() -> None:
    ahead = score(25, effectiveDateTime=ago(hours=-2))
    found = ask(*REST, cssrs(NEGATIVE), score(16), ahead)
    assert "PHQ-9 16 points" in found.detail
    assert "future-date" in found.notes


@pytest.mark.parametrize(
    "when",
    [
        {"effectiveInstant": ago(days=2)},
        {"effectivePeriod": {"start": ago(days=2), "end": ago(days=1)}},
        {"effectivePeriod": {"start": ago(days=2)}},
        {"effectivePeriod": {"end": ago(days=1)}},
    ],
    ids=["instant", "period", "start only", "end only"],
)
def test_e28_an_instant_or_a_period_dates_a_value(when: dict) -> None:
    screen = [
        observation(CSSRS[q], valueBoolean=False, effectiveDateTime=None, **when) for q in NEGATIVE
    ]
    found = ask(*REST, score(16, effectiveDateTime=None, **when), *screen)
    assert found.said == SUPPORTED


@pytest.mark.parametrize("stretch", ["2028", "2028-02"])
def test_e29_a_partial_date_alarms_and_clears_nothing(stretch: str) -> None:
    alarm = ask(*REST, cssrs(NEGATIVE), score(22, effectiveDateTime=stretch))
    assert alarm.said[0] == "partial-hospitalization"
    calm = ask(*REST, score(16), cssrs(NEGATIVE, authored=stretch))
    assert calm.said == OPEN
    assert calm.verdict("no-danger-to-self") == "unknown"


def test_e29_a_partial_date_alarms_only_if_some_of_it_is_in_the_window() -> None:
    found = ask(*REST, cssrs(NEGATIVE), score(16), score(25, effectiveDateTime="2027-12"))
    assert found.said == SUPPORTED


def test_e30_instants_are_compared_whatever_their_offsets() -> None:
    """Half past one at night in Tokyo, and the evening before in Chicago, are one time line."""
    high = cssrs(HIGH, authored="2028-02-28T23:30:00-06:00")
    clean = cssrs(NEGATIVE, authored="2028-02-29T15:00:00+09:00", **BY_CLINICIAN)
    assert ask(*REST, score(16), high, clean).said == SUPPORTED
    early = cssrs(NEGATIVE, authored="2028-02-29T14:00:00+09:00", **BY_CLINICIAN)
    assert ask(*REST, score(16), high, early).said == ("emergency", "emergency")


def test_e30_a_day_is_a_day_of_the_service_zone() -> None:
    """The window of seven days opens at 14:30 of 22 February: the whole day cannot reassure."""
    assert ask(*REST, score(16), cssrs(NEGATIVE, authored="2028-02-23")).said == SUPPORTED
    assert ask(*REST, score(16), cssrs(NEGATIVE, authored="2028-02-22")).said == OPEN


def test_e31_a_value_without_a_date_alarms_with_a_note_and_clears_nothing() -> None:
    alarm = ask(*REST, cssrs(NEGATIVE), score(22, effectiveDateTime=None))
    assert alarm.said[0] == "partial-hospitalization"
    assert "date-unknown" in alarm.notes
    undated = cssrs(NEGATIVE)
    del undated["authored"]
    calm = ask(*REST, score(16), undated)
    assert calm.said == OPEN
    assert calm.verdict("no-danger-to-self") == "unknown"
