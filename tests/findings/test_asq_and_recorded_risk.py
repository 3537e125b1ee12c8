"""ASQ, recorded risk, item 9, recorded danger: and the one answer made of them all."""

from typing import Any

import pytest
from charts import (
    NEGATIVE,
    PHQ9_ITEM9,
    RISK,
    ago,
    asq,
    chart,
    concept,
    condition,
    cssrs,
    form,
    item,
    notes,
    observation,
    points,
    read,
    score,
)

from cds.findings import FINDINGS

Json = dict[str, Any]
NONE = {1: False, 2: False, 3: False, 4: False}
CLINICIAN = {"performer": [{"reference": "Practitioner/d1"}]}
LA = {"low": "LA9194-7", "moderate": "LA6751-7", "high": "LA9193-9"}


def _risk(level: str, **members: Any) -> Json:
    value = {"coding": [{"system": "http://loinc.org", "code": LA[level]}]}
    return observation(RISK, valueCodeableConcept=value, **members)


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        (NONE, "negative"),
        (NONE | {5: False}, "negative"),
        *((NONE | {number: True, 5: True}, "acute") for number in range(1, 5)),
        *((NONE | {number: True, 5: False}, "non-acute") for number in range(1, 5)),
        *((NONE | {number: True}, "unfinished") for number in range(1, 5)),
        ({1: True}, "unfinished"),
        ({5: True}, "acute"),
        (NONE | {5: True}, "acute"),
        ({1: False, 2: False, 3: False}, None),
        ({5: False}, None),
    ],
)
def test_the_asq_table(answers: dict[int, bool], level: str | None) -> None:
    assert read("asq_screen", asq(answers)).value == level


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_refusal_is_a_positive(number: int) -> None:
    rest = asq({one: value for one, value in NONE.items() if one != number})
    refused = observation(
        f"asq-q{number}", "instrument", dataAbsentReason=concept("asked-declined", "absent")
    )
    assert read("asq_screen", rest, refused).value == "unfinished"
    answered = asq({5: False})
    assert read("asq_screen", rest, refused, answered).value == "non-acute"


def test_a_refused_answer_of_a_form_is_a_positive_too() -> None:
    declined = {"system": "http://loinc.org", "code": "LA30122-8"}
    items = [item(f"asq-q{number}", valueBoolean=False) for number in (1, 2, 3)]
    found = read("asq_screen", form(*items, item("asq-q4", valueCoding=declined)))
    assert found.value == "unfinished"


def test_an_asq_that_was_acute_long_ago_is_not_negative_either() -> None:
    assert read("asq_screen", asq(NONE | {5: True}, authored=ago(days=40))).value is None


@pytest.mark.parametrize("level", ["low", "moderate", "high"])
@pytest.mark.parametrize(
    "value",
    [
        lambda level: {"coding": [{"system": "http://loinc.org", "code": LA[level]}]},
        lambda level: {"coding": [{"code": LA[level]}]},
        lambda level: {"coding": [{"system": "http://x.example", "code": "1", "display": level}]},
        lambda level: {"text": level.upper()},
    ],
)
def test_recorded_risk_is_read_by_code_or_by_its_whole_word(level: str, value: Any) -> None:
    resource = observation(RISK, valueCodeableConcept=value(level))
    assert read("suicide_risk_recorded", resource).value == level


@pytest.mark.parametrize("text", ["", "highly unlikely", "not high", "LOW RISK", "medium", "9"])
def test_any_other_words_are_unknown_and_take_reassurance_away(text: str) -> None:
    found = read("suicide_risk_recorded", observation(RISK, valueString=text))
    assert found.value is None
    assert not found.reassures


def test_the_worst_result_stands_until_a_later_low_one() -> None:
    before = {"effectiveDateTime": ago(days=2)}
    assert read("suicide_risk_recorded", _risk("moderate", **before), _risk("low")).value == "low"
    assert (
        read("suicide_risk_recorded", _risk("low", **before), _risk("moderate")).value == "moderate"
    )
    assert read("suicide_risk_recorded", _risk("high", **before), _risk("low")).value == "high"
    clear = _risk("low", **CLINICIAN)
    assert read("suicide_risk_recorded", _risk("high", **before), clear).value == "low"


def test_low_and_high_at_one_moment_read_as_high() -> None:
    assert read("suicide_risk_recorded", _risk("low", **CLINICIAN), _risk("high")).value == "high"


