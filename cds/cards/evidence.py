"""What a card shows as its reasons: the judgements that count, and the findings that decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cds.assess import Assessment
from cds.criteria.logic import OPPOSITE, compare
from cds.criteria.model import Clause, Criterion, Finding, Group, Judgement, Verdict

MOST_VALUES = 3  # findings in one row


def shown(assessment: Assessment) -> list[Judgement]:
    """The judgements behind the answer: what called for it, then safety, then requirements.

    What called for the level is shown by its deciding parts, the rest as one line each.
    """
    by_id = assessment.by_id
    decision = assessment.decision
    goal = decision.candidate if decision.candidate and decision.open else decision.level
    calls = list(decision.called_by)
    if goal is not decision.level:
        calls += [name for name in goal.called_by if by_id[name].verdict is Verdict.MET]
    found: dict[str, Judgement] = {}
    for name in calls:
        found |= {one.criterion.id: one for one in _leaves(by_id[name], by_id)}
    for name in (*decision.open, *decision.unmet, *goal.safety, *goal.requires):
        found.setdefault(name, by_id[name])
    return list(found.values())


def _leaves(judgement: Judgement, by_id: Mapping[str, Judgement]) -> Iterator[Judgement]:
    """The parts that decided a judgement; itself where findings of its own did."""
    parts = [
        by_id[clause.criterion]
        for group, clause in _clauses(judgement.criterion)
        if clause.criterion and by_id[clause.criterion].verdict is _wanted(judgement.verdict, group)
    ]
    if not parts or any(clause.finding for clause in judgement.criterion.clauses):
        yield judgement
    for part in parts:
        yield from _leaves(part, by_id)


def _clauses(criterion: Criterion) -> Iterator[tuple[Group, Clause]]:
    for group in criterion.groups:
        for clause in group.clauses:
            yield group, clause


def _wanted(verdict: Verdict, group: Group) -> Verdict:
    """The verdict of a part that helps the whole to its own: inside `none` the opposite."""
    return OPPOSITE[verdict] if group.word == "none" else verdict


def told(judgement: Judgement, assessment: Assessment) -> list[tuple[str, Finding]]:
    """The findings worth a place in a row: those that decided; of an unknown, what is too old."""
    if judgement.verdict is Verdict.UNKNOWN:
        names = [name for name in judgement.looked_at if _is_stale(assessment.findings[name])]
    else:
        names = list(dict.fromkeys(_decided(judgement, assessment)))
    return [(name, assessment.findings[name]) for name in names[:MOST_VALUES]]


def _is_stale(finding: Finding) -> bool:
    return finding.value is not None and not finding.reassures and bool(finding.sources)


def _decided(judgement: Judgement, assessment: Assessment) -> Iterator[str]:
    for group, clause in _clauses(judgement.criterion):
        wanted = _wanted(judgement.verdict, group)
        if clause.criterion:
            part = assessment.by_id[clause.criterion]
            if part.verdict is wanted:
                yield from _decided(part, assessment)
        elif clause.finding:
            reassures = judgement.criterion.kind.reassures != (group.word == "none")
            finding = assessment.findings[clause.finding]
            if compare(clause, finding, met_reassures=reassures) is wanted:
                yield clause.finding
