"""How suicide screens are scored, and which moments clear an earlier alarm."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cds.criteria.model import When
from cds.findings.chart import Chart
from cds.findings.readings import Reading
from cds.findings.screens import CLINICIANS, Screen, administrations, performers
from cds.findings.values import coded

CSSRS = {
    **{f"cssrs-q{number}": f"q{number}" for number in range(1, 6)},
    "cssrs-q6-lifetime": "q6",
    "cssrs-q6-recent": "q6-recent",
}
ASQ = {f"asq-q{number}": f"q{number}" for number in range(1, 6)}
RESULT = "suicide-risk-result"
RISK_LEVELS = {f"suicide-risk-{level}": level for level in ("low", "moderate", "high")}
SEVERITY = "cssrs-most-severe-ideation-recent"
SEVERITY_LEVELS = {
    **dict.fromkeys(("ideation-level-1", "ideation-level-2"), "low"),
    "ideation-level-3": "moderate",
    **dict.fromkeys(("ideation-level-4", "ideation-level-5"), "high"),
}
GRAVITY = ("low", "moderate", "non-acute", "high", "unfinished", "acute")
GRAVE = {"high", "unfinished", "acute"}

Scored = tuple[Screen, str | None]
Score = Callable[[Screen, bool], str | None]


def cssrs_level(screen: Screen, thoughts: bool) -> str | None:  # noqa: FBT001 - one of two windows
    """High, moderate or low by the worst answer, negative when complete, None when incomplete.

    The published triage of the screener. `thoughts` says whether answers 1 to 5 still count.
    """
    said = screen.answers.get
    # An act of unknown date is taken as recent until somebody clarifies it.
    if said("q6-recent") or (said("q6") and said("q6-recent") is None):
        return "high"
    if thoughts and (said("q4") or said("q5")):
        return "high"
    if said("q6") or (thoughts and said("q3")):
        return "moderate"
    if thoughts and (said("q1") or said("q2")):
        return "low"
    acted = said("q6") if said("q6") is not None else said("q6-recent")
    complete = said("q1") is False and said("q2") is False and acted is False
    # A form that says no to thoughts and yes to a plan contradicts itself and clears nothing.
    contradicted = any(said(f"q{number}") for number in range(3, 6))
    return "negative" if complete and not contradicted and not screen.unread else None


def asq_level(screen: Screen, thoughts: bool) -> str | None:  # noqa: FBT001 - one of two windows
    """Acute, unfinished, non-acute or negative; a refusal of questions 1 to 4 is a positive."""
    first = [screen.answers.get(f"q{number}") for number in range(1, 5)]
    if thoughts and screen.answers.get("q5"):
        return "acute"
    if thoughts and (any(first) or screen.declined - {"q5"}):
        return "unfinished" if screen.answers.get("q5") is None else "non-acute"
    acute = screen.answers.get("q5")
    return "negative" if all(answer is False for answer in first) and not acute else None


def scored(chart: Chart, questions: dict[str, str], score: Score) -> tuple[list[Scored], bool]:
    """Every administration inside the behaviour window with its level, and whether one was hidden.

    Thoughts alarm for the window `suicide-screen`, acts for `suicide-behaviour`.
    """
    thoughts, acts = chart.windows["suicide-screen"], chart.windows["suicide-behaviour"]
    screens, blind = administrations(chart, acts, questions)
    return [(one, score(one, chart.in_alarm(one.when, thoughts))) for one in screens], blind


def recorded_levels(chart: Chart) -> tuple[list[tuple[Reading, str | None]], bool]:
    """Recorded risk results, newest first, each with its level or None when it says none."""
    readings = chart.readings(chart.windows["suicide-behaviour"], RESULT)
    return [(one, _level(one, chart)) for one in readings.found], readings.blind


def _level(reading: Reading, chart: Chart) -> str | None:
    levels = {RISK_LEVELS[name] for name in coded(reading.element, chart) if name in RISK_LEVELS}
    return max(levels, key=GRAVITY.index, default=None)


@dataclass(frozen=True)
class Clearing:
    """A moment at which danger was looked for and not found."""

    when: When
    strong: bool  # by a clinician and still fresh: lowers even a high risk


def clearings(chart: Chart) -> tuple[Clearing, ...]:
    """Complete negative screens and recorded results "low", final ones only."""
    if "clearings" not in chart.memory:
        chart.memory["clearings"] = tuple(_clearings(chart))
    return tuple(chart.memory["clearings"])


def _clearings(chart: Chart) -> Iterable[Clearing]:
    window = chart.windows["suicide-screen"]
    for questions, score in ((CSSRS, cssrs_level), (ASQ, asq_level)):
        for screen, level in scored(chart, questions, score)[0]:
            if level == "negative" and screen.final and screen.when:
                fresh = chart.is_fresh(screen.when, window)
                yield Clearing(screen.when, fresh and screen.by_clinician)
    for reading, level in recorded_levels(chart)[0]:
        if level == "low" and reading.final and reading.when:
            by_clinician = any(kind in CLINICIANS for kind in performers(reading))
            yield Clearing(reading.when, by_clinician and chart.is_fresh(reading.when, window))


def is_evaluated(chart: Chart, screen: When | None) -> bool:
    """Whether a clinician recorded low risk with the screen or after it."""
    return screen is not None and any(
        level == "low" and reading.final and reading.when and reading.when.end >= screen.end
        for reading, level in recorded_levels(chart)[0]
    )


def is_cleared(chart: Chart, alarm: When | None, *, grave: bool = False) -> bool:
    """Whether some clearing is later than the whole alarm; a grave one needs a strong clearing."""
    return alarm is not None and any(
        one.when.start > alarm.end and (one.strong or not grave) for one in clearings(chart)
    )
