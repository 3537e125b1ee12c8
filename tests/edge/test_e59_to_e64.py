"""E59 to E64: suicide screens that are partial, inconsistent or coded oddly."""

import pytest
from asked import ask
from charts import (
    CSSRS,
    PHQ9_ITEM9,
    RISK,
    condition,
    cssrs,
    form,
    item,
    observation,
    readiness,
    score,
    vitals,
)

SUPPORTED = ("intensive-outpatient", "supported")
OPEN = ("undetermined", "indeterminate")
EMERGENCY = ("emergency", "emergency")
REST = [condition("F33.1"), score(16), readiness(), *vitals()]


def test_e59_item_nine_opens_the_gate_whatever_the_total() -> None:
    found = ask(condition("F33.1"), score(8), score(3, PHQ9_ITEM9))
    assert found.said == OPEN
    assert found.indicator == "warning"
    assert found.verdict("danger-to-self-moderate") == "met"
    assert "PHQ-9 item 9" in found.detail


@pytest.mark.parametrize("code", ["94328-2", "55758-7"], ids=["PHQ-8", "PHQ-2"])
def test_e60_a_shorter_questionnaire_says_nothing_of_suicide(code: str) -> None:
    found = ask(*REST, score(0, code))
    assert found.said == OPEN
    assert found.verdict("no-danger-to-self") == "unknown"
    assert found.verdict("sign-of-danger-to-self") == "unknown"
    assert "suicide_screen" in found.missing


def test_e61_questions_three_to_five_may_be_skipped_after_a_no() -> None:
    assert ask(*REST, cssrs({"q1": False, "q2": False, "q6": False})).said == SUPPORTED
    assert ask(*REST, cssrs({"q2": False})).said == OPEN
    assert ask(*REST, cssrs({"q1": False, "q2": False})).said == OPEN


def test_e62_an_act_of_unknown_date_is_high_until_somebody_clarifies_it() -> None:
    lifetime = {"q1": False, "q2": False, "q6": True}
    unclear = ask(*REST, cssrs(lifetime))
    assert unclear.said == EMERGENCY
    assert unclear.indicator == "critical"
    long_ago = ask(*REST, cssrs({**lifetime, "q6-recent": False}))
    assert long_ago.said == OPEN
    assert long_ago.verdict("danger-to-self-moderate") == "met"


def test_e63_a_recorded_low_risk_beside_a_plan_is_high_with_a_note() -> None:
    low = {"valueCoding": {"code": "LA9194-7", "display": "Low"}}
    both = form(
        *(item(f"/{CSSRS[name]}", valueBoolean=True) for name in ("q1", "q2", "q5")),
        item(f"/{RISK}", **low),
    )
    found = ask(*REST, both)
    assert found.said == EMERGENCY
    assert "conflict" in found.notes


@pytest.mark.parametrize(
    ("word", "said"), [("High", EMERGENCY), ("MODERATE", OPEN), ("low", SUPPORTED)]
)
def test_e64_a_risk_level_is_read_by_its_whole_word_when_its_code_is_unknown(
    word: str, said: tuple[str, str]
) -> None:
    odd = {"coding": [{"system": "http://loinc.org", "code": "LA99999-9", "display": word}]}
    found = ask(*REST, observation(RISK, valueCodeableConcept=odd))
    assert found.said == said


@pytest.mark.parametrize("words", ["Higher than before", "not high", "lowish"])
def test_e64_any_other_words_are_unknown(words: str) -> None:
    odd = {"coding": [{"system": "http://loinc.org", "code": "LA99999-9", "display": words}]}
    found = ask(*REST, observation(RISK, valueCodeableConcept=odd))
    assert found.said == OPEN
    assert found.verdict("no-danger-to-self") == "unknown"
