"""What stands beside the question: primary care, comorbidity, hospice."""

from __future__ import annotations

from cds.criteria.model import ABSENT, UNSEEN, Finding
from cds.fhir.reading import codings, tables
from cds.findings.chart import Chart
from cds.findings.conditions import diagnoses
from cds.findings.encounters import stays, went_to
from cds.findings.registry import finding

ENGLISH = "en"  # BCP 47


@finding("comorbid-medical")
def comorbidity(chart: Chart) -> Finding:
    """Whether a chronic medical condition is active."""
    found, blind = diagnoses(chart, "comorbid-medical")
    active = tuple(one.resource.reference for one in found if one.active)
    if active:
        return Finding(value=True, sources=active)
    return UNSEEN if blind else Finding(value=False)


@finding()
def primary_care_known(chart: Chart) -> Finding:
    """Whether the Patient names a general practitioner; not named is a no that can be asked."""
    patient = chart.record.patient
    if patient is None:
        return ABSENT
    named = any(tables(patient.json.get("generalPractitioner")))
    return Finding(named, reassures=named, sources=(patient.reference,))


@finding("hospice", "discharge-hospice")
def hospice(chart: Chart) -> Finding:
    """Whether hospice care is on record: a problem, an order, a procedure, a way to be discharged.

    Discharges count for a year. The disposition `hosp` means hospice, not hospital.
    """
    found = [one.resource.reference for one in diagnoses(chart, "hospice")[0] if one.active]
    for kind in ("ServiceRequest", "Procedure", "Encounter"):
        found += [
            resource.reference
            for resource in chart.record.of(kind, "hospice")
            if resource.json.get("status") in ("active", "in-progress", "completed", "finished")
        ]
    found += [
        stay.resource.reference
        for stay in stays(chart)
        if not chart.is_future(stay.end) and "discharge-hospice" in went_to(stay, chart)
    ]
    return Finding(value=True, sources=tuple(sorted(set(found)))) if found else Finding(value=False)


@finding("autism", "intellectual-disability", "severe-cognitive-disorder")
def adaptation_needed(chart: Chart) -> Finding:
    """Whether autism or an intellectual disability that is not severe is on record."""
    found, blind = diagnoses(chart, "autism", "intellectual-disability")
    milder = [one for one in found if one.active]
    milder = [one for one in milder if "severe-cognitive-disorder" not in one.resource.sets]
    if milder:
        return Finding(value=True, sources=tuple(one.resource.reference for one in milder))
    return UNSEEN if blind else Finding(value=False)


@finding()
def interpreter_useful(chart: Chart) -> Finding:
    """Whether the preferred language is another than English; the only one counts as preferred."""
    patient = chart.record.patient
    if patient is None:
        return ABSENT
    spoken = [*tables(patient.json.get("communication"))]
    preferred = [one for one in spoken if one.get("preferred") is True]
    chosen = preferred or (spoken if len(spoken) == 1 else [])
    codes = [code for one in chosen for _, code in codings(one.get("language"))]
    if not codes:
        return Finding(None)
    other = not any(code.casefold().split("-")[0] == ENGLISH for code in codes)
    return Finding(other, sources=(patient.reference,))