def test_low_risk_beside_a_yes_in_the_same_form_is_overruled() -> None:
    same = form(
        item("/93250-9", valueBoolean=True),
        item("/93374-7", valueCoding={"system": "http://loinc.org", "code": LA["low"]}),
        author={"reference": "Practitioner/d1"},
    )
    assert read("cssrs_screen", same).value == "high"
    assert read("suicide_screen", same).value == "alarming"


def test_item_nine_is_cleared_by_a_later_screen_and_not_by_an_earlier_one() -> None:
    item9 = score(2, PHQ9_ITEM9, effectiveDateTime=ago(hours=3))
    assert read("phq9_item9", item9, cssrs(NEGATIVE)).value is None
    assert points(read("phq9_item9", item9, cssrs(NEGATIVE, authored=ago(hours=4)))) == 2


@pytest.mark.parametrize(
    ("name", "code", "system"),
    [
        ("suicidal_ideation_recorded", "R45.851", "icd"),
        ("suicidal_ideation_recorded", "6471006", "snomed"),
        ("suicidal_intent_recorded", "304594002", "snomed"),
        ("self_harm_now", "T14.91XA", "icd"),
        ("self_harm_now", "82313006", "snomed"),
        ("self_harm_recent", "R45.88", "icd"),
    ],
)
def test_a_recorded_danger_is_seen(name: str, code: str, system: str) -> None:
    assert read(name, condition(code, system, onsetDateTime=ago(days=1))).value is True


@pytest.mark.parametrize("code", ["T14.91XD", "T14.91XS", "Z91.51", "Z91.52", "R45.88"])
def test_a_follow_up_a_history_or_harm_without_intent_is_no_new_attempt(code: str) -> None:
    assert read("self_harm_now", condition(code, onsetDateTime=ago(hours=2))).value is False


def test_text_alone_is_no_danger() -> None:
    texts = [
        {"text": "suicidal"},
        {"text": "mother suicidal"},
        {"text": "denies suicidal ideation"},
    ]
    conditions = [condition("F33.1", code=text) for text in texts]
    assert read("suicidal_ideation_recorded", *conditions).value is False


def test_recorded_thoughts_are_cleared_by_a_later_screen_intent_only_by_a_clinicians() -> None:
    thoughts = condition("R45.851", onsetDateTime=ago(days=2))
    intent = condition("304594002", "snomed", onsetDateTime=ago(days=2))
    screen = cssrs(NEGATIVE)
    strong = cssrs(NEGATIVE, author={"reference": "Practitioner/d1"})
    assert read("suicidal_ideation_recorded", thoughts, screen).value is False
    assert read("suicidal_intent_recorded", intent, screen).value is True
    assert read("suicidal_intent_recorded", intent, strong).value is False


def test_no_screen_outweighs_an_act_of_the_last_days() -> None:
    act = condition("T14.91XA", onsetDateTime=ago(hours=20))
    screen = cssrs(NEGATIVE, author={"reference": "Practitioner/d1"})
    assert read("self_harm_now", act, screen).value is True
    assert read("suicide_screen", act, screen).value == "alarming"


@pytest.mark.parametrize(
    ("resources", "value", "reassures"),
    [
        ([], None, True),
        ([cssrs(NEGATIVE)], "clear", True),
        ([asq(NONE)], "clear", True),
        ([_risk("low")], "clear", True),
        ([cssrs(NEGATIVE, authored=ago(days=8))], "clear", False),
        ([score(0, PHQ9_ITEM9)], None, True),
        ([score(0, PHQ9_ITEM9), cssrs(NEGATIVE)], "clear", True),
        ([score(1, PHQ9_ITEM9)], "alarming", False),
        ([condition("R45.851", onsetDateTime=ago(days=3))], "alarming", False),
        ([condition("R45.851", onsetDateTime=ago(days=31))], None, False),
        ([condition("R45.851", onsetDateTime=ago(days=31)), cssrs(NEGATIVE)], "clear", True),
        ([cssrs(NEGATIVE), asq(NONE | {1: True, 5: False})], "alarming", False),
        ([cssrs(NEGATIVE), _risk("moderate")], "alarming", False),
    ],
)
def test_danger_to_self_as_one_answer(
    resources: list[Json], value: str | None, *, reassures: bool
) -> None:
    found = read("suicide_screen", *resources)
    assert found.value == value
    assert value == "alarming" or found.reassures is reassures


def test_a_screen_that_could_not_be_read_is_not_clear() -> None:
    one = chart(cssrs(NEGATIVE), form(item("asq-q1", valueBoolean=True), made_up="member"))
    found = FINDINGS["suicide_screen"].read(one)
    assert not found.reassures
    assert "unreadable" in notes(one)
