"""What stands beside the question: pregnancy, primary care, comorbidity, hospice."""

from __future__ import annotations

from cds.criteria.model import ABSENT, UNSEEN, Finding
from cds.fhir.reading import tables
from cds.findings.chart import Chart
from cds.findings.conditions import diagnoses, recorded
from cds.findings.registry import finding
from cds.findings.values import coded


@finding("pregnancy", "pregnancy-status")
def pregnant(chart: Chart) -> Finding:
    """Whether pregnant: the newest status of the window `pregnancy`, else an active diagnosis."""
    window = chart.windows["pregnancy"]
    readings = chart.readings(window, "pregnancy-status")
    for reading in readings.found:
        sets = coded(reading.element, chart)
        said = "answer-pregnant" in sets
        if said or "answer-not-pregnant" in sets:
            fresh = reading.final and (said or chart.is_fresh(reading.when, window))
            return Finding(said, fresh and not readings.blind, reading.when, (reading.source,))
    found = recorded(chart, window, "pregnancy")
    return found if found.value is True else ABSENT


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


@finding("hospice")
def hospice(chart: Chart) -> Finding:
    """Whether hospice care is on record, as a problem, an order or a procedure."""
    found = [one.resource.reference for one in diagnoses(chart, "hospice")[0] if one.active]
    for kind in ("ServiceRequest", "Procedure", "Encounter"):
        found += [
            resource.reference
            for resource in chart.record.of(kind, "hospice")
            if resource.json.get("status") in ("active", "in-progress", "completed", "finished")
        ]
    return Finding(value=True, sources=tuple(sorted(found))) if found else Finding(value=False)
