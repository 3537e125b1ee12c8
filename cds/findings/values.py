"""Values of readings: numbers with bounds, yes and no, coded answers; anything else is unknown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from cds.criteria.model import Between
from cds.fhir.quantities import Quantity
from cds.fhir.reading import Json, coding_pair, sets_of, tables, text_of
from cds.findings.chart import Chart
from cds.findings.readings import Reading

_STRICT = re.compile(r"\s*(<=|>=|<|>)?\s*(\d{1,6}(?:\.\d{1,6})?)\s*")
DIGITS = range(-12, 12)  # place of the first digit: beyond it nothing was measured
ORDINALS = {f"answer-{points}": points for points in range(4)}  # LL358-3 answers and their points


def number_of(
    reading: Reading, chart: Chart, quantity: Quantity, scale: tuple[Decimal, Decimal] | None
) -> Between | None:
    """A number in the unit of its quantity as known bounds, inside its scale.

    None, with a note, for anything that is no such number.
    """
    number = _number(reading.element, chart, quantity)
    if number is not None and scale is not None:
        number = clip(number, *scale)
    if number is None and not is_declined(reading, chart):
        chart.record.notes.add("out-of-range", reading.source)
    return number


def clip(number: Between, lowest: Decimal, highest: Decimal) -> Between | None:
    """Open ends closed by the scale; None for a number that lies outside it."""
    low = lowest if number.low is None else number.low
    high = highest if number.high is None else number.high
    return Between(low, high) if lowest <= low <= high <= highest else None


def _number(element: Json, chart: Chart, quantity: Quantity) -> Between | None:
    if "valueQuantity" in element:
        return _quantity(element["valueQuantity"], quantity)
    # Without a unit only what needs none can be a value.
    for name in (
        ("valueInteger", "valueDecimal", "valueString") if "" in quantity.conversions else ()
    ):
        if name in element:
            return _PARSERS[name](element[name])
    for points in (ORDINALS.get(name) for name in coded(element, chart)):
        if points is not None:
            return Between.exactly(points)
    return None


def decimal(value: object) -> Decimal | None:
    """An exact number; None for booleans, text that is no number, and what is not finite."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    if not number.is_finite() or (number and number.adjusted() not in DIGITS):
        return None
    return number


def _exact(value: object) -> Between | None:
    number = decimal(value)
    return None if number is None else Between.exactly(number)


def _quantity(value: object, kind: Quantity) -> Between | None:
    quantity = next(tables(value), {})
    convert, number = kind.conversion(quantity), decimal(quantity.get("value"))
    if convert is None or number is None:
        return None
    return compared(convert(number), text_of(quantity.get("comparator")))


def _string(value: object) -> Between | None:
    found = _STRICT.fullmatch(text_of(value)[:40])
    return compared(Decimal(found.group(2)), found.group(1) or "") if found else None


_PARSERS: Mapping[str, Callable[[object], Between | None]] = {
    "valueInteger": _exact,
    "valueDecimal": _exact,
    "valueString": _string,
}


def compared(number: Decimal | None, comparator: str) -> Between | None:
    """A number with a FHIR comparator as bounds; `>15` on a score is read as 15 or more.

    Reading a strict comparator as an inclusive one widens the bounds, which can only make less
    certain, never more.
    """
    if number is None:
        return None
    if comparator in ("<", "<="):
        return Between(None, number)
    if comparator in (">", ">="):
        return Between(number, None)
    return Between.exactly(number) if not comparator else None


def coded(element: Json, chart: Chart) -> Mapping[str, str]:
    """Value sets of a coded value, whether it is a CodeableConcept or a Coding.

    Answers of real forms carry LOINC answer codes without a system: inside an answer of a known
    item they are read as LOINC. The display, as a whole, counts where a value set accepts text.
    """
    terminology = chart.record.terminology
    found = dict(sets_of(element.get("valueCodeableConcept"), terminology))
    codings = [*tables(element.get("valueCoding"))]
    for concept in tables(element.get("valueCodeableConcept")):
        codings += tables(concept.get("coding"))
    for coding in codings:
        code = text_of(coding.get("code"))
        if not coding.get("system") and code.startswith("LA"):
            coding = {**coding, "system": "http://loinc.org"}  # noqa: PLW2901
        for pair in coding_pair(coding):
            found |= terminology.classify(*pair)
        found |= terminology.classify_text(text_of(coding.get("display"))[:100])
    found |= terminology.classify_text(text_of(element.get("valueString"))[:100])
    return found


def yes_no(reading: Reading, chart: Chart) -> bool | None:
    """Yes or no as LOINC answers, v2-0136 codes or a boolean; anything else is unknown."""
    boolean = reading.element.get("valueBoolean")
    if isinstance(boolean, bool):
        return boolean
    sets = coded(reading.element, chart)
    if ("answer-yes" in sets) == ("answer-no" in sets):
        return None
    return "answer-yes" in sets


def is_declined(reading: Reading, chart: Chart) -> bool:
    """Whether the answer was refused: a declined code, or a data-absent-reason that says so."""
    sets = dict(coded(reading.element, chart))
    sets |= sets_of(reading.element.get("dataAbsentReason"), chart.record.terminology)
    if "answer-declined" in sets:
        chart.record.notes.add("declined", reading.source)
    return "answer-declined" in sets
