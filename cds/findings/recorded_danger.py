"""Danger to self as it was written down: thoughts, intent, acts and overdoses."""

from __future__ import annotations

from cds.criteria.model import Finding
from cds.findings.chart import Chart
from cds.findings.conditions import recorded
from cds.findings.registry import finding
from cds.findings.suicide_screens import is_cleared
from cds.findings.values import yes_no

THOUGHTS = ("suicidal-ideation", "self-harm-plan-without-intent")
INTENT = ("suicidal-intent-or-plan",)
ACTS = ("self-harm-acute", "overdose-intentional")
SEEN_THOUGHTS = "suicidal-ideation-observation"
SEEN_INTENT = ("suicidal-intent-observation", "suicidal-plan-observation")


@finding(*THOUGHTS, SEEN_THOUGHTS)
def suicidal_ideation_recorded(chart: Chart) -> Finding:
    """Suicidal thoughts in the window `recorded-danger`, unless cleared.

    As an active problem, or as an Observation of them that says yes.
    """
    found = _recorded(chart, "recorded-danger", *THOUGHTS)
    return _or_observed(chart, found, SEEN_THOUGHTS)


@finding(*INTENT, *SEEN_INTENT)
def suicidal_intent_recorded(chart: Chart) -> Finding:
    """Suicidal intent, plan or threat in the window `recorded-danger`, unless strongly cleared.

    As an active problem, or as an Observation of it that says yes.
    """
    found = _recorded(chart, "recorded-danger", *INTENT, grave=True)
    return _or_observed(chart, found, *SEEN_INTENT, grave=True)


@finding(*ACTS)
def self_harm_now(chart: Chart) -> Finding:
    """A coded suicide attempt or self-harm, initial encounter, in the window `self-harm-now`.

    No screen clears it: a tool never outweighs an act of the last days.
    """
    window = chart.windows["self-harm-now"]
    # An older act is the business of `self_harm_recent`, and after that history.
    return recorded(chart, window, *ACTS, cleared=lambda one: not chart.in_alarm(one.when, window))


@finding(*ACTS, "nssi")
def self_harm_recent(chart: Chart) -> Finding:
    """Coded self-harm of any kind in the window `suicide-behaviour`, unless cleared since."""
    return _recorded(chart, "suicide-behaviour", *ACTS, "nssi")


@finding("overdose-unstated")
def overdose_recorded(chart: Chart) -> Finding:
    """An overdose of unstated intent in the window `recorded-danger`, unless cleared since."""
    return _recorded(chart, "recorded-danger", "overdose-unstated")


def _recorded(chart: Chart, window: str, *value_sets: str, grave: bool = False) -> Finding:
    return recorded(
        chart,
        chart.windows[window],
        *value_sets,
        cleared=lambda one: is_cleared(chart, one.when, grave=grave),
    )


def _or_observed(chart: Chart, found: Finding, *value_sets: str, grave: bool = False) -> Finding:
    """A finding, or else an uncleared Observation of the window `recorded-danger` that says yes.

    An Observation that says no is no screen: it clears nothing.
    """
    readings = chart.readings(chart.windows["recorded-danger"], *value_sets)
    said = [
        one
        for one in readings.found
        if yes_no(one, chart) and not is_cleared(chart, one.when, grave=grave)
    ]
    if found.value is True or not said:
        return found
    return Finding(value=True, when=said[0].when, sources=tuple(one.source for one in said))
