"""E53 to E58: substances, their treatment and their withdrawal."""

import pytest
from asked import ask, ask_whole, medication, order
from charts import (
    NEGATIVE,
    Json,
    ago,
    concept,
    condition,
    cssrs,
    measured,
    observation,
    readiness,
    ready_for_program,
    score,
    vitals,
)

OPEN = ("undetermined", "indeterminate")
BASE = [score(16), cssrs(NEGATIVE), readiness(), *vitals()]


def _ciwa(points: int, **when: object) -> Json:
    return observation("ciwa-ar-total", "instrument", valueInteger=points, **when)


def _cows(points: int) -> Json:
    return observation("cows-total", "instrument", valueInteger=points)


@pytest.mark.parametrize(
    "treated",
    [
        medication("310653000"),
        medication("792901003"),
        medication("6813", "rxnorm"),
        order("H0020"),
        condition("1081000119105", "snomed"),
    ],
    ids=["methadone", "buprenorphine", "by ingredient", "order", "diagnosis"],
)
def test_e53_stable_agonist_treatment_is_no_need_for_withdrawal_management(treated: Json) -> None:
    found = ask(condition("F11.20"), treated, *BASE)
    assert found.verdict("no-withdrawal") == "met"
    assert found.said == ("intensive-outpatient", "supported")
    assert "agonist treatment is in place" in found.detail
    assert ask(condition("F11.20"), *BASE).said == OPEN


@pytest.mark.parametrize("status", ["stopped", "cancelled", "completed", "on-hold"])
def test_e53_agonist_treatment_that_is_over_clears_nothing(status: str) -> None:
    found = ask(condition("F11.20"), medication("310653000", status=status), *BASE)
    assert found.verdict("no-withdrawal") == "unknown"
    assert found.said == OPEN


@pytest.mark.parametrize("code", ["F17.203", "F17.213", "F17.200", "Z72.0"])
def test_e54_nicotine_withdrawal_is_never_a_reason_for_withdrawal_management(code: str) -> None:
    found = ask(*ready_for_program(), condition(code, onsetDateTime=ago(days=1)))
    assert found.said == ("intensive-outpatient", "supported")
    assert found.verdict("withdrawal-in-question") == "not-met"
    assert found.verdict("substance-use-indication") == "not-met"
    assert ask_whole(condition(code)).said == ("none", "no-indication")


def test_e55_a_positive_urine_screen_beside_a_prescription_is_no_misuse() -> None:
    """Urine screens are read by no criterion: neither alone nor beside a prescription."""
    positive = observation("14316-4", valueCodeableConcept=concept("10828004", "snomed"))
    prescribed = medication("596") | {
        "medicationCodeableConcept": {"text": "clonazepam 0.5 mg tablet"}
    }
    found = ask_whole(*ready_for_program(), positive, prescribed)
    assert found.said == ("intensive-outpatient", "supported")
    assert found.verdict("withdrawal-in-question") == "not-met"
    assert found.verdict("substance-use-indication") == "not-met"


def test_e56_a_negative_alcohol_level_clears_no_withdrawal() -> None:
    heavy = score(30, "75624-7", effectiveDateTime=ago(days=2))
    found = ask(condition("F10.20"), measured("5643-2", 0, "mg/dL"), heavy, *BASE)
    assert found.verdict("no-withdrawal") == "unknown"
    assert found.said == OPEN
    assert found.indicator == "warning"
    assert "ciwa_ar" in found.missing


def test_e57_an_improving_score_blocks_until_a_whole_day_is_below_the_cut_off() -> None:
    night = _ciwa(12, effectiveDateTime="2028-02-29T02:00:00-06:00")
    morning = _ciwa(6, effectiveDateTime="2028-02-29T10:00:00-06:00")
    found = ask(condition("F10.20"), night, morning, *BASE)
    assert found.said == ("withdrawal-management", "supported")
    assert found.verdict("no-withdrawal") != "met"
    later = _ciwa(6, effectiveDateTime=ago(hours=2))
    over = ask(condition("F10.20"), _ciwa(12, effectiveDateTime=ago(hours=25)), later, *BASE)
    assert over.said == ("intensive-outpatient", "supported")


def test_e57_two_scores_of_a_course_are_no_conflict() -> None:
    course = [_ciwa(12, effectiveDateTime=ago(hours=9)), _ciwa(6)]
    assert "conflict" not in ask(condition("F10.20"), *course, *BASE).notes


def test_e58_an_alcohol_scale_clears_no_opioid_withdrawal_and_the_card_says_so() -> None:
    found = ask(condition("F11.20"), _ciwa(3), *BASE)
    assert found.verdict("no-withdrawal") == "unknown"
    assert found.said == OPEN
    assert found.verdict("ciwa-ar-without-alcohol") == "met"
    assert "measures alcohol withdrawal only" in found.detail
    assert ask(condition("F11.20"), _ciwa(3), _cows(3), *BASE).said == (
        "intensive-outpatient",
        "supported",
    )


def test_e58_a_high_alcohol_scale_still_calls_for_an_evaluation() -> None:
    """Failing safe: a recorded CIWA-Ar of 12 is not explained away by an opioid on record."""
    found = ask(condition("F11.20"), _ciwa(12), *BASE)
    assert found.said[0] == "withdrawal-management"
    assert found.verdict("ciwa-ar-without-alcohol") == "met"


def test_e58_beside_alcohol_the_alcohol_scale_is_in_its_place() -> None:
    both = ask(condition("F11.20"), condition("F10.20"), _ciwa(3), _cows(3), *BASE)
    assert both.verdict("ciwa-ar-without-alcohol") == "not-met"
    assert both.said == ("intensive-outpatient", "supported")
