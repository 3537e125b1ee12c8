"""How long evidence counts: both ends of every window, to the minute."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from charts import (
    NEGATIVE,
    PHQ9_ITEM9,
    ago,
    asq,
    condition,
    cssrs,
    form,
    item,
    knowledge,
    observation,
    read,
    score,
)

MINUTE = timedelta(minutes=1)
Json = dict[str, Any]
Maker = Callable[[str], Json]


def _housing(when: str) -> Json:
    return observation(
        "71802-3", effectiveDateTime=when, valueCodeableConcept={"coding": [{"code": "LA31995-6"}]}
    )


# finding, how it is written at a time, days it reassures, days it alarms
DATED: list[tuple[str, Maker, float, float]] = [
    ("phq9_total", lambda when: score(16, effectiveDateTime=when), 14, 30),
    ("gad7_total", lambda when: score(16, "70274-6", effectiveDateTime=when), 14, 30),
    ("phq9_item9", lambda when: score(2, PHQ9_ITEM9, effectiveDateTime=when), 14, 30),
    ("cssrs_screen", lambda when: cssrs(NEGATIVE, authored=when), 7, 90),
    (
        "asq_screen",
        lambda when: asq(dict.fromkeys(range(1, 5), False), authored=when),
        7,
        90,
    ),
    (
        "group_participation",
        lambda when: form(item("group-participation", valueBoolean=True), authored=when),
        30,
        90,
    ),
    ("home_support", _housing, 90, 180),
]


@pytest.mark.parametrize(("name", "made", "reassures", "alarms"), DATED, ids=lambda v: str(v)[:20])
def test_a_value_reassures_then_only_alarms_then_is_gone(
    name: str, made: Maker, reassures: float, alarms: float
) -> None:
    def at(days: float, off: timedelta = timedelta()) -> Any:
        return read(name, made(ago(days=days, seconds=off.total_seconds())))

    assert at(reassures).reassures
    assert at(reassures, -MINUTE).reassures
    stale = at(reassures, MINUTE)
    assert stale.value is not None
    assert not stale.reassures
    assert at(alarms).value is not None
    assert at(alarms, MINUTE).value is None


@pytest.mark.parametrize(
    ("answers", "days", "level"),
    [
        ({"q1": False, "q2": True, "q4": True, "q6": False}, 30, "high"),
        ({"q1": True, "q2": True, "q3": True, "q6": False}, 30, "moderate"),
        ({"q1": True, "q2": False, "q6": False}, 30, "low"),
        ({"q1": False, "q2": False, "q6": True, "q6-recent": True}, 90, "high"),
        ({"q1": False, "q2": False, "q6": True, "q6-recent": False}, 90, "moderate"),
    ],
)
def test_thoughts_alarm_for_a_month_and_acts_for_three(
    answers: dict[str, bool], days: int, level: str
) -> None:
    assert read("cssrs_screen", cssrs(answers, authored=ago(days=days))).value == level
    after = read("cssrs_screen", cssrs(answers, authored=ago(days=days, minutes=1)))
    assert after.value in (None, "negative")
    assert after.value is None or not after.reassures


@pytest.mark.parametrize(
    ("name", "code", "span"),
    [
        ("suicidal_ideation_recorded", "R45.851", {"days": 30}),
        ("self_harm_recent", "T14.91XA", {"days": 90}),
        ("self_harm_recent", "R45.88", {"days": 90}),
    ],
)
def test_a_recorded_danger_alarms_for_its_window_and_is_then_to_be_verified(
    name: str, code: str, span: dict[str, float]
) -> None:
    inside = condition(code, onsetDateTime=ago(**span))
    beyond = condition(code, onsetDateTime=ago(**span, minutes=1))
    assert read(name, inside).value is True
    old = read(name, beyond)
    assert old.value is None
    assert not old.reassures


@pytest.mark.parametrize("kind", ["EMER", "IMP"])
@pytest.mark.parametrize(("span", "fresh"), [({"hours": 24}, True), ({"hours": 24.02}, False)])
def test_in_a_hospital_a_negative_screen_holds_for_a_day(
    kind: str, span: dict[str, float], *, fresh: bool
) -> None:
    stay = {
        "resourceType": "Encounter",
        "id": "stay",
        "status": "in-progress",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": kind},
        "subject": {"reference": "Patient/p1"},
        "period": {"start": ago(days=2)},
    }
    found = read("cssrs_screen", cssrs(NEGATIVE, authored=ago(**span)), stay)
    assert found.value == "negative"
    assert found.reassures is fresh


@pytest.mark.parametrize(
    "over",
    [
        {"status": "finished"},
        {"status": "planned"},
        {"status": "cancelled"},
        {"period": {"start": ago(days=2), "end": ago(hours=30)}},
        {"period": {"start": ago(days=800)}},
    ],
)
def test_a_stay_that_is_over_planned_or_was_never_closed_is_no_hospital(over: Json) -> None:
    stay = {
        "resourceType": "Encounter",
        "id": "stay",
        "status": "in-progress",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
        "period": {"start": ago(days=2)},
    } | over
    assert read("cssrs_screen", cssrs(NEGATIVE, authored=ago(days=6)), stay).reassures


def test_the_windows_of_page_three_are_on_the_shelf() -> None:
    windows = knowledge().windows
    days = {name: (one.reassures.days, one.alarms.days) for name, one in windows.items()}
    assert days["phq9"] == (14, 30)
    assert days["suicide-screen"] == (7, 30)
    assert days["suicide-behaviour"] == (7, 90)
    assert days["support"] == (90, 180)
    assert days["readiness"] == (30, 90)
    assert windows["suicide-screen"].reassures_acute == timedelta(hours=24)
    assert windows["self-harm-now"].alarms == timedelta(hours=72)
