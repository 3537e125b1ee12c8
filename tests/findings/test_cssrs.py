"""The C-SSRS screener: the published triage, what completes a screen, and what clears an alarm."""

from typing import Any

import pytest
from charts import ANSWERS, CSSRS, NEGATIVE, NO, YES, ago, chart, cssrs, notes, observation, read

from cds.criteria.model import Finding
from cds.findings import FINDINGS

Json = dict[str, Any]
N = {f"q{number}": False for number in range(1, 6)} | {"q6": False}
CLINICIAN = {"author": {"reference": "Practitioner/d1"}}
BY_PATIENT = {"author": {"reference": "Patient/p1"}}


def _screened(answers: dict[str, bool], **members: Any) -> Finding:
    return read("cssrs_screen", cssrs(answers, **members))


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        (N | {"q1": True}, "low"),
        (N | {"q2": True}, "low"),
        (N | {"q1": True, "q2": True}, "low"),
        (N | {"q3": True}, "moderate"),
        (N | {"q4": True}, "high"),
        (N | {"q5": True}, "high"),
        (N | {"q6": True, "q6-recent": True}, "high"),
        (N | {"q6": True, "q6-recent": False}, "moderate"),
        (N | {"q6": True}, "high"),
        (N | {"q6-recent": True}, "high"),
        (N | {"q3": True, "q5": True}, "high"),
        (N | {"q1": True, "q6": True, "q6-recent": False}, "moderate"),
        ({"q4": True}, "high"),
        ({"q6": True}, "high"),
        (N, "negative"),
        (N | {"q6-recent": False}, "negative"),
        (NEGATIVE, "negative"),
    ],
)
def test_the_triage_table(answers: dict[str, bool], level: str) -> None:
    assert _screened(answers).value == level


@pytest.mark.parametrize("left_out", ["q1", "q2", "q6"])
def test_one_two_and_six_make_a_screen_complete(left_out: str) -> None:
    answers = {name: value for name, value in NEGATIVE.items() if name != left_out}
    assert _screened(answers).value is None


def test_three_to_five_may_be_skipped_when_two_is_no() -> None:
    found = _screened(NEGATIVE)
    assert found.value == "negative"
    assert found.reassures


def test_a_form_that_contradicts_itself_reads_as_the_worst_and_never_as_negative() -> None:
    answers = N | {"q2": False, "q4": True}
    assert _screened(answers).value == "high"
    assert _screened(answers, authored=ago(days=40)).value is None


@pytest.mark.parametrize("number", ["q1", "q2", "q6"])
def test_a_question_asked_without_an_answer_leaves_the_screen_open(number: str) -> None:
    unsure = {"linkId": f"/{CSSRS[number]}", "answer": [{"valueString": "not sure"}]}
    answers = {name: value for name, value in NEGATIVE.items() if name != number}
    form = cssrs(answers)
    form["item"].append(unsure)
    found = read("cssrs_screen", form)
    assert found.value is None
    assert not found.reassures


@pytest.mark.parametrize(
    "value", [YES, NO, {"code": "Y", "system": "http://terminology.hl7.org/CodeSystem/v2-0136"}]
)
def test_answers_are_read_as_codes_too(value: Json) -> None:
    parts = [observation(code, valueCodeableConcept={"coding": [value]}) for code in CSSRS.values()]
    assert read("cssrs_screen", *parts).value == ("negative" if value is NO else "high")


def test_answers_that_stand_alone_make_one_screen_when_given_within_an_hour() -> None:
    parts = [
        observation(CSSRS["q1"], effectiveDateTime=ago(minutes=100), **ANSWERS[False]),
        observation(CSSRS["q2"], effectiveDateTime=ago(minutes=60), **ANSWERS[False]),
        observation(CSSRS["q6"], effectiveDateTime=ago(minutes=40), **ANSWERS[False]),
    ]
    assert read("cssrs_screen", *parts).value == "negative"


def test_answers_of_two_sittings_do_not_complete_each_other() -> None:
    parts = [
        observation(CSSRS["q1"], effectiveDateTime=ago(minutes=101), **ANSWERS[False]),
        observation(CSSRS["q2"], effectiveDateTime=ago(minutes=60), **ANSWERS[False]),
        observation(CSSRS["q6"], effectiveDateTime=ago(minutes=40), **ANSWERS[False]),
    ]
    assert read("cssrs_screen", *parts).value is None


