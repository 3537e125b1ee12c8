"""Evidence as a page shows it: the ladder, criteria with their ground, questions, the course."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from cds.assess import Assessment
from cds.cards.detail import questions, steps
from cds.cards.evidence import shown, told
from cds.cards.referral import hours_text
from cds.cards.words import date_text
from cds.criteria.ladder import Level
from cds.criteria.model import Between, Finding, Judgement, Term, Verdict
from cds.evidence import Evidence
from cds.fhir.notes import shown as named
from cds.findings.course import Event
from cds.pages import words
from cds.pages.contents import Source, source
from cds.pages.plots import Plot, plot
from cds.pages.whatif import Question, what_if
from cds.shelf import Knowledge

EVENTS = {
    "emergency": "Emergency department",
    "hospital": "Hospital stay",
    "observation": "Observation or short stay",
    "visit": "Outpatient visit",
    "iop": "Intensive outpatient program (IOP)",
    "php": "Partial hospitalization program (PHP)",
    "withdrawal": "Withdrawal management",
}
ORDERS = ("draft", "active", "on-hold")


@dataclass(frozen=True)
class Rung:
    """A level of care on the ladder, and what marks it: `here`, `candidate`, `also` or nothing."""

    code: str
    display: str
    mark: str


@dataclass(frozen=True)
class Value:
    """A finding behind a verdict."""

    text: str
    date: str
    fresh: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A criterion with its verdict and all it stands on."""

    id: str
    says: str
    verdict: Verdict
    values: tuple[Value, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Stop:
    """A stay or a program on the timeline."""

    title: str
    when: str
    psychiatric: bool


@dataclass(frozen=True)
class Explained:
    """What stands on the page beside the card itself."""

    level: Level
    status: str
    hours: str
    rungs: tuple[Rung, ...]
    candidate: Level | None
    rows: tuple[Row, ...]
    others: dict[str, list[Judgement]]
    questions: tuple[Question, ...]
    steps: tuple[str, ...]


def explained(assessment: Assessment, knowledge: Knowledge, zone: ZoneInfo) -> Explained:
    """The words and marks for an assessment."""
    decision, behind = assessment.decision, shown(assessment)
    in_rows = {one.criterion.id for one in behind}
    others: dict[str, list[Judgement]] = {}
    for one in assessment.judgements:
        if one.criterion.id not in in_rows:
            others.setdefault(one.criterion.dimension.replace("-", " "), []).append(one)
    asked = [] if decision.status == "emergency" else list(questions(behind, assessment))
    return Explained(
        level=decision.level,
        status=decision.status,
        hours=hours_text(decision.level, assessment) if decision.level.hours else "",
        rungs=tuple(_rungs(assessment, knowledge)),
        candidate=decision.candidate,
        rows=tuple(_row(one, assessment, knowledge, zone) for one in behind),
        others=others,
        questions=tuple(what_if(asked, assessment, knowledge)),
        steps=steps(assessment),
    )


def _rungs(assessment: Assessment, knowledge: Knowledge) -> Iterator[Rung]:
    decision = assessment.decision
    marks = {level.code: "also" for level in decision.also if level.intensity > 1}
    if decision.candidate is not None:
        marks[decision.candidate.code] = "candidate"
    marks[decision.level.code] = "here"
    for code, display in rungs(knowledge).items():
        yield Rung(code, display, marks.get(code, ""))


def rungs(knowledge: Knowledge) -> dict[str, str]:
    """The levels of care by code, the most intensive first; of several kinds their middle."""
    kinds: dict[str, list[int]] = {}
    for level in knowledge.rules.levels:
        if level.intensity:
            kinds.setdefault(level.code, []).append(level.intensity)
    ordered = sorted(kinds, key=lambda code: -(min(kinds[code]) + max(kinds[code])))
    return {code: knowledge.handouts[code].title for code in ordered}


def _row(judgement: Judgement, assessment: Assessment, knowledge: Knowledge, zone: ZoneInfo) -> Row:
    criterion = judgement.criterion
    return Row(
        id=criterion.id,
        says=criterion.says,
        verdict=judgement.verdict,
        values=tuple(
            _value(one, knowledge.terms[name], assessment, knowledge, zone)
            for name, one in told(judgement, assessment)
        ),
        sources=tuple(source(name, knowledge) for name in criterion.cite),
    )


def _value(
    finding: Finding, term: Term, assessment: Assessment, knowledge: Knowledge, zone: ZoneInfo
) -> Value:
    """Everything here is escaped by the template, unlike the text of a card."""
    dated = date_text(finding.when, assessment.as_of, zone) if finding.when else ""
    return Value(
        text=_text(finding, term),
        date=dated,
        fresh=words.freshness(finding, term, knowledge.windows) if dated else "",
        sources=tuple(dict.fromkeys(map(named, finding.sources))),
    )


def _text(finding: Finding, term: Term) -> str:
    unit = f" {term.unit}" if term.unit and isinstance(finding.value, Between) else ""
    return f"{term.label}: {words.said(finding.value)}{unit}"


def plots(evidence: Evidence, knowledge: Knowledge, zone: ZoneInfo) -> list[Plot]:
    """The scores that can be drawn."""
    drawn = (
        plot(knowledge.terms[name], points, evidence.as_of, zone)
        for name, points in evidence.course.scores.items()
        if name in knowledge.terms
    )
    return [one for one in drawn if one is not None]


def timeline(events: Iterable[Event], as_of: datetime, zone: ZoneInfo) -> list[Stop]:
    """Stays and programs in words, newest first."""
    return [_stop(event, as_of, zone) for event in events]


def _stop(event: Event, as_of: datetime, zone: ZoneInfo) -> Stop:
    title = EVENTS[event.kind]
    if event.source.startswith("ServiceRequest/"):
        title += ": ordered" if event.status in ORDERS else ": order"
    begun = date_text(event.start, as_of, zone)
    ended = date_text(event.end, as_of, zone) if event.end else ""
    when = begun if not ended or ended == begun else f"{begun} to {ended}"
    if not ended and event.status in ("in-progress", "onleave"):
        when += ", still open"
    return Stop(title, when, event.psychiatric and event.kind not in ("iop", "php", "withdrawal"))
