"""Encounters: psychiatric and withdrawal stays, now and lately, and outpatient contacts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from cds.criteria.model import ABSENT, UNSEEN, Finding, When
from cds.fhir.instants import parse_period
from cds.fhir.reading import Json, reference_of, sets_of, tables, text_of
from cds.fhir.record import Resource
from cds.findings.chart import ACUTE, LONGEST_STAY, Chart, Window
from cds.findings.registry import finding

FAMILIES = (
    *("psychosis", "mood-with-psychosis", "bipolar", "depressive-disorder", "anxiety", "ocd"),
    *("ptsd", "adjustment-or-acute-stress", "bpd", "eating-disorder", "suicidal-ideation"),
    *("self-harm-acute", "sud-alcohol", "sud-opioid", "sud-sedative", "sud-cannabis"),
    *("sud-cocaine", "sud-stimulant", "sud-hallucinogen", "sud-inhalant", "sud-other"),
)
SERVICES = ("psychiatric-service", "withdrawal-service", "inpatient-psychiatric")
WITHDRAWAL = ("withdrawal-service", "wm-inpatient", "wm-residential", "wm-ambulatory")
INPATIENT = {"IMP", "ACUTE", "NONAC"}
OPEN = ("in-progress", "onleave")


@dataclass(frozen=True)
class Stay:
    """An encounter: its class codes, whether it is open, and when it began and ended."""

    resource: Resource
    classes: frozenset[str]
    sets: frozenset[str]
    status: str
    start: When | None
    end: When | None

    @property
    def is_psychiatric(self) -> bool:
        """Whether its reason, diagnosis, type, service or provider says so."""
        return bool(self.sets & {*FAMILIES, *SERVICES, *WITHDRAWAL})


def stays(chart: Chart) -> tuple[Stay, ...]:
    """Every sound encounter, in order of reference; read once."""
    if "stays" not in chart.memory:
        chart.memory["stays"] = tuple(
            sorted(_stays(chart), key=lambda stay: stay.resource.reference)
        )
    return tuple(chart.memory["stays"])


def _stays(chart: Chart) -> Iterator[Stay]:
    for resource in chart.encounters:
        raw = resource.json
        start, end = parse_period(raw.get("period"), chart.zone)
        sound = chart.record.sound(resource)
        if sound is not None:
            classes = {text_of(coding.get("code")) for coding in _classes(raw.get("class"))}
            sets = frozenset(_sets(sound, chart))
            yield Stay(sound, frozenset(classes), sets, text_of(raw.get("status")), start, end)


def _classes(value: object) -> Iterator[dict[str, object]]:
    """R4 has one Coding; an R5 sender's CodeableConcepts are taken as well."""
    for table in tables(value):
        yield table
        yield from tables(table.get("coding"))


def _names(raw: Json) -> Iterator[str]:
    """What an encounter calls itself in words: its provider, its types and its service."""
    for provider in tables(raw.get("serviceProvider")):
        yield text_of(provider.get("display"))
    for member in ("type", "serviceType"):
        for concept in tables(raw.get(member)):
            yield text_of(concept.get("text"))
            yield from (text_of(one.get("display")) for one in tables(concept.get("coding")))


def _sets(resource: Resource, chart: Chart) -> Iterator[str]:
    """Value sets of an encounter's own codes, its diagnoses and its provider's name."""
    terminology = chart.record.terminology
    yield from resource.sets
    for name in _names(resource.json):
        yield from terminology.named_in(name[:100])
    targets = {
        reference_of(entry.get("condition")) for entry in tables(resource.json.get("diagnosis"))
    }
    for target in targets - {""}:
        for name in {target, "/".join(target.split("/")[-2:])}:
            for condition in _conditions(chart).get(name, ()):
                yield from sets_of(condition.json.get("code"), terminology)


