"""Substance use as screens and laboratories show it, diagnosis or not."""

from __future__ import annotations

from cds.criteria.model import Between, Finding
from cds.findings.chart import Chart
from cds.findings.registry import finding
from cds.findings.scores import latest_number
from cds.findings.values import coded


@finding("audit-total")
def audit_total(chart: Chart) -> Finding:
    """AUDIT total, 0 to 40, in the window `substance-screen`."""
    return latest_number(chart, "audit_total", "audit-total")


@finding("dast10-total")
def dast10_total(chart: Chart) -> Finding:
    """DAST-10 total, 0 to 10, in the window `substance-screen`."""
    return latest_number(chart, "dast10_total", "dast10-total")


@finding("ethanol-blood")
def blood_alcohol(chart: Chart) -> Finding:
    """Blood alcohol in mg/dL, the highest of the window `blood-alcohol`."""
    return latest_number(chart, "blood_alcohol", "ethanol-blood", all_days=True)


def evident(chart: Chart, known: Finding, **scores: Finding) -> Finding:
    """A finding that is not yes, turned to yes by a score that reaches its `alarm_from`."""
    for name, score in scores.items():
        limit = chart.terms[name].alarm_from
        value = score.value
        if known.value is True or limit is None or not isinstance(value, Between):
            continue
        if value.high is None or value.high >= limit:
            return Finding(value=True, when=score.when, sources=score.sources)
    return known


def or_detected(chart: Chart, known: Finding, value_set: str) -> Finding:
    """A finding that is not yes, turned to yes by a drug screen of the window `drug-screen`."""
    readings = chart.readings(chart.windows["drug-screen"], value_set)
    found = [one for one in readings.found if "result-positive" in coded(one.element, chart)]
    if known.value is True or not found:
        return known
    return Finding(value=True, when=found[0].when, sources=tuple(one.source for one in found))
