"""Conditions: which diagnoses count now, for risk and for indication, and since when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cds.criteria.model import UNSEEN, Finding, When
from cds.fhir.reading import codings, sets_of, tables, text_of
from cds.fhir.record import Resource
from cds.findings.chart import Chart, Window
from cds.findings.readings import bounded

ACTIVE = {"active", "recurrence", "relapse"}
VOID = {"refuted", "entered-in-error"}
VISITED = {"in-progress", "finished", "onleave", "arrived", "triaged"}
DOUBTED = {"provisional", "differential", "unconfirmed"}
REMISSION = ("remission-full", "remission-substance")


@dataclass(frozen=True)
class Diagnosis:
    """One coded problem: whether it is active, confirmed and in remission, and when it began."""

    resource: Resource
    active: bool
    confirmed: bool
    remission: bool
    relapse: bool
    when: When | None

    @property
    def indicates(self) -> bool:
        """Whether it is a reason for treatment: active, not doubted, not in full remission."""
        return self.active and self.confirmed and not self.remission


def diagnoses(chart: Chart, *value_sets: str) -> tuple[tuple[Diagnosis, ...], bool]:
    """Diagnoses with a code of the value sets, and whether any could not be seen.

    Reads Conditions; refuted and mistaken entries are dropped.
    """
    found: dict[int, Diagnosis] = {}
    delivered = chart.record.delivered
    blind = delivered.is_partial("Condition") or not delivered.has("conditions")
    for value_set in value_sets:
        key = f"diagnoses {value_set}"
        if key not in chart.memory:
            chart.memory[key] = _of_set(chart, value_set)
        seen, hidden = chart.memory[key]
        found |= {id(one.resource.json): one for one in seen}
        blind |= hidden
    return tuple(sorted(found.values(), key=lambda one: one.resource.reference)), blind


def _of_set(chart: Chart, value_set: str) -> tuple[list[Diagnosis], bool]:
    """The diagnoses of one value set, and whether any could not be seen."""
    found: list[Diagnosis] = []
    standing = [
        (onset(one, chart), one)
        for one in chart.record.of("Condition", value_set)
        if _status(one, "verificationStatus") not in VOID
    ]
    kept, dropped = bounded(standing)
    if dropped:
        chart.record.notes.add("too-many", value_set)
    blind = dropped or chart.record.is_masked(value_set)
    for resource in kept:
        sound = chart.record.sound(resource)
        diagnosis = _diagnosis(sound, chart, value_set) if sound is not None else None
        if diagnosis is None or chart.is_future(diagnosis.when):
            blind = True
            reason = "unreadable" if diagnosis is None else "future-date"
            chart.record.notes.add(reason, resource.reference)
        else:
            found.append(diagnosis)
    return found, blind


def is_standing(resource: Resource, chart: Chart) -> bool:
    """Whether a problem, with a code or without, is neither void nor over nor in remission."""
    if _status(resource, "verificationStatus") in VOID:
        return False
    diagnosis = _diagnosis(resource, chart, "")
    return diagnosis.active and not diagnosis.remission


def _status(resource: Resource, member: str) -> str:
    """The code of a Condition status; absent is an empty text."""
    for _, code in codings(resource.json.get(member)):
        return code
    return ""


def _diagnosis(resource: Resource, chart: Chart, value_set: str) -> Diagnosis:
    raw = resource.json
    status = _status(resource, "clinicalStatus")
    ended = any(key.startswith("abatement") for key in raw)
    unstated = status in ("", "unknown")
    active = status in ACTIVE or (unstated and not ended)
    disputed = active and value_set not in REMISSION and _says_remission(resource)
    if disputed:
        chart.record.notes.add("conflict", resource.reference)
    return Diagnosis(
        resource=resource,
        active=active and not _is_over(resource, chart),
        # A missing status, or a second code of remission, is enough for risk, not to indicate.
        confirmed=not (unstated or disputed)
        and _status(resource, "verificationStatus") not in DOUBTED,
        remission=status == "remission",
        relapse=status in ("recurrence", "relapse"),
        when=onset(resource, chart),
    )


def _says_remission(resource: Resource) -> bool:
    return any(name in resource.sets for name in REMISSION)


def _is_over(resource: Resource, chart: Chart) -> bool:
    abated = chart.when(resource.json.get("abatementDateTime"))
    return abated is not None and abated.end <= chart.as_of


def onset(resource: Resource, chart: Chart) -> When | None:
    """When a Condition began, or else when it was written down."""
    raw = resource.json
    for member in ("onsetDateTime", "recordedDate"):
        if member in raw:
            return chart.when(raw[member])
    period = next(tables(raw.get("onsetPeriod")), {})
    return chart.when(period.get("start"))


def recorded(
    chart: Chart,
    window: Window,
    *value_sets: str,
    cleared: Callable[[Diagnosis], bool] = lambda _: False,
) -> Finding:
    """Whether an active diagnosis of the value sets began or was recorded inside the window.

    The reason of a visit inside the window counts as well. An older entry that is still active
    neither alarms nor clears: it is to be verified. What later evidence has `cleared` does not
    count.
    """
    found, blind = diagnoses(chart, *value_sets)
    risky = [one for one in found if one.active and not cleared(one)]
    current = [one for one in risky if chart.in_alarm(one.when, window)]
    current += [one for one in _visits(chart, window, *value_sets) if not cleared(one)]
    if current:
        newest = max(current, key=lambda one: (_end(one), one.resource.reference))
        return Finding(
            value=True, when=newest.when, sources=tuple(one.resource.reference for one in current)
        )
    if risky:
        for one in risky:
            chart.record.notes.add("stale", one.resource.reference)
        return UNSEEN
    return UNSEEN if blind else Finding(value=False)


def _end(diagnosis: Diagnosis) -> float:
    return diagnosis.when.end.timestamp() if diagnosis.when else 0.0


def indication(chart: Chart, *value_sets: str) -> Finding:
    """Whether a diagnosis of the value sets is a reason for treatment now.

    Active and confirmed (or not doubted) Conditions, and reasons of Encounters of the last year.
    A doubted diagnosis, or one without a clinical status, leaves it unknown.
    """
    found, blind = diagnoses(chart, *value_sets)
    sources = [one.resource.reference for one in found if one.indicates]
    visits = _visits(chart, chart.windows["visit-diagnosis"], *value_sets)
    sources += [one.resource.reference for one in visits]
    if sources:
        return Finding(value=True, sources=tuple(dict.fromkeys(sources)))
    doubted = [one for one in found if one.active and not one.remission]
    if doubted or blind:
        return Finding(None, False, None, tuple(one.resource.reference for one in doubted))
    return Finding(value=False)


def _visits(chart: Chart, window: Window, *value_sets: str) -> Iterator[Diagnosis]:
    """Encounters of the window whose reason is a diagnosis of the value sets."""
    for resource in chart.encounters:
        if resource.sets.keys().isdisjoint(value_sets):
            continue
        raw = resource.json
        reasons = sets_of(raw.get("reasonCode"), chart.record.terminology)
        if not any(name in reasons for name in value_sets):
            continue
        start = chart.when(next(tables(raw.get("period")), {}).get("start"))
        known = start is not None and chart.in_alarm(start, window) and not chart.is_future(start)
        if known and text_of(raw.get("status")) in VISITED and chart.record.sound(resource):
            yield Diagnosis(
                resource, active=True, confirmed=True, remission=False, relapse=False, when=start
            )
