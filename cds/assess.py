"""The one door to the medicine: a record at an instant, judged by the shelf."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from cds.criteria.decide import decide
from cds.criteria.evaluate import evaluate, judgements
from cds.criteria.ladder import Decision
from cds.criteria.model import Finding, Judgement, Verdict
from cds.fhir.delivery import REQUIRED
from cds.fhir.notes import Note
from cds.fhir.record import Record
from cds.findings import FINDINGS
from cds.findings.chart import Chart
from cds.findings.course import NO_COURSE, Course, course_of
from cds.moment import Moment
from cds.shelf import Knowledge


@dataclass(frozen=True)
class Assessment:
    """Everything concluded of one patient at one instant.

    `missing` names the findings whose answer could change the level, `undelivered` the required
    classes of data that came from nowhere, `protected` the records with a 42 CFR Part 2 label.
    `course` is what a reader wants to see beside it; no verdict hangs on it.
    """

    as_of: datetime
    decision: Decision
    findings: Mapping[str, Finding]
    judgements: tuple[Judgement, ...]
    missing: tuple[str, ...]
    notes: tuple[Note, ...]
    undelivered: tuple[str, ...]
    protected: frozenset[str]
    moment: Moment
    course: Course = NO_COURSE

    @cached_property
    def by_id(self) -> Mapping[str, Judgement]:
        """The judgements by the id of their criterion."""
        return {one.criterion.id: one for one in self.judgements}

    def verdict(self, criterion: str) -> Verdict:
        """The verdict of one criterion by id."""
        return self.by_id[criterion].verdict


def assess(
    record: Record,
    as_of: datetime,
    knowledge: Knowledge,
    moment: Moment | None = None,
) -> Assessment:
    """Read the findings, judge the criteria, decide on a level, and say what is still needed."""
    chart = Chart(record, as_of, knowledge.frame, moment)
    names = sorted(knowledge.terms, key=lambda name: FINDINGS[name].last)
    findings = {name: FINDINGS[name].read(chart) for name in names}
    decision, judged, missing = conclude(findings, knowledge)
    return Assessment(
        as_of=as_of,
        decision=decision,
        findings=findings,
        judgements=judged,
        missing=missing,
        notes=tuple(record.notes),
        undelivered=tuple(name for name in REQUIRED if not record.delivered.has(name)),
        protected=frozenset(record.protected),
        moment=chart.moment,
        # Last, because looking at old scores must not add a note to the answer.
        course=course_of(chart),
    )


def conclude(
    findings: Mapping[str, Finding], knowledge: Knowledge
) -> tuple[Decision, tuple[Judgement, ...], tuple[str, ...]]:
    """What follows from findings alone: the decision, the judgements, and what is still needed."""
    rules = knowledge.rules
    verdicts = evaluate(rules.criteria, findings)
    decision = decide(rules.levels, verdicts)
    applicable = decision.status != "not-applicable"
    missing = knowledge.questions.missing(findings, verdicts, decision) if applicable else ()
    return decision, judgements(rules.criteria, verdicts), missing
