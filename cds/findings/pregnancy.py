"""Pregnancy: whether there is one now, and whether one ended within the year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from cds.criteria.model import ABSENT, Finding, When
from cds.fhir.instants import parse_period
from cds.findings.chart import Chart
from cds.findings.conditions import Diagnosis, diagnoses, recorded
from cds.findings.registry import finding
from cds.findings.values import coded

BIRTH = "birth"


@finding("pregnancy", "pregnancy-status", BIRTH)
def pregnant(chart: Chart) -> Finding:
    """Whether pregnant: the latest of a status, an active diagnosis and a birth.

    Statuses and diagnoses count for the window `pregnancy`.
    """
    stated, born = _statuses(chart)[:1], _birth(chart)

    def over(one: Diagnosis) -> bool:
        return BIRTH in one.resource.sets or _is_later(born.when, one.when)

    entry = recorded(chart, chart.windows["pregnancy"], "pregnancy", cleared=over)
    said = stated[0] if stated else ABSENT
    if entry.value is True and (said.value is None or _is_later(entry.when, said.when)):
        return entry
    return replace(born, value=False) if _is_later(born.when, said.when) else said


@finding("pregnancy-status", BIRTH)
def pregnancy_ended(chart: Chart) -> Finding:
    """Whether a birth, or a "not pregnant" after a pregnancy, lies in window `postpartum`."""
    born = _birth(chart)
    if born.value is True:
        return born
    statuses = _statuses(chart)
    ended = [
        after
        for after, before in pairwise(statuses)
        if before.value is True and after.value is False and _is_recent(after.when, chart)
    ]
    return replace(ended[0], value=True) if ended else Finding(value=False)


def _statuses(chart: Chart) -> list[Finding]:
    """What was said of pregnancy, newest first; a "yes" holds until its window ends."""
    window = chart.windows["pregnancy"]
    readings = chart.readings(window, "pregnancy-status")
    found = []
    for reading in readings.found:
        sets = coded(reading.element, chart)
        said = "answer-pregnant" in sets
        if said or "answer-not-pregnant" in sets:
            fresh = reading.final and (said or chart.is_fresh(reading.when, window))
            whole = fresh and not readings.blind
            found.append(Finding(said, whole, reading.when, (reading.source,)))
    return found


def _birth(chart: Chart) -> Finding:
    """The latest birth of the window `postpartum`."""
    births = [one for one in _births(chart) if _is_recent(one.when, chart)]
    return max(births, key=lambda one: one.when.end.timestamp() if one.when else 0, default=ABSENT)


def _births(chart: Chart) -> Iterator[Finding]:
    for one in diagnoses(chart, BIRTH)[0]:
        yield Finding(value=True, when=one.when, sources=(one.resource.reference,))
    for resource in chart.record.of("Encounter", BIRTH):
        if resource.json.get("status") == "finished" and chart.record.sound(resource):
            start, end = parse_period(resource.json.get("period"), chart.zone)
            yield Finding(value=True, when=end or start, sources=(resource.reference,))


def _is_recent(when: When | None, chart: Chart) -> bool:
    if when is None or chart.is_future(when):
        return False
    return chart.in_alarm(when, chart.windows["postpartum"])


def _is_later(one: When | None, other: When | None) -> bool:
    return one is not None and (other is None or one.end > other.end)
