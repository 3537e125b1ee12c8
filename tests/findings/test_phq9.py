"""PHQ-9: every shape real charts write it in, and every shape that must stay unknown."""

from typing import Any

import pytest
from charts import (
    GAD7,
    PHQ9,
    PHQ9_ITEM9,
    PHQ9_ITEMS,
    ago,
    chart,
    concept,
    form,
    item,
    notes,
    observation,
    points,
    read,
    score,
)

from cds.criteria.model import Between
from cds.findings import FINDINGS

PANEL = concept("44249-1")


def _with(**value: Any) -> Any:
    return observation(PHQ9, **value)


def _quantity(value: Any, **more: Any) -> Any:
    return _with(valueQuantity={"value": value, **more})


@pytest.mark.parametrize(
    "resource",
    [
        pytest.param(_with(valueInteger=12), id="integer"),
        pytest.param(_quantity(12), id="quantity-without-unit"),
        pytest.param(_quantity(12, unit="{score}", code="{score}"), id="quantity-score"),
        pytest.param(_quantity(12, code="1"), id="quantity-one"),
        pytest.param(_quantity(12, unit="points"), id="quantity-points"),
        pytest.param(_quantity(12.0), id="quantity-with-a-decimal-point"),
        pytest.param(_with(valueString="12"), id="string"),
        pytest.param(_with(valueString=" 12 "), id="string-with-blanks"),
        pytest.param(
            observation("44249-1", component=[{"code": concept(PHQ9), "valueInteger": 12}]),
            id="component",
        ),
        pytest.param(
            _with(
                code={
                    "coding": [
                        {"system": "https://local.example", "code": "PHQ"},
                        *concept(PHQ9)["coding"],
                    ]
                },
                valueInteger=12,
            ),
            id="second-of-two-codings",
        ),
        pytest.param(observation("720433000", "snomed", valueInteger=12), id="snomed"),
        pytest.param(observation("89204-2", valueInteger=12), id="phq9-for-teens"),
        pytest.param(form(item("/44261-6", valueInteger=12)), id="form-link-id"),
        pytest.param(form(item("/44249-1/44261-6", valueDecimal=12)), id="form-link-id-path"),
        pytest.param(form(item("44261-6", valueString="12")), id="form-bare-link-id"),
        pytest.param(
            form({"linkId": "g", "item": [{"linkId": "h", "item": [item(PHQ9, valueInteger=12)]}]}),
            id="form-nested-item",
        ),
    ],
)
def test_twelve_is_twelve_in_every_shape(resource: Any) -> None:
    found = read("phq9_total", resource)
    assert points(found) == 12
    assert found.reassures


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ({"valueString": ">15"}, 15, 27),
        ({"valueString": ">= 15"}, 15, 27),
        ({"valueString": "<10"}, 0, 10),
        ({"valueQuantity": {"value": 20, "comparator": ">="}}, 20, 27),
        ({"valueQuantity": {"value": 4, "comparator": "<"}}, 0, 4),
    ],
)
def test_a_comparator_leaves_a_gap_up_to_the_end_of_the_scale(
    value: Any, low: int, high: int
) -> None:
    found = read("phq9_total", _with(**value)).value
    assert isinstance(found, Between)
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(
    "value",
    [
        *(
            {"valueString": text}
            for text in ("7/27", "neg", "twelve", "12-14", "1e1", "", "12 pts")
        ),
        *({"valueInteger": number} for number in (28, -1, 100)),
        *({"valueQuantity": {"value": 12, "unit": unit}} for unit in ("mg/dL", "%", "kg")),
        {"valueQuantity": {"value": 12, "code": "mg/dL"}},
        {"valueQuantity": {"unit": "{score}"}},
        {"valueQuantity": {"value": 12, "comparator": "ad"}},
        {"valueBoolean": True},
        {"valueCodeableConcept": {"text": "moderate"}},
        {"valueString": ">28"},
    ],
)
def test_what_is_no_score_on_the_scale_is_unknown_and_reassures_nobody(value: Any) -> None:
    found = read("phq9_total", _with(**value))
    assert found.value is None
    assert not found.reassures


@pytest.mark.parametrize("number", [0, 27])
def test_both_ends_of_the_scale_belong_to_it(number: int) -> None:
    assert points(read("phq9_total", score(number))) == number


def test_a_value_outside_the_scale_is_noted_and_the_valid_one_before_it_counts() -> None:
    one = chart(score(28), score(12, effectiveDateTime=ago(days=3)))
    found = FINDINGS["phq9_total"].read(one)
    assert points(found) == 12
    assert not found.reassures
    assert "out-of-range" in notes(one)


@pytest.mark.parametrize(
    "resource",
    [
        observation("44249-1", hasMember=[{"reference": "Observation/o1"}]),
        observation(PHQ9, category=[concept("survey", "x")]),
        observation("55758-7", valueInteger=6),
        observation("94328-2", valueInteger=24),
        observation("44262-4", valueInteger=12),
        observation(PHQ9, "https://lab.example/codes", valueInteger=12),
        observation(PHQ9, valueInteger=12, code={"coding": [{"code": PHQ9}]}),
        observation(PHQ9, valueInteger=12, code={"text": "PHQ-9 total score, mother"}),
        score(12, GAD7),
    ],
)
def test_another_instrument_or_a_bare_panel_is_no_phq9(resource: Any) -> None:
    assert read("phq9_total", resource).value is None


def _items(values: list[int], **members: Any) -> list[Any]:
    return [score(value, code, **members) for code, value in zip(PHQ9_ITEMS, values, strict=False)]


def test_nine_items_of_one_moment_are_summed() -> None:
    found = read("phq9_total", *_items([3, 2, 1, 0, 3, 2, 1, 0, 1]))
    assert points(found) == 13
    assert len(found.sources) == 9


def test_nine_coded_answers_of_a_form_are_summed() -> None:
    answers = ["LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9"] * 3
    rows = zip(PHQ9_ITEMS, answers, strict=False)
    found = read(
        "phq9_total", form(*(item(f"/{code}", valueCoding={"code": a}) for code, a in rows))
    )
    assert points(found) == sum([0, 1, 2, 3] * 2) + 0


def test_eight_items_are_no_total_but_item_nine_counts() -> None:
    eight = _items([3] * 9)[1:]
    assert read("phq9_total", *eight).value is None
    assert points(read("phq9_item9", *eight)) == 3


def test_items_of_different_moments_are_not_summed() -> None:
    late = _items([3] * 9)
    late[0] = score(3, PHQ9_ITEMS[0], effectiveDateTime=ago(days=2))
    assert read("phq9_total", *late).value is None


def test_a_recorded_total_goes_before_a_sum() -> None:
    assert points(read("phq9_total", score(12), *_items([3] * 9))) == 12


def test_an_item_outside_its_scale_spoils_the_sum() -> None:
    assert read("phq9_total", *_items([3, 3, 3, 3, 4, 3, 3, 3, 3])).value is None


def test_item_nine_of_a_low_total_is_seen() -> None:
    assert points(read("phq9_item9", score(8), score(3, PHQ9_ITEM9))) == 3
    assert points(read("phq9_item9", score(2, "54653-1"))) == 2
