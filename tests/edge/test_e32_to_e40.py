"""E32 to E40: which numbers are numbers, in which unit, and inside which scale."""

import pytest
from asked import Asked, ask
from charts import (
    NEGATIVE,
    Json,
    ago,
    condition,
    cssrs,
    measured,
    observation,
    patient,
    read,
    readiness,
    score,
    vitals,
)

SUPPORTED = ("intensive-outpatient", "supported")
OPEN = ("undetermined", "indeterminate")
BASE = [condition("F33.1"), cssrs(NEGATIVE), readiness()]
REST = [*BASE, *vitals()]


def _with(code: str, value: float, unit: str, *rest: Json) -> Asked:
    """The vital signs of a calm chart with one of them replaced."""
    kept = [one for one in vitals() if one["code"]["coding"][0]["code"] != code]
    return ask(*BASE, score(16), *kept, *rest, measured(code, value, unit))


def test_e32_a_low_score_of_last_year_says_nothing() -> None:
    old = score(2, effectiveDateTime=ago(days=395))
    found = ask(condition("F33.1"), old)
    assert found.said == ("outpatient", "provisional")
    assert found.verdict("symptoms-mild-or-moderate") == "unknown"
    assert old["id"] not in found.text


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("16", 16, 16),
        (" 16.0 ", 16, 16),
        (">15", 15, 27),
        ("<= 4", 0, 4),
    ],
)
def test_e33_a_strict_number_in_a_text_is_read_with_its_comparator(
    text: str, low: int, high: int
) -> None:
    value = read("phq9_total", observation("44261-6", valueString=text)).value
    assert value is not None
    assert (value.low, value.high) == (low, high)


@pytest.mark.parametrize("text", ["7/27", "neg", "16 points?", "1e1", "sixteen"])
def test_e33_any_other_text_is_unknown(text: str) -> None:
    found = ask(*REST, observation("44261-6", valueString=text))
    assert found.verdict("phq9-moderately-severe") == "unknown"
    assert found.said == OPEN
    assert "out-of-range" in found.notes


def test_e33_a_comparator_bounds_a_score() -> None:
    quantity = {"value": 19, "comparator": ">", "unit": "{score}"}
    found = ask(*REST, observation("44261-6", valueQuantity=quantity))
    assert found.verdict("phq9-moderately-severe") == "met"
    assert found.verdict("phq9-severe") == "unknown"
    assert found.said == SUPPORTED


@pytest.mark.parametrize(
    "value",
    [
        {"valueInteger": 16},
        {"valueQuantity": {"value": 16, "code": "{score}"}},
        {"valueQuantity": {"value": 16, "code": "1"}},
        {"valueQuantity": {"value": 16}},
    ],
    ids=["integer", "score", "one", "no unit"],
)
def test_e34_a_score_needs_no_unit(value: Json) -> None:
    assert ask(*REST, observation("44261-6", **value)).said == SUPPORTED


@pytest.mark.parametrize("unit", ["mg/dL", "%", "kg"])
def test_e34_a_score_in_a_unit_of_something_else_is_none(unit: str) -> None:
    found = ask(*REST, measured("44261-6", 16, unit))
    assert found.verdict("phq9-moderately-severe") == "unknown"
    assert "out-of-range" in found.notes


def test_e35_a_temperature_in_fahrenheit_is_the_same_in_celsius() -> None:
    assert _with("8310-5", 98.6, "[degF]").said == SUPPORTED
    assert _with("8310-5", 37, "Cel").said == SUPPORTED
    assert _with("8310-5", 104, "[degF]").said == ("emergency", "emergency")


def test_e35_an_impossible_temperature_is_unknown() -> None:
    found = _with("8310-5", 98.6, "Cel")
    assert found.said == ("intensive-outpatient", "provisional")
    assert found.verdict("medically-stable") == "unknown"
    assert "out-of-range" in found.notes


