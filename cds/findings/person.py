"""The person: age within bounds, death, and whether there is a usable Patient at all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from cds.criteria.model import ABSENT, Between, Finding
from cds.fhir.delivery import REQUIRED
from cds.findings.chart import Chart
from cds.findings.registry import finding

MAY_COUNT = {"Patient", "Condition", "Observation", "QuestionnaireResponse"}


@finding()
def age(chart: Chart) -> Finding:
    """Age in whole years today in the service's zone, within bounds when the birth date is partial.

    A child born on 29 February has a birthday on 1 March in other years.
    """
    patient = chart.record.patient
    born = chart.when(patient.json.get("birthDate")) if patient else None
    if patient is None or born is None or chart.is_future(born):
        return ABSENT
    today = chart.as_of.astimezone(chart.zone).date()
    first, last = (moment.astimezone(chart.zone).date() for moment in (born.start, born.end))
    years = Between(Decimal(years_between(last, today)), Decimal(years_between(first, today)))
    return Finding(years, sources=(patient.reference,))


def years_between(born: date, today: date) -> int:
    """Completed years from a birth date to a day; never negative."""
    return max(0, today.year - born.year - ((today.month, today.day) < (born.month, born.day)))


@finding()
def sex(chart: Chart) -> Finding:
    """Administrative gender where it is female or male; anything else is unknown."""
    patient = chart.record.patient
    said = patient.json.get("gender") if patient else None
    if patient is None or said not in ("female", "male"):
        return ABSENT
    return Finding(said, sources=(patient.reference,))


@finding()
def deceased(chart: Chart) -> Finding:
    """Whether the Patient says the person has died."""
    patient = chart.record.patient
    if patient is None:
        return ABSENT
    raw = patient.json
    died = raw.get("deceasedBoolean") is True or "deceasedDateTime" in raw
    return Finding(value=died, sources=(patient.reference,))


@finding()
def patient_known(chart: Chart) -> Finding:
    """Whether a Patient was delivered; unknown while the class is missing or unreadable."""
    if chart.record.patient is not None:
        return Finding(value=True, sources=(chart.record.patient.reference,))
    delivered = chart.record.delivered
    absent = delivered.has("patient") and not delivered.holds("Patient")
    return Finding(value=False) if absent else ABSENT


@finding(last=True)
def required_data_complete(chart: Chart) -> Finding:
    """Whether patient, conditions and observations came whole, with nothing cut off."""
    delivered = chart.record.delivered
    partial = any(delivered.is_partial(kind) for kind in ("Patient", "Condition", "Observation"))
    whole = not partial and "Patient" not in chart.record.unread
    return Finding(value=whole and all(delivered.has(name) for name in REQUIRED))


@finding(last=True)
def evidence_readable(chart: Chart) -> Finding:
    """Whether nothing that may count was left out as unreadable; unknown when something was.

    It may be a danger, or the score that calls for more care.
    """
    return Finding(value=True) if chart.record.unread.isdisjoint(MAY_COUNT) else ABSENT
