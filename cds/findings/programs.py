"""Programs: IOP and PHP that run or were ordered, since when, and for how many hours a week."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import cast

from cds.criteria.model import ABSENT, Between, Finding, When
from cds.fhir.instants import parse_period
from cds.fhir.reading import text_of
from cds.fhir.record import Resource
from cds.findings.chart import Chart
from cds.findings.readings import bounded
from cds.findings.registry import finding
from cds.findings.trend import phq9_course

IOP = ("iop-psychiatric", "iop-sud")
PHP = ("php",)
WM = ("wm-inpatient", "wm-residential", "wm-ambulatory", "wm-unspecified", "withdrawal-service")
CARRIERS = ("ServiceRequest", "Procedure", "Encounter")
RUNNING = ("active", "in-progress", "on-hold", "arrived", "triaged")
DONE = ("completed", "finished")
ORDERED = ("draft", "active", "on-hold")
VOID = ("entered-in-error", "revoked", "cancelled")


@dataclass(frozen=True)
class Episode:
    """One order, procedure or encounter of a program."""

    resource: Resource
    status: str
    start: When | None
    end: When | None


def episodes(chart: Chart, *value_sets: str) -> Iterator[Episode]:
    """Orders, procedures and encounters with a code of the value sets, mistaken ones left out."""
    for kind in CARRIERS:
        for value_set in value_sets:
            for resource in _standing(chart, kind, value_set):
                if (sound := chart.record.sound(resource)) is not None:
                    yield _episode(sound, chart)


def _standing(chart: Chart, kind: str, value_set: str) -> list[Resource]:
    """What is not void; of very many the newest and every distinct one, chosen once."""
    key = f"standing {kind} {value_set}"
    if key not in chart.memory:
        chart.memory[key], dropped = bounded(
            [
                (_episode(one, chart).start, one)
                for one in chart.record.of(kind, value_set)
                if one.json.get("status") not in VOID and one.json.get("doNotPerform") is not True
            ]
        )
        if dropped:
            chart.record.notes.add("too-many", value_set)
            chart.record.delivered.hide(kind)
    return cast("list[Resource]", chart.memory[key])


def _episode(resource: Resource, chart: Chart) -> Episode:
    raw, status = resource.json, text_of(resource.json.get("status"))
    for member in ("performedPeriod", "occurrencePeriod", "period"):
        if member in raw:
            return Episode(resource, status, *parse_period(raw[member], chart.zone))
    for member in ("performedDateTime", "occurrenceDateTime", "authoredOn"):
        if member in raw:
            when = chart.when(raw[member])
            return Episode(resource, status, when, when if status in DONE else None)
    return Episode(resource, status, None, None)


def _running(chart: Chart, *value_sets: str) -> list[Episode]:
    """Episodes that run, or ended in the window `program`."""
    window = chart.windows["program"]
    return [
        one
        for one in episodes(chart, *value_sets)
        if not chart.is_future(one.start)
        and (
            (one.status in RUNNING and (one.end is None or chart.in_alarm(one.end, window)))
            or (one.status in DONE and one.end is not None and chart.in_alarm(one.end, window))
        )
    ]


def _found(chart: Chart, found: list[Episode]) -> Finding:
    if found:
        sources = tuple(sorted({one.resource.reference for one in found}))
        return Finding(value=True, when=_start(found), sources=sources)
    if any(
        chart.record.delivered.is_partial(kind)
        for kind in ("ServiceRequest", "Procedure", "Encounter")
    ):
        return Finding(None, reassures=False)
    known = chart.record.delivered.has("serviceRequests") or chart.record.delivered.has(
        "procedures"
    )
    return Finding(value=False) if known else ABSENT


def _start(found: list[Episode]) -> When | None:
    return min((one.start for one in found if one.start), key=lambda w: w.start, default=None)


@finding(*IOP)
def iop_running(chart: Chart) -> Finding:
    """Whether an IOP runs, or ended in the window `program`."""
    return _found(chart, _running(chart, *IOP))


@finding(*PHP)
def php_running(chart: Chart) -> Finding:
    """Whether a PHP runs, or ended in the window `program`."""
    return _found(chart, _running(chart, *PHP))


@finding(*WM)
def withdrawal_episode_completed(chart: Chart) -> Finding:
    """Whether withdrawal management was completed in the window `discharge-recent`.

    None completed is no answer: whether there is withdrawal stays open.
    """
    window = chart.windows["discharge-recent"]
    found = [
        one
        for one in episodes(chart, *WM)
        if one.status in DONE
        and one.end is not None
        and chart.in_alarm(one.end, window)
        and not chart.is_future(one.end)
    ]
    if not found:
        return ABSENT
    ended = max((one.end for one in found if one.end), key=lambda when: when.end)
    return replace(_found(chart, found), when=ended)


@finding(*IOP)
def iop_ordered(chart: Chart) -> Finding:
    """Whether an IOP is ordered, drafts included."""
    return _ordered(chart, *IOP)


@finding(*PHP)
def php_ordered(chart: Chart) -> Finding:
    """Whether a PHP is ordered, drafts included."""
    return _ordered(chart, *PHP)


def _ordered(chart: Chart, *value_sets: str) -> Finding:
    orders = [one for one in episodes(chart, *value_sets) if one.resource.kind == "ServiceRequest"]
    return _found(chart, [one for one in orders if one.status in ORDERED])


@finding(*IOP)
def iop_days(chart: Chart) -> Finding:
    """Days since the running IOP began."""
    start = _start(_running(chart, *IOP))
    if start is None:
        return ABSENT
    low, high = (Decimal((chart.as_of - moment).days) for moment in (start.end, start.start))
    return Finding(Between(low, high), when=start)


@finding(*IOP)
def phq9_change_in_iop(chart: Chart) -> Finding:
    """Newest PHQ-9 minus the last one at or before the start of the running IOP, else its first."""
    start, course = _start(_running(chart, *IOP)), phq9_course(chart)
    if start is None or len(course) < 2:  # noqa: PLR2004 - a change needs two scores
        return ABSENT
    before = [one for one in course if one[1].when and one[1].when.start <= start.end]
    first, last = (before or course)[-1 if before else 0], course[-1]
    if first is last:
        return ABSENT
    return Finding(
        Between.exactly(last[0] - first[0]),
        when=last[1].when,
        sources=(first[1].source, last[1].source),
    )


def refused(chart: Chart) -> Finding:
    """Whether an IOP or PHP was ordered not to be done, in the window `readiness`."""
    found = []
    for value_set in (*IOP, *PHP):
        for resource in chart.record.of("ServiceRequest", value_set):
            raw, when = resource.json, chart.when(resource.json.get("authoredOn"))
            stands = raw.get("doNotPerform") is True and raw.get("status") not in VOID
            current = chart.in_alarm(when, chart.windows["readiness"]) and not chart.is_future(when)
            if stands and current and chart.record.sound(resource):
                found.append(resource.reference)
    return Finding(value=True, sources=tuple(sorted(set(found)))) if found else ABSENT
