"""GAD-7 and functional difficulty: scales, answers, and conflicts of one moment."""

from typing import Any

import pytest
from charts import DIFFICULTY, GAD7, ago, form, item, observation, points, read, score

Json = dict[str, Any]
ANSWERS = {
    "not": "LA6572-7",
    "somewhat": "LA6573-5",
    "very": "LA6575-0",
    "extremely": "LA6574-3",
}


def _difficulty(word: str, **members: Any) -> Json:
    value = {"coding": [{"system": "http://loinc.org", "code": ANSWERS[word]}]}
    return observation(DIFFICULTY, valueCodeableConcept=value, **members)


@pytest.mark.parametrize(
    ("value", "known"), [(0, True), (15, True), (21, True), (22, False), (-1, False)]
)
def test_gad7_lies_between_0_and_21(value: int, *, known: bool) -> None:
    assert points(read("gad7_total", score(value, GAD7))) == (value if known else None)


@pytest.mark.parametrize("word", ANSWERS)
def test_each_answer_about_daily_life_is_told_apart(word: str) -> None:
    assert read("functional_difficulty", _difficulty(word)).value == word
    answer = form(item(f"/{DIFFICULTY}", valueCoding={"code": ANSWERS[word]}))
    assert read("functional_difficulty", answer).value == word


@pytest.mark.parametrize("value", [{"valueString": "very"}, {"valueInteger": 2}])
def test_any_other_answer_about_daily_life_is_unknown(value: Json) -> None:
    assert read("functional_difficulty", observation(DIFFICULTY, **value)).value is None


@pytest.mark.parametrize(("one", "other"), [("a", "b"), ("b", "a")])
def test_of_two_answers_of_one_moment_the_worse_counts(one: str, other: str) -> None:
    found = read(
        "functional_difficulty", _difficulty("extremely", id=one), _difficulty("not", id=other)
    )
    assert found.value == "extremely"


def test_the_newest_answer_counts() -> None:
    older = _difficulty("extremely", effectiveDateTime=ago(days=5))
    assert read("functional_difficulty", older, _difficulty("not")).value == "not"
