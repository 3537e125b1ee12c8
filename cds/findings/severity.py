"""Severity of symptoms: PHQ-9, GAD-7 and functional difficulty, each with its windows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from cds.criteria.model import ABSENT, Between, Finding
from cds.findings.chart import Chart
from cds.findings.registry import finding
from cds.findings.scores import latest_number
from cds.findings.values import coded, number_of

PHQ9 = ("phq9-total", "phq9m-total")
ITEMS = tuple(f"phq9-item{number}" for number in range(1, 10))
DIFFICULTY = ("not", "somewhat", "very", "extremely")


@finding(*PHQ9, *ITEMS)
def phq9_total(chart: Chart) -> Finding:
    """PHQ-9 total, or that of its version for teens, 0 to 27, in the window `phq9`.

    Where no total was delivered but all nine items of one moment were, their sum.
    """
    found = latest_number(chart, "phq9_total", *PHQ9)
    if found.value is not None:
        return found
    summed = _sum_of_items(chart)
    return replace(summed, reassures=summed.reassures and found.reassures)


def _sum_of_items(chart: Chart) -> Finding:
    window = chart.windows["phq9"]
    readings = chart.readings(window, *ITEMS)
    newest = next((one.when for one in readings.found if one.final), None)
    together = [one for one in readings.found if one.final and one.when == newest]
    points: dict[str, Decimal] = {}
    for one in together:
        value = number_of(one, chart, chart.quantities["score"], (Decimal(0), Decimal(3)))
        if value is not None and value.low is not None and value.low == value.high:
            points[one.value_set] = max(value.low, points.get(one.value_set, Decimal(0)))
    if len(points) < len(ITEMS):
        return ABSENT
    fresh = chart.is_fresh(newest, window) and not readings.blind
    sources = tuple(sorted({one.source for one in together}))
    return Finding(Between.exactly(sum(points.values(), Decimal(0))), fresh, newest, sources)


@finding("gad7-total")
def gad7_total(chart: Chart) -> Finding:
    """GAD-7 total, 0 to 21, in the window `phq9`."""
    return latest_number(chart, "gad7_total", "gad7-total")


@finding("functional-difficulty")
def functional_difficulty(chart: Chart) -> Finding:
    """How hard the problems make daily life: not, somewhat, very or extremely; window `phq9`.

    The newest answer; of one moment the worst.
    """
    window = chart.windows["phq9"]
    readings = chart.readings(window, "functional-difficulty")
    answers = [
        (number, one)
        for one in readings.found
        for number, word in enumerate(DIFFICULTY)
        if f"difficulty-{word}" in coded(one.element, chart)
    ]
    if not answers:
        return ABSENT
    together = [pair for pair in answers if pair[1].when == answers[0][1].when]
    number, reading = max(together, key=lambda pair: pair[0])
    fresh = reading.final and chart.is_fresh(reading.when, window) and not readings.blind
    return Finding(DIFFICULTY[number], fresh, reading.when, (reading.source,))


@finding("pcl5-total")
def pcl5_total(chart: Chart) -> Finding:
    """PCL-5 total, 0 to 80, in the window `pcl5`."""
    return latest_number(chart, "pcl5_total", "pcl5-total")


@finding("young-mania-total")
def young_mania_total(chart: Chart) -> Finding:
    """YMRS total, 0 to 60, in the window `phq9`."""
    return latest_number(chart, "young_mania_total", "young-mania-total")
