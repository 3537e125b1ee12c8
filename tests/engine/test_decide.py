"""From verdicts to a level: precedence, requirements, safety, and what is left open."""

from dataclasses import replace

import pytest
from small_shelf import ALL_WELL, CRITERIA, LEVELS, decided, exactly, stale

from cds.criteria.decide import decide
from cds.criteria.evaluate import evaluate
from cds.criteria.model import ABSENT, Finding

YES, NO = Finding(value=True), Finding(value=False)


def test_the_first_called_level_is_given() -> None:
    decision = decided()
    assert (decision.level.id, decision.status) == ("day", "supported")
    assert decision.called_by == ("severe",)
    assert [level.id for level in decision.also] == ["program", "weekly"]


def test_a_danger_goes_before_everything() -> None:
    decision = decided(danger=YES, safe=NO, home=NO)
    assert (decision.level.id, decision.status) == ("emergency", "emergency")
    assert decision.candidate is None


def test_a_stale_danger_is_still_one() -> None:
    assert decided(danger=stale(True)).level.id == "emergency"


def test_an_unmet_requirement_never_gives_way_to_a_lower_level() -> None:
    decision = decided(home=NO)
    assert (decision.level.id, decision.status) == ("undetermined", "indeterminate")
    assert decision.unmet == ("home",)
    assert decision.candidate is None
    assert [level.id for level in decision.also] == ["program", "weekly"]


def test_an_exclusion_that_is_met_leaves_the_level_open_as_well() -> None:
    decision = decided(barred=YES)
    assert decision.level.id == "undetermined"
    assert decision.open == ("barred",)
    assert decision.candidate is not None
    assert decision.candidate.id == "day"


def test_a_candidate_is_no_lower_level_that_an_unmet_requirement_left_over() -> None:
    levels = tuple(
        replace(level, called_by=("barred",)) if level.id == "undetermined" else level
        for level in LEVELS
    )
    decision = decide(levels, evaluate(CRITERIA, ALL_WELL | {"barred": YES, "home": NO}))
    assert decision.level.id == "undetermined"
    assert decision.candidate is None


@pytest.mark.parametrize("barred", [ABSENT, NO])
def test_an_exclusion_that_is_not_met_or_not_known_rules_out_nothing(barred: Finding) -> None:
    assert decided(barred=barred).level.id == "day"


@pytest.mark.parametrize("safe", [ABSENT, stale(True), NO])
def test_a_safety_question_that_is_not_met_leaves_the_level_open(safe: Finding) -> None:
    decision = decided(safe=safe)
    assert (decision.level.id, decision.status) == ("undetermined", "indeterminate")
    assert decision.open == ("safe",)
    assert decision.candidate is not None
    assert decision.candidate.id == "day"


def test_the_candidate_is_the_level_that_follows_once_safety_is_known() -> None:
    decision = decided(safe=ABSENT, score=exactly(16))
    assert decision.candidate is not None
    assert decision.candidate.id == "program"


def test_a_requirement_nobody_has_answered_makes_the_answer_provisional() -> None:
    decision = decided(home=ABSENT)
    assert (decision.level.id, decision.status) == ("day", "provisional")
    assert decision.unknown == ("home",)


def test_a_stale_requirement_is_not_an_answer() -> None:
    assert decided(home=stale(True)).status == "provisional"


def test_an_unknown_need_calls_for_nothing() -> None:
    assert decided(score=ABSENT).level.id == "weekly"


def test_where_nothing_is_called_for_and_nothing_is_known_no_level_is_given() -> None:
    decision = decide(LEVELS, evaluate(CRITERIA, {}))
    assert (decision.level.id, decision.status) == ("undetermined", "indeterminate")
    assert decision.called_by == ()
    assert decision.candidate is not None
    assert decision.candidate.id == "none"


def test_undetermined_can_be_called_for_and_then_goes_before_what_stands_below() -> None:
    levels = tuple(
        replace(level, called_by=("barred",)) if level.id == "undetermined" else level
        for level in LEVELS
    )
    decision = decide(levels, evaluate(CRITERIA, ALL_WELL | {"barred": YES, "score": exactly(16)}))
    assert decision.level.id == "undetermined"
    assert decision.called_by == ("barred",)
    assert decision.candidate is not None
    assert decision.candidate.id == "program"


@pytest.mark.parametrize(
    ("danger", "safe", "indicator"),
    [(NO, YES, "info"), (ABSENT, NO, "warning"), (YES, NO, "critical"), (YES, YES, "critical")],
)
def test_the_gravest_indicator_that_is_met_wins(
    danger: Finding, safe: Finding, indicator: str
) -> None:
    weekly = replace(
        LEVELS[4], called_by=("indication",), warning_when=("worry",), critical_when=("danger",)
    )
    verdicts = evaluate(CRITERIA, ALL_WELL | {"danger": danger})
    verdicts["worry"] = evaluate(CRITERIA, {"barred": Finding(safe is NO)})["barred"]
    assert decide((LEVELS[1], weekly), verdicts).indicator == indicator
