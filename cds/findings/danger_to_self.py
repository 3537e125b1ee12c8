"""Danger to self: C-SSRS, ASQ, recorded risk, PHQ-9 item 9, and all of it as one answer."""

from __future__ import annotations

from collections.abc import Sequence

from cds.criteria.model import ABSENT, Between, Finding, When
from cds.findings.chart import Chart
from cds.findings.recorded_danger import (
    ACTS,
    INTENT,
    SEEN_INTENT,
    SEEN_THOUGHTS,
    THOUGHTS,
    overdose_recorded,
    self_harm_now,
    self_harm_recent,
    suicidal_ideation_recorded,
    suicidal_intent_recorded,
)
from cds.findings.registry import finding
from cds.findings.scores import latest_number, note_age
from cds.findings.suicide_screens import (
    ASQ,
    CSSRS,
    GRAVE,
    GRAVITY,
    RESULT,
    SEVERITY,
    SEVERITY_LEVELS,
    Score,
    Scored,
    asq_level,
    cssrs_level,
    is_cleared,
    is_evaluated,
    recorded_levels,
    scored,
)
from cds.findings.values import coded

ITEM9 = ("phq9-item9", "phq9-item9-nursing-home")


@finding(*CSSRS)
def cssrs_screen(chart: Chart) -> Finding:
    """The C-SSRS screener as negative, low, moderate or high.

    Thoughts alarm for the window `suicide-screen`, acts for `suicide-behaviour`. Later clearing
    evidence takes an alarm away; a high one only when it is strong.
    """
    return _screen(chart, CSSRS, cssrs_level)


@finding(*ASQ)
def asq_screen(chart: Chart) -> Finding:
    """The ASQ as negative, non-acute, acute, or unfinished: positive with question 5 open.

    Windows and clearing as for the C-SSRS.
    """
    return _screen(chart, ASQ, asq_level)


def _screen(chart: Chart, questions: dict[str, str], score: Score) -> Finding:
    """The worst screen that still stands, else the newest complete negative one."""
    screens, blind = scored(chart, questions, score)
    standing = [(one, level) for one, level in screens if _stands(chart, one.when, level)]
    if standing:
        screen, level = max(standing, key=lambda pair: GRAVITY.index(pair[1] or ""))
        return Finding(level, screen.final, screen.when, screen.sources)
    return _negative(chart, screens, blind=blind)


def _stands(chart: Chart, when: When | None, level: str | None) -> bool:
    if level is None or level == "negative":
        return False
    if level == "low":
        return not is_evaluated(chart, when)
    return not is_cleared(chart, when, grave=level in GRAVE)


def _negative(chart: Chart, screens: Sequence[Scored], *, blind: bool) -> Finding:
    for screen, level in screens:
        blind |= screen.unread  # a newer answer nobody can read takes an older "no" away
        if level == "negative":
            fresh = chart.is_fresh(screen.when, chart.windows["suicide-screen"]) and screen.final
            if not fresh:
                note_age(chart, screen.readings)
            return Finding("negative", fresh and not blind, screen.when, screen.sources)
    return Finding(None, reassures=not blind)


@finding(RESULT)
def suicide_risk_recorded(chart: Chart) -> Finding:
    """The recorded suicide risk result: low, moderate or high. Windows as for the C-SSRS.

    The worst result still standing; a low one reassures only while nothing alarming is later.
    """
    levels, blind = recorded_levels(chart)
    blind |= any(level is None for _, level in levels)
    standing = [
        (one, level)
        for one, level in levels
        if level == "low" or (level and _stands(chart, one.when, level))
    ]
    if not standing:
        return Finding(None, reassures=not blind)
    alarming = [pair for pair in standing if pair[1] != "low"]
    reading, level = max(alarming, key=lambda p: GRAVITY.index(p[1])) if alarming else standing[0]
    fresh = chart.is_fresh(reading.when, chart.windows["suicide-screen"]) and reading.final
    if not fresh:
        note_age(chart, [reading])
    return Finding(level, fresh and not blind, reading.when, (reading.source,))


@finding(SEVERITY)
def cssrs_severity(chart: Chart) -> Finding:
    """The most severe thoughts of the past month as low, moderate or high, unless cleared since.

    In the window `suicide-screen`. It can only alarm.
    """
    readings = chart.readings(chart.windows["suicide-screen"], SEVERITY)
    standing = [
        (one, level)
        for one in readings.found
        for name, level in SEVERITY_LEVELS.items()
        if name in coded(one.element, chart) and _stands(chart, one.when, level)
    ]
    if not standing:
        return Finding(None, reassures=not readings.blind)
    reading, level = max(standing, key=lambda pair: GRAVITY.index(pair[1]))
    return Finding(level, when=reading.when, sources=(reading.source,))


@finding(*ITEM9)
def phq9_item9(chart: Chart) -> Finding:
    """PHQ-9 item 9, 0 to 3, in the window `phq9`, unless cleared by later evidence.

    Zero reassures nobody: the item asks about two weeks and is no suicide screen.
    """
    found = latest_number(chart, "phq9_item9", *ITEM9)
    if found.value is not None and is_cleared(chart, found.when):
        return ABSENT
    return found


REASSURING = {
    cssrs_screen: "negative",
    asq_screen: "negative",
    suicide_risk_recorded: "low",
    cssrs_severity: None,
}
SIGNS = (
    suicidal_ideation_recorded,
    suicidal_intent_recorded,
    self_harm_now,
    self_harm_recent,
    overdose_recorded,
)


RECORDED = (*ACTS, *THOUGHTS, *INTENT, SEEN_THOUGHTS, *SEEN_INTENT, "nssi", "overdose-unstated")


@finding(*CSSRS, *ASQ, RESULT, SEVERITY, *ITEM9, *RECORDED)
def suicide_screen(chart: Chart) -> Finding:
    """Danger to self as one answer: alarming, clear, or unknown.

    Alarming when any of the findings above stands. Clear only by a complete negative C-SSRS or
    ASQ or a recorded low risk, with nothing alarming and nothing unseen beside it.
    """
    screens = {read: read(chart) for read in REASSURING}
    others = [read(chart) for read in SIGNS]
    item9 = phq9_item9(chart)
    alarming = [one for read, one in screens.items() if one.value not in (None, REASSURING[read])]
    alarming += [one for one in others if one.value is True]
    alarming += [item9] if isinstance(item9.value, Between) and item9.value.high else []
    clean = [one for read, one in screens.items() if one.value and one.value == REASSURING[read]]
    if alarming and clean:
        chart.record.notes.add("conflict", alarming[0].sources[0])
    if alarming:
        return _joined("alarming", alarming, reassures=True)
    seen = all(one.value is False for one in others)
    seen &= item9.value is not None or item9.reassures
    clear = [one for one in screens.values() if one.value is not None]
    unseen = [one for one in screens.values() if one.value is None and not one.reassures]
    if clear:
        fresh = any(one.reassures for one in clear) and seen and not unseen
        return _joined("clear", clear, reassures=fresh)
    return Finding(None, reassures=seen and not unseen)


def _joined(value: str, findings: Sequence[Finding], *, reassures: bool) -> Finding:
    sources = sorted({source for one in findings for source in one.sources})
    when = max((one.when for one in findings if one.when), key=lambda w: w.end, default=None)
    return Finding(value, reassures, when, tuple(sources))
