"""What holds for any chart: more danger never gives less care, less proof never gives more."""

import json
import random
from typing import Any

from charts import (
    GAD7,
    NEGATIVE,
    PHQ9,
    PHQ9_ITEM9,
    VITALS,
    ago,
    answered,
    asq,
    bundle,
    concept,
    condition,
    cssrs,
    form,
    item,
    measured,
    observation,
    patient,
    prefetch,
    readiness,
    ready_for_program,
    score,
    view,
)
from hypothesis import given
from hypothesis import strategies as st
from properties import few

Json = dict[str, Any]
LADDER = [
    *("none", "outpatient", "intensive-outpatient", "partial-hospitalization", "residential"),
    *("withdrawal-management", "inpatient", "emergency"),
]
NO_SCREEN = dict.fromkeys(range(1, 5), False)
OTHERS = [{"system": "https://local.example", "code": "X1"}]

facts = st.sampled_from(
    [
        *(condition(code) for code in ("F33.1", "F41.1", "F20.9", "F10.20", "F50.2", "F60.3")),
        condition("F33.1", status=None, id="doubted"),
        *(score(value) for value in (3, 12, 16, 22)),
        score(16, PHQ9, effectiveDateTime=ago(days=20)),
        *(score(value, GAD7) for value in (4, 16)),
        score(0, PHQ9_ITEM9),
        cssrs(NEGATIVE),
        cssrs(NEGATIVE, authored=ago(days=12)),
        asq(NO_SCREEN),
        readiness(),
        readiness(authored=ago(days=40)),
        form(item("group-participation", valueBoolean=False)),
        *(measured(*line) for line in VITALS),
    ]
)


@st.composite
def almost_ready(draw: st.DrawFn) -> list[Json]:
    """A chart that supports a program, with something taken out and something added."""
    ready = ready_for_program(draw(st.sampled_from([12, 16, 22])))
    gone = draw(st.sets(st.integers(0, len(ready) - 1), max_size=2))
    kept = [one for number, one in enumerate(ready) if number not in gone]
    return kept + draw(st.lists(facts, max_size=2))


charts = st.lists(facts, max_size=9) | almost_ready()
alarms = st.sampled_from(
    [
        cssrs(NEGATIVE | {"q4": True}, authored=ago(minutes=5)),
        cssrs(NEGATIVE | {"q3": True}, authored=ago(minutes=5)),
        asq(NO_SCREEN | {1: True, 5: True}, authored=ago(minutes=5)),
        score(3, PHQ9_ITEM9, effectiveDateTime=ago(minutes=5)),
        condition("R45.851", onsetDateTime=ago(minutes=5)),
        condition("304594002", "snomed", onsetDateTime=ago(minutes=5)),
        condition("T14.91XA", onsetDateTime=ago(minutes=5)),
        score(24, effectiveDateTime=ago(minutes=5)),
        score(19, GAD7, effectiveDateTime=ago(minutes=5)),
    ]
)
irrelevant = st.sampled_from(
    [
        condition("J06.9"),
        observation("2339-0", valueString="none"),
        observation("9999-9", code={"coding": OTHERS}, valueInteger=27),
        {"resourceType": "AllergyIntolerance", "id": "a1", "patient": {"reference": "Patient/p1"}},
        {"resourceType": "Basic", "id": "b1", "code": concept("1-8")},
    ]
)


def _told(*resources: Json) -> tuple[Any, ...]:
    """What an answer concludes: everything but the notes and what names the call."""
    response = answered(*resources)
    assessment = {name: value for name, value in view(response).items() if name != "notes"}
    cards = [
        {name: card[name] for name in ("summary", "indicator", "source")}
        for card in response["cards"]
    ]
    return json.dumps(assessment, sort_keys=True), cards


@few
@given(charts, st.randoms(use_true_random=False))
def test_the_order_of_resources_changes_nothing(chart: list[Json], dice: random.Random) -> None:
    shuffled = list(chart)
    dice.shuffle(shuffled)
    assert _told(*shuffled) == _told(*chart)


@few
@given(charts)
def test_exact_duplicates_change_nothing(chart: list[Json]) -> None:
    assert _told(*chart, *chart) == _told(*chart)


@few
@given(charts)
def test_the_keys_that_brought_the_resources_change_nothing(chart: list[Json]) -> None:
    usual = {name: bundle() for name in prefetch()}
    one_key = usual | {"patient": patient(), "item1": bundle(*chart)}
    moved = answered(delivered=one_key)
    assert view(moved)["level"] == view(answered(*chart))["level"]


@few
@given(charts, st.lists(irrelevant, min_size=1, max_size=4))
def test_irrelevant_resources_change_nothing(chart: list[Json], more: list[Json]) -> None:
    assert _told(*chart, *more) == _told(*chart)


@few
@given(charts, alarms)
def test_an_alarm_entered_in_error_changes_nothing(chart: list[Json], alarm: Json) -> None:
    void = dict(alarm)
    if alarm["resourceType"] == "Condition":
        void["verificationStatus"] = concept("entered-in-error", "verification")
        void.pop("clinicalStatus")
    else:
        void["status"] = "entered-in-error"
    assert _told(*chart, void) == _told(*chart)


@few
@given(charts, alarms)
def test_a_current_alarm_never_lowers_the_level(chart: list[Json], alarm: Json) -> None:
    before = view(answered(*chart))["level"]
    after = view(answered(*chart, alarm))["level"]
    if before == "undetermined":
        assert after not in ("none", "outpatient"), (before, after)
    elif after != "undetermined":
        assert LADDER.index(after) >= LADDER.index(before)
    else:
        assert before != "emergency"


@few
@given(charts, alarms, alarms)
def test_a_second_alarm_never_takes_an_emergency_away(
    chart: list[Json], one: Json, other: Json
) -> None:
    if view(answered(*chart, one))["level"] == "emergency":
        assert view(answered(*chart, one, other))["level"] == "emergency"


@few
@given(charts, st.sampled_from([cssrs(NEGATIVE), asq(NO_SCREEN), readiness()]))
def test_without_a_proof_the_answer_is_never_more_permissive(
    chart: list[Json], proof: Json
) -> None:
    """A program needs the proof; without it the answer is the same, held back or provisional."""
    kept = [one for one in chart if one["id"] != proof["id"]]
    less, more = view(answered(*kept)), view(answered(*kept, proof))
    if less["status"] == "supported":
        assert (more["level"], more["status"]) == (less["level"], "supported")
    if more["level"] == "emergency":
        assert less["level"] == "emergency"


@few
@given(charts)
def test_no_program_without_a_negative_screen_of_the_last_week(chart: list[Json]) -> None:
    fresh = (cssrs(NEGATIVE), asq(NO_SCREEN))
    kept = [one for one in chart if one["id"] not in {screen["id"] for screen in fresh}]
    level = view(answered(*kept))["level"]
    assert level not in ("intensive-outpatient", "partial-hospitalization")


@few
@given(charts)
def test_what_is_missing_is_a_known_finding_and_named_once(chart: list[Json]) -> None:
    missing = view(answered(*chart)).get("missing", [])
    assert len(missing) == len(set(missing))