def test_two_answers_of_one_moment_that_disagree_read_as_yes_with_a_note() -> None:
    one = chart(cssrs(N | {"q4": True}), cssrs(N))
    assert FINDINGS["cssrs_screen"].read(one).value == "high"
    assert "conflict" in notes(one)


def test_a_copy_of_a_form_as_observations_changes_nothing() -> None:
    form = cssrs(NEGATIVE)
    copies = [observation(CSSRS[name], **ANSWERS[value]) for name, value in NEGATIVE.items()]
    assert read("cssrs_screen", form, *copies).value == "negative"


@pytest.mark.parametrize("status", ["in-progress", "stopped"])
def test_an_unfinished_form_alarms_and_does_not_clear(status: str) -> None:
    assert _screened(N | {"q4": True}, status=status).value == "high"
    negative = _screened(N, status=status)
    assert negative.value in (None, "negative")
    assert not negative.reassures


@pytest.mark.parametrize("status", ["entered-in-error"])
def test_a_form_entered_in_error_never_was(status: str) -> None:
    assert _screened(N | {"q4": True}, status=status).value is None


def test_a_form_without_a_date_alarms_and_does_not_clear() -> None:
    undated = cssrs(N | {"q4": True})
    del undated["authored"]
    assert read("cssrs_screen", undated).value == "high"
    negative = cssrs(NEGATIVE)
    del negative["authored"]
    assert not read("cssrs_screen", negative).reassures


HIGH, MODERATE, LOW = N | {"q4": True}, N | {"q3": True}, N | {"q1": True}
EARLIER = {"authored": ago(days=3)}


@pytest.mark.parametrize(
    ("alarm", "later", "level"),
    [
        (MODERATE, BY_PATIENT, "negative"),
        (MODERATE, CLINICIAN, "negative"),
        (HIGH, CLINICIAN, "negative"),
        (HIGH, BY_PATIENT, "high"),
        (HIGH, {}, "high"),
        (HIGH, CLINICIAN | {"status": "in-progress"}, "high"),
        (MODERATE, CLINICIAN | {"status": "in-progress"}, "moderate"),
    ],
)
def test_a_later_negative_screen_clears_a_moderate_and_by_a_clinician_a_high_one(
    alarm: dict[str, bool], later: Json, level: str
) -> None:
    assert read("cssrs_screen", cssrs(alarm, **EARLIER), cssrs(NEGATIVE, **later)).value == level


@pytest.mark.parametrize("alarm", [HIGH, MODERATE, LOW])
def test_an_earlier_negative_screen_clears_nothing(alarm: dict[str, bool]) -> None:
    found = read("cssrs_screen", cssrs(NEGATIVE, **CLINICIAN, **EARLIER), cssrs(alarm))
    assert found.value in ("high", "moderate", "low")


@pytest.mark.parametrize("answers", [{"q1": False}, {"q1": False, "q2": False}])
def test_an_incomplete_later_screen_clears_nothing(answers: dict[str, bool]) -> None:
    later = cssrs(answers, **CLINICIAN)
    assert read("cssrs_screen", cssrs(MODERATE, **EARLIER), later).value == "moderate"


def test_a_stale_negative_screen_does_not_clear_a_high_one() -> None:
    high = cssrs(N | {"q6": True, "q6-recent": True}, authored=ago(days=30))
    assert (
        read("cssrs_screen", high, cssrs(NEGATIVE, **CLINICIAN, authored=ago(days=8))).value
        == "high"
    )
    assert (
        read("cssrs_screen", high, cssrs(NEGATIVE, **CLINICIAN, authored=ago(days=6))).value
        == "negative"
    )


def test_a_form_that_contradicts_itself_does_not_clear_an_older_alarm() -> None:
    act = cssrs(N | {"q6": True, "q6-recent": False}, authored=ago(days=60))
    contradiction = cssrs(N | {"q4": True}, authored=ago(days=40))
    assert read("cssrs_screen", act, contradiction).value == "moderate"
