"""History: what is over, in remission or long past; worth a word, never a present event."""

from __future__ import annotations

from collections.abc import Iterator

from cds.criteria.model import UNSEEN, Finding
from cds.findings.chart import Chart
from cds.findings.conditions import REMISSION, Diagnosis, diagnoses
from cds.findings.indications import EVERY
from cds.findings.registry import finding
from cds.findings.suicide_screens import (
    ASQ,
    CSSRS,
    GRAVE,
    RESULT,
    asq_level,
    cssrs_level,
    is_cleared,
    recorded_levels,
    scored,
)

ACTS = ("self-harm-acute", "overdose-intentional", "nssi")


def _on_record(found: list[Diagnosis], *, blind: bool) -> Finding:
    if found:
        return Finding(value=True, sources=tuple(one.resource.reference for one in found))
    return UNSEEN if blind else Finding(value=False)


@finding(*REMISSION, "past-history", *EVERY)
def past_disorder(chart: Chart) -> Finding:
    """Whether a mental or substance use disorder is on record as past or in remission.

    A code of remission wins over an active status; the disagreement is noted.
    """
    stated, blind = diagnoses(chart, *REMISSION, "past-history")
    families, hidden = diagnoses(chart, *EVERY)
    present = {one.resource.reference for one in families if one.active and not one.remission}
    for one in stated:
        in_remission = any(name in one.resource.sets for name in REMISSION)
        if one.active and in_remission and one.resource.reference not in present:
            chart.record.notes.add("remission", one.resource.reference)
    over = {one.resource.reference: one for one in (*stated, *families)}
    return _on_record(
        [over[name] for name in sorted(over) if name not in present], blind=blind or hidden
    )


@finding("self-harm-history", "self-harm-followup", *ACTS)
def self_harm_history(chart: Chart) -> Finding:
    """Whether self-harm or an attempt lies behind: history codes, later encounters, old acts."""
    window = chart.windows["suicide-behaviour"]
    followed, blind = diagnoses(chart, "self-harm-history", "self-harm-followup")
    acts, hidden = diagnoses(chart, *ACTS)
    past = [one for one in acts if not (one.active and chart.in_alarm(one.when, window))]
    return _on_record([*followed, *past], blind=blind or hidden)


@finding(*CSSRS, *ASQ, RESULT)
def high_risk_cleared(chart: Chart) -> Finding:
    """Whether a high risk of the window `suicide-behaviour` was cleared by later evidence."""
    sources = tuple(sorted(set(_cleared(chart))))
    return Finding(value=True, sources=sources) if sources else Finding(value=False)


def _cleared(chart: Chart) -> Iterator[str]:
    for questions, score in ((CSSRS, cssrs_level), (ASQ, asq_level)):
        for screen, level in scored(chart, questions, score)[0]:
            if level in GRAVE and is_cleared(chart, screen.when, grave=True):
                yield from screen.sources
    for reading, level in recorded_levels(chart)[0]:
        if level in GRAVE and is_cleared(chart, reading.when, grave=True):
            yield reading.source
