"""Scores: the newest of its day, the worse one where a day disagrees, with its freshness."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from cds.criteria.model import Between, Finding
from cds.findings.chart import Chart
from cds.findings.readings import Reading, Readings
from cds.findings.values import is_declined, number_of

Scored = tuple[Between, Reading]
Worst = Callable[[Between], tuple[Decimal, Decimal]]


def highest(value: Between) -> tuple[Decimal, Decimal]:
    """Sort key where more is worse."""
    return (value.high or Decimal(0), value.low or Decimal(0))


def lowest(value: Between) -> tuple[Decimal, Decimal]:
    """Sort key where less is worse."""
    return (-(value.low or Decimal(0)), -(value.high or Decimal(0)))


def latest_number(
    chart: Chart, name: str, *value_sets: str, worst: Worst = highest, all_days: bool = False
) -> Finding:
    """The finding `name` as a number of one of the value sets.

    The value is the worst of the newest day, or of the whole window with `all_days`; values
    without a precise date or not final stand beside it and can only alarm. An unreadable one
    takes away reassurance.
    """
    window = chart.windows[chart.terms[name].window or ""]
    readings = chart.readings(window, *value_sets)
    scored = numbers(chart, name, readings)
    usable = [(value, reading) for value, reading in scored if value is not None]
    blind = readings.blind or len(usable) < len(scored)
    is_total = chart.terms[name].quantity is None and not all_days
    if is_total:
        note_unfit(chart, scored)
    if not usable:
        return Finding(None, reassures=not blind)
    group = usable if all_days else _newest_day(usable, chart)
    value, reading = max(group, key=lambda pair: worst(pair[0]))
    # A measurement may move within a day, and a course is no conflict; two totals of a day are.
    if is_total and len({value for value, _ in group}) > 1:
        chart.record.notes.add("conflict", reading.source)
    newest = [one for _, one in _newest_day(usable, chart)]
    fresh = all(chart.is_fresh(one.when, window) and one.final for one in newest)
    if not fresh:
        note_age(chart, newest)
    return Finding(
        value, fresh and not blind, reading.when, tuple(sorted({r.source for _, r in group}))
    )


def numbers(chart: Chart, name: str, readings: Readings) -> list[tuple[Between | None, Reading]]:
    """Each reading as a number of the finding `name`, in its unit and on its scale, or None."""
    term = chart.terms[name]
    quantity = chart.quantities[term.quantity or "score"]
    return [(number_of(one, chart, quantity, term.scale), one) for one in readings.found]


def _newest_day(usable: list[Scored], chart: Chart) -> list[Scored]:
    """The final scores of the newest day, and those that are not final or whose day is unknown."""
    dated = [pair for pair in usable if pair[1].precise and pair[1].final]
    vague = [pair for pair in usable if not (pair[1].precise and pair[1].final)]
    if not dated:
        return vague
    newest = max(day_of(reading, chart) for _, reading in dated)
    return [pair for pair in dated if day_of(pair[1], chart) == newest] + vague


def day_of(reading: Reading, chart: Chart) -> date:
    """The local day of a precisely dated reading."""
    assert reading.when is not None  # noqa: S101 - callers ask precise readings only
    return reading.when.start.astimezone(chart.zone).date()


def note_unfit(chart: Chart, scored: Iterable[tuple[Between | None, Reading]]) -> None:
    """A total that is none (42 of 27) may stand for any: unread, until a later one is sound."""
    for value, reading in scored:
        if value is not None:
            return
        said = any(key.startswith("value") for key in reading.element)
        if said and not is_declined(reading, chart):
            chart.record.unread.add(reading.resource.kind)


def note_age(chart: Chart, readings: Iterable[Reading]) -> None:
    """Say of each reading why it cannot reassure."""
    for reading in readings:
        chart.record.notes.add("stale" if reading.precise else "date-unknown", reading.source)
