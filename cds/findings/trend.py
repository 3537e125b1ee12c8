"""Course of symptoms: how the PHQ-9 moved, and how often outpatient care was used."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from cds.criteria.model import ABSENT, Between, Finding
from cds.findings.chart import Chart
from cds.findings.encounters import stays
from cds.findings.readings import Reading, newest_first
from cds.findings.registry import finding
from cds.findings.scores import day_of, numbers
from cds.findings.severity import PHQ9, phq9_total

APART = timedelta(days=14)  # two scores this far apart show a course, not a day

THERAPY = ("outpatient-therapy", "group-psychotherapy", "psychiatry", "psychiatric-service")
OUTPATIENT = {"AMB", "VR", "HH", "FLD"}

Point = tuple[Decimal, Reading]


def phq9_course(chart: Chart) -> list[Point]:
    """Final, dated PHQ-9 totals of the window `course`, oldest first, the last of each day."""
    readings = chart.readings(chart.windows["course"], *PHQ9)
    days: dict[object, Point] = {}
    for value, reading in numbers(chart, "phq9_total", readings):
        if value is None or value.low is None or not (reading.final and reading.precise):
            continue
        day = day_of(reading, chart)
        point = (value.low, reading)
        days[day] = max(days.get(day, point), point, key=_lateness)
    return [days[day] for day in sorted(days, key=str)]


def _lateness(point: Point) -> tuple[bool, float, float, Decimal]:
    """Sort key inside a day: a time before a bare date, then the later, then the worse."""
    value, reading = point
    timed = reading.when is not None and reading.when.start == reading.when.end
    age, issued, *_ = newest_first(reading)
    return (timed, -age, -issued, value)


def _is_current(chart: Chart, point: Point) -> bool:
    return chart.in_alarm(point[1].when, chart.windows["phq9"])


@finding(*PHQ9)
def phq9_rise(chart: Chart) -> Finding:
    """Points by which the newest PHQ-9 (window `phq9`) lies above the one before it (`course`).

    Negative when it fell. Unknown with fewer than two scores.
    """
    course = phq9_course(chart)
    if len(course) < 2 or not _is_current(chart, course[-1]):  # noqa: PLR2004
        return ABSENT
    (before, first), (after, last) = course[-2:]
    return Finding(
        Between.exactly(after - before), when=last.when, sources=(first.source, last.source)
    )


@finding(*PHQ9)
def symptoms_minimal(chart: Chart) -> Finding:
    """Whether a fresh PHQ-9 lies below its `alarm_from`; without one symptoms are not minimal."""
    found, limit = phq9_total(chart), chart.terms["phq9_total"].alarm_from
    value = found.value
    if limit is None or not found.reassures or not isinstance(value, Between):
        return Finding(value=False)
    minimal = value.high is not None and value.high < limit
    return Finding(minimal, when=found.when, sources=found.sources)


@finding(*PHQ9)
def phq9_sustained(chart: Chart) -> Finding:
    """The lower of the newest PHQ-9 and the newest one at least 14 days before it."""
    course = phq9_course(chart)
    if not course or not _is_current(chart, course[-1]):
        return ABSENT
    value, last = course[-1]
    for earlier, first in reversed(course[:-1]):
        if first.when and last.when and last.when.end - first.when.start >= APART:
            return Finding(
                Between.exactly(min(value, earlier)),
                when=last.when,
                sources=(first.source, last.source),
            )
    return ABSENT


@finding("outpatient-therapy", "group-psychotherapy", "psychiatry")
def outpatient_contacts(chart: Chart) -> Finding:
    """How many outpatient psychotherapy or psychiatry contacts the window `contacts` holds."""
    window = chart.windows["contacts"]
    found = [
        one.resource.reference
        for one in stays(chart)
        if one.classes & OUTPATIENT
        and one.status in ("finished", "in-progress")
        and one.start is not None
        and chart.in_alarm(one.start, window)
        and not chart.is_future(one.start)
        and (one.is_psychiatric or one.sets & set(THERAPY))
    ]
    if not found and not chart.record.delivered.has("encounters"):
        return ABSENT
    whole = not chart.record.delivered.is_partial("Encounter")
    number = Decimal(len(found))
    return Finding(
        Between(number, number if whole else None), reassures=whole, sources=tuple(found)
    )