def _conditions(chart: Chart) -> dict[str, list[Resource]]:
    """Conditions by what refers to them; sorted once for all encounters."""
    if "conditions by name" not in chart.memory:
        found: dict[str, list[Resource]] = {}
        for condition in chart.record.all_of("Condition"):
            found.setdefault(condition.reference, []).append(condition)
        chart.memory["conditions by name"] = found
    return cast("dict[str, list[Resource]]", chart.memory["conditions by name"])


def _open_now(stay: Stay, chart: Chart) -> bool:
    """Whether an encounter goes on now; one open for a year was never closed and says nothing."""
    if stay.status not in OPEN or (stay.end is not None and stay.end.end <= chart.as_of):
        return False
    return not _is_forgotten(stay, chart) and not chart.is_future(stay.start)


def _is_forgotten(stay: Stay, chart: Chart) -> bool:
    """Whether an encounter still claims to be open after a year."""
    claims = stay.status in OPEN and stay.end is None
    forgotten = claims and (stay.start is None or stay.start.end < chart.as_of - LONGEST_STAY)
    if forgotten:
        chart.record.notes.add("implausible", stay.resource.reference)
    return forgotten


def _going_on(chart: Chart, stays: list[Stay]) -> Finding:
    """Whether one of the stays goes on now; unknown when one of them was never closed."""
    found = _some(chart, [one for one in stays if _open_now(one, chart)])
    forgotten = any(_is_forgotten(one, chart) for one in stays)
    return UNSEEN if forgotten and found.value is not True else found


def _some(chart: Chart, found: list[Stay]) -> Finding:
    if found:
        newest = max(found, key=lambda stay: stay.end.end if stay.end else chart.as_of)
        sources = tuple(stay.resource.reference for stay in found)
        return Finding(value=True, when=newest.end or newest.start, sources=sources)
    if chart.record.delivered.is_partial("Encounter"):
        return Finding(None, reassures=False)
    return Finding(value=False) if chart.record.delivered.has("encounters") else ABSENT


@finding(*FAMILIES, *SERVICES)
def in_hospital_now(chart: Chart) -> Finding:
    """Whether the patient is in a hospital bed or an emergency department now."""
    return _going_on(chart, [one for one in stays(chart) if one.classes & ACUTE])


@finding(*FAMILIES, *SERVICES, *WITHDRAWAL)
def inpatient_now(chart: Chart) -> Finding:
    """Whether a psychiatric or withdrawal stay as an inpatient goes on now."""
    found = [one for one in stays(chart) if one.classes & INPATIENT and one.is_psychiatric]
    return _going_on(chart, found)


def _discharged(chart: Chart, window: Window) -> Finding:
    found = [
        one
        for one in stays(chart)
        if one.classes & INPATIENT
        and one.is_psychiatric
        and one.status == "finished"
        and one.end is not None
        and chart.in_alarm(one.end, window)
        and not chart.is_future(one.end)
    ]
    return _some(chart, found)


@finding(*FAMILIES, *SERVICES, *WITHDRAWAL)
def discharged_lately(chart: Chart) -> Finding:
    """Whether a psychiatric or withdrawal stay ended in the window `discharge-recent`."""
    return _discharged(chart, chart.windows["discharge-recent"])


@finding(*FAMILIES, *SERVICES, *WITHDRAWAL)
def discharged_this_month(chart: Chart) -> Finding:
    """Whether a psychiatric or withdrawal stay ended in the window `discharge`."""
    return _discharged(chart, chart.windows["discharge"])


@finding("discharge-against-advice")
def left_against_advice(chart: Chart) -> Finding:
    """Whether a stay of the window `left-against-advice` ended against medical advice."""
    window = chart.windows["left-against-advice"]
    found = [
        one
        for one in stays(chart)
        if one.end is not None
        and chart.in_alarm(one.end, window)
        and "discharge-against-advice" in went_to(one, chart)
    ]
    return _some(chart, found)


def went_to(stay: Stay, chart: Chart) -> dict[str, str]:
    """The value sets of a stay's discharge disposition."""
    hospital = next(tables(stay.resource.json.get("hospitalization")), {})
    return sets_of(hospital.get("dischargeDisposition"), chart.record.terminology)
