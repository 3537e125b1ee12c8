"""What the moment itself says: a discharge that begins, orders and bookings in hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cds.criteria.model import ABSENT, Finding
from cds.fhir.reading import sets_of, tables
from cds.fhir.record import Resource
from cds.findings.chart import Chart
from cds.findings.encounters import INPATIENT, stays
from cds.findings.registry import finding
from cds.moment import DISCHARGE

# Orders by the level they order, from the most intensive down.
ORDERS = {
    "inpatient": ("inpatient-psychiatric", "hospital-admission"),
    "withdrawal-management": ("wm-inpatient", "wm-residential", "wm-ambulatory", "wm-unspecified"),
    "residential": ("residential",),
    "partial-hospitalization": ("php",),
    "intensive-outpatient": ("iop-psychiatric", "iop-sud"),
    "outpatient": ("outpatient-therapy", "group-psychotherapy", "psychiatry", "sud-referral"),
}
CONSIDERED = ("draft", "active", "on-hold")
_EVERY = tuple(name for sets in ORDERS.values() for name in sets)


@finding()
def discharge_now(chart: Chart) -> Finding:
    """Whether this is the discharge from an inpatient stay: the Encounter the hook names.

    An Encounter that the chart does not hold is taken at the hook's word.
    """
    if chart.moment.hook != DISCHARGE:
        return Finding(value=False)
    named = f"Encounter/{chart.moment.encounter}"
    for stay in stays(chart):
        if stay.resource.reference == named and stay.classes:
            inpatient = bool(stay.classes & INPATIENT)
            return Finding(value=inpatient, sources=(stay.resource.reference,))
    return Finding(value=True)


@finding(*_EVERY)
def order_in_hand(chart: Chart) -> Finding:
    """The most intensive level of care that the orders in hand order, if any does."""
    for level, value_sets in ORDERS.items():
        found = sorted({one.reference for one in _in_hand(chart, "ServiceRequest", value_sets)})
        if found:
            return Finding(level, sources=tuple(found))
    return ABSENT


def _in_hand(chart: Chart, kind: str, value_sets: Iterable[str]) -> Iterator[Resource]:
    for value_set in value_sets:
        for resource in chart.record.of(kind, value_set):
            considered = resource.json.get("status") in CONSIDERED
            refused = resource.json.get("doNotPerform") is True
            if resource.reference in chart.moment.in_hand and considered and not refused:
                yield resource


@finding("outpatient-therapy", "group-psychotherapy", "psychiatry")
def outpatient_booking(chart: Chart) -> Finding:
    """Whether a booking in hand is not one of a program: ordinary outpatient care."""
    booked = [
        one
        for one in chart.record.all_of("Appointment")
        if one.reference in chart.moment.in_hand and not _is_program(one, chart)
    ]
    sources = tuple(sorted(one.reference for one in booked))
    return Finding(value=True, sources=sources) if booked else Finding(value=False)


def _is_program(resource: Resource, chart: Chart) -> bool:
    programs = {name for level in ORDERS if level != "outpatient" for name in ORDERS[level]}
    return any(
        programs & sets_of(concept, chart.record.terminology).keys()
        for member in ("serviceType", "reasonCode", "appointmentType")
        for concept in tables(resource.json.get(member))
    )