@pytest.mark.parametrize(
    ("value", "unit"), [(0.15, "g/dL"), (0.15, "%"), (150, "mg/dL"), (32.56, "mmol/L")]
)
def test_e36_blood_alcohol_is_the_same_in_every_unit(value: float, unit: str) -> None:
    found = read("blood_alcohol", measured("5643-2", value, unit)).value
    assert found is not None
    assert float(found.low) == pytest.approx(150, abs=0.1)
    tenfold = ask(condition("F10.20"), measured("5643-2", value * 2, unit))
    assert tenfold.said == ("emergency", "emergency")


def test_e36_blood_alcohol_without_a_unit_is_unknown() -> None:
    bare = observation("5643-2", valueQuantity={"value": 320})
    found = ask(condition("F10.20"), bare)
    assert found.said != ("emergency", "emergency")
    assert found.verdict("acute-intoxication-or-complication") == "unknown"
    assert "out-of-range" in found.notes


def test_e37_phosphate_and_glucose_are_converted() -> None:
    phosphate = read("phosphate", measured("2777-1", 0.7, "mmol/L")).value
    glucose = read("glucose_lowest", measured("2345-7", 3.2, "mmol/L")).value
    assert phosphate is not None
    assert glucose is not None
    assert float(phosphate.low) == pytest.approx(2.17, abs=0.01)
    assert float(glucose.low) == pytest.approx(57.7, abs=0.1)
    ill = ask(condition("F50.01"), measured("2777-1", 0.7, "mmol/L"))
    assert ill.said == ("inpatient", "supported")
    assert ask(*REST, score(16), measured("2345-7", 3.2, "mmol/L")).said == OPEN


def _built(pounds: float, inches: float, days: float = 0, born: str = "1990-05-17") -> list[Json]:
    """A person whose weight was taken now, and height so many days before."""
    return [
        patient(birthDate=born),
        measured("29463-7", pounds, "[lb_av]"),
        measured("8302-2", inches, "[in_i]", effectiveDateTime=ago(days=days)),
    ]


def test_e38_a_body_mass_index_is_computed_from_pounds_and_inches() -> None:
    found = read("bmi", *_built(95, 65)).value
    assert found is not None
    assert float(found.low) == pytest.approx(15.8, abs=0.05)
    thin = ask(condition("F50.01"), *_built(95, 65))
    assert thin.said == ("inpatient", "supported")


@pytest.mark.parametrize(
    ("born", "days", "known"),
    [("1990-05-17", 89, True), ("1990-05-17", 91, False), ("2013-05-17", 29, True),
     ("2013-05-17", 31, False)],
)  # fmt: skip
def test_e38_weight_and_height_far_apart_make_no_index(born: str, days: int, known: bool) -> None:  # noqa: FBT001
    assert (read("bmi", *_built(95, 65, days, born)).value is not None) is known


def test_e39_without_a_diastolic_part_the_systolic_rule_still_runs() -> None:
    pressures = ("8480-6", "8462-4")
    parts = [one for one in vitals() if one["code"]["coding"][0]["code"] not in pressures]

    def pressure(systolic: int) -> Json:
        part = measured("8480-6", systolic, "mm[Hg]")
        inside = {name: part[name] for name in ("code", "valueQuantity")}
        return observation("85354-9", component=[inside])

    low = ask(*BASE, score(16), *parts, pressure(85))
    assert low.said == ("emergency", "emergency")
    calm = ask(*BASE, score(16), *parts, pressure(118))
    assert calm.said == ("intensive-outpatient", "provisional")
    assert calm.verdict("medically-stable") == "unknown"


@pytest.mark.parametrize(
    ("code", "value", "unit"), [("8867-4", -72, "/min"), ("59408-5", 0.97, "%")]
)
def test_e40_an_impossible_vital_sign_is_unknown_with_a_note(
    code: str, value: float, unit: str
) -> None:
    found = _with(code, value, unit)
    assert found.said == ("intensive-outpatient", "provisional")
    assert found.verdict("vitals-emergency") in ("unknown", "not-met")
    assert "out-of-range" in found.notes
