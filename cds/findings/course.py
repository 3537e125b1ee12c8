"""The course of care as a reader wants to see it: scores over time, stays and programs.

No finding reads it. It holds codes, numbers and times, and not a word of the chart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cds.criteria.model import Between, When
from cds.findings.chart import Chart
from cds.findings.encounters import stays
from cds.findings.programs import IOP, PHP, WM, episodes
from cds.findings.scores import numbers
from cds.findings.severity import PHQ9

# The value sets of each score that is drawn.
SCORES = {
    "phq9_total": PHQ9,
    "gad7_total": ("gad7-total",),
    "pcl5_total": ("pcl5-total",),
    "audit_total": ("audit-total",),
    "dast10_total": ("dast10-total",),
    "ciwa_ar": ("ciwa-ar-total",),
    "cows": ("cows-total",),
}
PROGRAMS = {"iop": IOP, "php": PHP, "withdrawal": WM}
SETTINGS = {
    "emergency": {"EMER"},
    "hospital": {"IMP", "ACUTE", "NONAC"},
    "observation": {"OBSENC", "SS"},
    "visit": {"AMB", "VR", "HH", "FLD"},
}
MOST_POINTS = 24  # of one score, the newest
MOST_EVENTS = 40  # stays and programs together, the newest


@dataclass(frozen=True)
class Point:
    """One dated score; `final` is False for one that may still change."""

    value: Between
    when: When
    source: str
    final: bool


@dataclass(frozen=True)
class Event:
    """A stay or a program: a key of SETTINGS or PROGRAMS, and when it began and ended."""

    kind: str
    psychiatric: bool
    status: str
    start: When | None
    end: When | None
    source: str


@dataclass(frozen=True)
class Course:
    """Scores by finding, oldest first, and events, newest first."""

    scores: dict[str, tuple[Point, ...]]
    events: tuple[Event, ...]


NO_COURSE = Course({}, ())


def course_of(chart: Chart) -> Course:
    """What the chart shows of it, out of what the findings have read already: it costs nothing."""
    scores = {name: points for name in SCORES if (points := tuple(_points(chart, name)))}
    events = {event.source: event for event in (*_stays(chart), *_programs(chart))}
    newest = sorted(events.values(), key=_newest_first)[:MOST_EVENTS]
    return Course(scores, tuple(newest))


def _points(chart: Chart, name: str) -> Iterator[Point]:
    window = "course" if name == "phq9_total" else chart.terms[name].window or ""
    readings = chart.readings(chart.windows[window], *SCORES[name])
    usable = [
        Point(value, one.when, one.source, one.final)
        for value, one in numbers(chart, name, readings)
        if value is not None and one.when is not None and one.precise
    ]
    yield from reversed(usable[:MOST_POINTS])


def _stays(chart: Chart) -> Iterator[Event]:
    for stay in stays(chart):
        kind = next((kind for kind, codes in SETTINGS.items() if stay.classes & codes), "visit")
        yield Event(
            kind, stay.is_psychiatric, stay.status, stay.start, stay.end, stay.resource.reference
        )


def _programs(chart: Chart) -> Iterator[Event]:
    for kind, sets in PROGRAMS.items():
        for one in episodes(chart, *sets):
            yield Event(kind, True, one.status, one.start, one.end, one.resource.reference)


def _newest_first(event: Event) -> tuple[float, str]:
    return (-event.start.end.timestamp() if event.start else 0.0, event.source)
