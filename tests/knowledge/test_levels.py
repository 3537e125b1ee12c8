"""The ladder as it ships: every rung can be reached, and none is reached past a danger."""

import pytest
from charts import knowledge

from cds.criteria.decide import decide
from cds.criteria.ladder import Level
from cds.criteria.model import Verdict

LEVELS = knowledge().rules.levels
CRITERIA = tuple(criterion.id for criterion in knowledge().rules.criteria)
CODES = {
    *("outpatient", "intensive-outpatient", "partial-hospitalization", "residential"),
    *("withdrawal-management", "inpatient", "emergency", "undetermined", "none"),
}
TREATMENT = [level for level in LEVELS if level.status == "supported"]


def _verdicts(called: str, level: Level) -> dict[str, Verdict]:
    met = {called, *level.requires, *level.safety}
    return {one: Verdict.MET if one in met else Verdict.NOT_MET for one in CRITERIA}


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.id)
def test_every_level_can_be_reached(level: Level) -> None:
    given = [decide(LEVELS, _verdicts(name, level)).level for name in level.called_by]
    assert level in given


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.id)
def test_every_level_is_one_of_the_agreed_answers(level: Level) -> None:
    assert level.code in CODES
    assert level.cite
    assert level.summary
    assert len(level.summary) < 140
    assert len(level.provisional) < 140


def test_the_answers_an_open_question_and_silence_need_are_there() -> None:
    assert {"emergency", "undetermined", "outpatient", "none"} <= {one.code for one in LEVELS}


@pytest.mark.parametrize("level", TREATMENT, ids=lambda level: level.id)
def test_emergency_goes_before_every_treatment(level: Level) -> None:
    emergency = next(one for one in LEVELS if one.id == "emergency")
    for name in emergency.called_by:
        verdicts = _verdicts(level.called_by[0], level) | {name: Verdict.MET}
        assert decide(LEVELS, verdicts).level.code == "emergency"


def test_a_more_intense_level_goes_before_a_less_intense_one() -> None:
    graded = [one for one in LEVELS if one.intensity]
    intensities = [one.intensity for one in sorted(graded, key=lambda one: one.precedence)]
    assert intensities == sorted(intensities, reverse=True)


@pytest.mark.parametrize("code", ["intensive-outpatient", "partial-hospitalization"])
def test_a_program_needs_danger_to_self_and_withdrawal_to_be_known(code: str) -> None:
    for level in (one for one in LEVELS if one.code == code):
        assert {"no-danger-to-self", "no-withdrawal"} <= set(level.safety)
        assert "medically-stable-eating-disorder" in level.safety


@pytest.mark.parametrize("code", ["intensive-outpatient", "partial-hospitalization"])
@pytest.mark.parametrize("verdict", [Verdict.UNKNOWN, Verdict.NOT_MET])
def test_no_safety_question_of_a_program_can_be_left_open(code: str, verdict: Verdict) -> None:
    for level in (one for one in LEVELS if one.code == code):
        for question in level.safety:
            verdicts = _verdicts(level.called_by[0], level) | {question: verdict}
            assert decide(LEVELS, verdicts).level.code == "undetermined"


def test_hours_are_nine_for_adults_and_six_for_the_young_below_twenty_a_week() -> None:
    hours = next(one for one in LEVELS if one.code == "intensive-outpatient").hours
    assert hours is not None
    assert (hours.adult, hours.youth, hours.below) == (9, 6, 20)
    partial = next(one for one in LEVELS if one.code == "partial-hospitalization").hours
    assert partial is not None
    assert partial.adult == partial.youth == 20


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.id)
def test_every_order_of_a_level_has_a_code_on_the_shelf(level: Level) -> None:
    for order in level.orders:
        assert knowledge().terminology.uri(order.system).startswith("http")
        assert order.code
        assert order.when
