"""Withdrawal and intoxication: which substances make it a question, scores, events and risks."""

from __future__ import annotations

from cds.criteria.model import UNSEEN, Finding
from cds.findings.chart import Chart
from cds.findings.conditions import diagnoses, recorded
from cds.findings.registry import finding
from cds.findings.scores import latest_number
from cds.findings.substance_use import (
    audit_total,
    blood_alcohol,
    dast10_total,
    evident,
    or_detected,
)

ALCOHOL = ("sud-alcohol", "withdrawal-alcohol")
OPIOID = ("sud-opioid", "opioid-agonist-therapy", "withdrawal-opioid")
SEDATIVE = ("sud-sedative", "withdrawal-sedative")
UNSPECIFIED = ("sud-other",)
SPECIFIED = (
    *("sud-opioid", "sud-sedative", "sud-cannabis", "sud-cocaine"),
    *("sud-stimulant", "sud-hallucinogen", "sud-inhalant"),
)
EVENTS = ("intoxication", "overdose", "opioid-toxicity")
DANGEROUS = ("withdrawal-dangerous",)
GRAVEST = ("withdrawal-delirium", "withdrawal-seizure", "wernicke")
AGONIST = ("moud-agonist", "opioid-agonist-therapy")


def _in_picture(chart: Chart, *value_sets: str) -> Finding:
    """Whether an active disorder of a substance is on record; doubted ones count for risk."""
    found, blind = diagnoses(chart, *value_sets)
    active = tuple(one.resource.reference for one in found if one.active and not one.remission)
    if active:
        return Finding(value=True, sources=active)
    return UNSEEN if blind else Finding(value=False)


@finding(*ALCOHOL, "audit-total", "ethanol-blood")
def alcohol_in_picture(chart: Chart) -> Finding:
    """Whether an alcohol disorder or withdrawal is active, doubted entries included.

    An AUDIT or a blood alcohol from its `alarm_from` on is evidence of use as well.
    """
    known = _in_picture(chart, *ALCOHOL)
    scores = {"audit_total": audit_total(chart), "blood_alcohol": blood_alcohol(chart)}
    return evident(chart, known, **scores)


@finding(*OPIOID, "uds-opiate")
def opioid_in_picture(chart: Chart) -> Finding:
    """Whether an opioid disorder or withdrawal is active, or a drug screen found opiates."""
    known = _in_picture(chart, *OPIOID)
    return or_detected(chart, known, "uds-opiate")


@finding(*SEDATIVE)
def sedative_in_picture(chart: Chart) -> Finding:
    """Whether a sedative disorder or withdrawal is active, doubted entries included."""
    return _in_picture(chart, *SEDATIVE)


@finding(*UNSPECIFIED, *SPECIFIED, *EVENTS, "dast10-total")
def unspecified_substance_in_picture(chart: Chart) -> Finding:
    """Whether an unspecified substance, intoxication or overdose stands, or a high DAST-10.

    Disorders by their status, events in the window `substance-evidence`. A DAST-10 that a
    diagnosis of some drug explains says nothing of another.
    """
    disorder = _in_picture(chart, *UNSPECIFIED)
    if _in_picture(chart, *SPECIFIED).value is not True:
        disorder = evident(chart, disorder, dast10_total=dast10_total(chart))
    event = recorded(chart, chart.windows["substance-evidence"], *EVENTS)
    if disorder.value is True or event.value is not True:
        return disorder
    return event


@finding("ciwa-ar-total")
def ciwa_ar(chart: Chart) -> Finding:
    """CIWA-Ar total, 0 to 67, the worst of the window `withdrawal-score`.

    An improving score clears only after a whole window below the cut-off.
    """
    return latest_number(chart, "ciwa_ar", "ciwa-ar-total", all_days=True)


@finding("ciwa-ar-total", *ALCOHOL, *OPIOID, *SEDATIVE)
def ciwa_ar_without_alcohol(chart: Chart) -> Finding:
    """Whether a CIWA-Ar stands beside opioids or sedatives and no alcohol: the wrong scale."""
    rated, alcohol = ciwa_ar(chart), alcohol_in_picture(chart)
    others = (opioid_in_picture(chart), sedative_in_picture(chart))
    if rated.value is None or not any(one.value is True for one in others):
        return Finding(value=False)
    if alcohol.value is None:
        return UNSEEN
    return Finding(not alcohol.value, when=rated.when, sources=rated.sources)


@finding("cows-total")
def cows(chart: Chart) -> Finding:
    """COWS total, 0 to 48, the worst of the window `withdrawal-score`."""
    return latest_number(chart, "cows", "cows-total", all_days=True)


@finding(*DANGEROUS)
def dangerous_withdrawal(chart: Chart) -> Finding:
    """Alcohol, sedative or unspecified withdrawal as a problem of the window `withdrawal-event`."""
    return recorded(chart, chart.windows["withdrawal-event"], *DANGEROUS)


@finding("withdrawal-sedative")
def sedative_withdrawal(chart: Chart) -> Finding:
    """Sedative withdrawal as a problem of the window `withdrawal-event`."""
    return recorded(chart, chart.windows["withdrawal-event"], "withdrawal-sedative")


@finding("withdrawal-opioid")
def opioid_withdrawal(chart: Chart) -> Finding:
    """Opioid withdrawal as a problem of the window `withdrawal-event`."""
    return recorded(chart, chart.windows["withdrawal-event"], "withdrawal-opioid")


@finding(*GRAVEST)
def withdrawal_complication(chart: Chart) -> Finding:
    """Withdrawal delirium or seizure, or Wernicke, in the window `acute-event`."""
    return recorded(chart, chart.windows["acute-event"], *GRAVEST)


@finding("withdrawal-delirium", "withdrawal-seizure")
def withdrawal_complication_ever(chart: Chart) -> Finding:
    """Whether withdrawal delirium or seizure was ever recorded, whatever its status now."""
    found, blind = diagnoses(chart, "withdrawal-delirium", "withdrawal-seizure")
    if found:
        return Finding(value=True, sources=tuple(one.resource.reference for one in found))
    return UNSEEN if blind else Finding(value=False)


@finding("opioid-toxicity")
def opioid_toxicity(chart: Chart) -> Finding:
    """Opioid intoxication or poisoning in the window `acute-event`."""
    return recorded(chart, chart.windows["acute-event"], "opioid-toxicity")


@finding(*AGONIST)
def agonist_treatment(chart: Chart) -> Finding:
    """Whether opioid agonist treatment is active: a diagnosis, procedure, order or drug."""
    found = [one for one in diagnoses(chart, *AGONIST)[0] if one.active]
    sources = [one.resource.reference for one in found]
    for kind in ("MedicationRequest", "MedicationStatement", "ServiceRequest", "Procedure"):
        for value_set in AGONIST:
            for resource in chart.record.of(kind, value_set):
                active = resource.json.get("status") in ("active", "in-progress")
                if active and chart.record.sound(resource):
                    sources.append(resource.reference)
    return Finding(value=True, sources=tuple(sorted(set(sources)))) if sources else Finding(None)
