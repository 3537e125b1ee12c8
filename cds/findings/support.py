"""Home and community support: a supportive home, or documented community resources."""

from __future__ import annotations

from dataclasses import replace

from cds.criteria.model import ABSENT, Finding
from cds.fhir.reading import reference_of, tables
from cds.fhir.record import Resource
from cds.findings.answers import latest_answer
from cds.findings.chart import Chart
from cds.findings.conditions import Diagnosis, recorded
from cds.findings.registry import finding
from cds.findings.values import coded

UNSAFE = ("homeless", "abuse-at-home", "household-substance-use")
HOUSING = "housing-status"


@finding("home-support", HOUSING, "alone-with-help", "feels-safe-at-home", *UNSAFE)
def home_support(chart: Chart) -> Finding:
    """Whether home supports the patient, in the window `support`.

    A plain answer decides. Else homelessness, an unsafe home or abuse there is a no, and a steady
    place to live together with some recorded support is a yes; a steady place alone is unknown.
    """
    stated = latest_answer(chart, "support", "home-support", alarm=False)
    if stated.value is False:
        return stated
    unsafe = _unsafe(chart)
    if unsafe.value is True:
        return replace(unsafe, value=False)
    if stated.value is True:
        return stated
    housing, support = _housing(chart), _some_support(chart)
    if housing.value is True and support.value is True:
        both = housing.sources + support.sources
        return replace(housing, reassures=housing.reassures and support.reassures, sources=both)
    return ABSENT


@finding("community-support")
def community_support(chart: Chart) -> Finding:
    """Whether community resources are documented, in the window `support`.

    Not documented counts as no, without being an answer: the question stays open.
    """
    found = latest_answer(chart, "support", "community-support", alarm=False)
    return Finding(value=False, reassures=False) if found.value is None else found


def _unsafe(chart: Chart) -> Finding:
    """Whether something makes home unsafe; a newer steady place outweighs an old homeless entry."""
    window, housing = chart.windows["support"], _housing(chart)
    if housing.value is False:
        return replace(housing, value=True)
    safe = latest_answer(chart, "support", "feels-safe-at-home", alarm=False)
    if safe.value is False:
        return replace(safe, value=True)

    def outweighed(one: Diagnosis) -> bool:
        steady, began = housing.when if housing.value is True else None, one.when
        homeless = "homeless" in one.resource.sets
        if homeless and steady and began and steady.start > began.end:
            chart.record.notes.add("conflict", one.resource.reference)
            return True
        return False

    return recorded(chart, window, *UNSAFE, cleared=outweighed)


def _housing(chart: Chart) -> Finding:
    """A steady place to live (yes), none (no), or anything else (unknown); of one moment the no."""
    window = chart.windows["support"]
    readings = chart.readings(window, HOUSING)
    newest = [one for one in readings.found if one.when == readings.found[0].when]
    homeless = [one for one in newest if "housing-none" in coded(one.element, chart)]
    for reading in [*homeless, *readings.found]:
        sets = coded(reading.element, chart)
        fresh = reading.final and chart.is_fresh(reading.when, window) and not readings.blind
        if "housing-none" in sets:
            return Finding(False, fresh, reading.when, (reading.source,))
        if reading.final:
            steady = "housing-steady" in sets or None
            return Finding(steady, fresh and bool(steady), reading.when, (reading.source,))
    return ABSENT


def _some_support(chart: Chart) -> Finding:
    """Help for one who lives alone, community resources, or a related person on record."""
    community = community_support(chart)
    if community.value is True:
        return community
    helped = recorded(chart, chart.windows["support"], "alone-with-help")
    if helped.value is True:
        return helped
    related = [one for one in chart.record.all_of("RelatedPerson") if _is_active(one)]
    related += [one for one in chart.record.all_of("CareTeam") if _is_active(one) and _of_home(one)]
    sources = tuple(sorted(one.reference for one in related if chart.record.sound(one)))
    return Finding(value=True, sources=sources) if sources else ABSENT


def _is_active(resource: Resource) -> bool:
    over = resource.json.get("status") in ("inactive", "entered-in-error", "suspended", "proposed")
    return resource.json.get("active") is not False and not over


def _of_home(team: Resource) -> bool:
    """Whether a related person is a member of a care team."""
    members = (reference_of(one.get("member")) for one in tables(team.json.get("participant")))
    return any("RelatedPerson/" in f"/{member}" for member in members)
