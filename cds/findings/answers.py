"""Yes-no answers: the newest of its day, the worse one where a day disagrees."""

from __future__ import annotations

from cds.criteria.model import Finding
from cds.findings.chart import Chart
from cds.findings.readings import Reading
from cds.findings.scores import day_of, note_age
from cds.findings.values import is_declined, yes_no

Answered = tuple[bool | None, Reading]


def latest_answer(chart: Chart, window_name: str, *value_sets: str, alarm: bool) -> Finding:
    """The newest yes or no to a question; `alarm` is the answer that speaks against the patient.

    An unreadable, unsure or declined newest answer is unknown; an alarming one of the same day,
    or one not final or of unknown date, still alarms.
    """
    window = chart.windows[window_name]
    readings = chart.readings(window, *value_sets)
    group = _newest_day([(yes_no(one, chart), one) for one in readings.found], chart)
    for _, reading in group:
        is_declined(reading, chart)
    chosen = _chosen(group, alarm=alarm)
    if chosen is None:
        return Finding(None, reassures=not (readings.blind or readings.found))
    value, reading = chosen
    if len({answer for answer, _ in group}) > 1:
        chart.record.notes.add("conflict", reading.source)
    fresh = reading.final and chart.is_fresh(reading.when, window)
    if not fresh:
        note_age(chart, [reading])
    return Finding(value, fresh and not readings.blind, reading.when, (reading.source,))


def _newest_day(answered: list[Answered], chart: Chart) -> list[Answered]:
    dated = [pair for pair in answered if pair[1].precise and pair[1].final]
    vague = [pair for pair in answered if not (pair[1].precise and pair[1].final)]
    if not dated:
        return vague
    newest = max(day_of(reading, chart) for _, reading in dated)
    return [pair for pair in dated if day_of(pair[1], chart) == newest] + vague


def _chosen(group: list[Answered], *, alarm: bool) -> Answered | None:
    for pair in group:
        if pair[0] is alarm:
            return pair
    if not group or any(answer is None for answer, _ in group):
        return None
    return group[0]
