"""Criteria and findings to judgements: every criterion judged once, in order of dependence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from cds.criteria import logic
from cds.criteria.model import ABSENT, Criterion, Finding, Group, Judgement, Verdict

Findings = Mapping[str, Finding]
Verdicts = Mapping[str, Verdict]

_COMBINE: dict[str, Callable[[Group, list[Verdict]], Verdict]] = {
    "all": lambda _, verdicts: logic.all_of(verdicts),
    "any": lambda _, verdicts: logic.any_of(verdicts),
    "none": lambda _, verdicts: logic.none_of(verdicts),
    "at_least_n_of": lambda group, verdicts: logic.at_least_n_of(group.count, verdicts),
}


def judge(criterion: Criterion, findings: Findings, verdicts: Verdicts) -> Verdict:
    """The verdict of one criterion, given the verdicts of those it refers to."""
    return logic.all_of(_judge(criterion, group, findings, verdicts) for group in criterion.groups)


def _judge(criterion: Criterion, group: Group, findings: Findings, verdicts: Verdicts) -> Verdict:
    # Inside `none` a met clause speaks against the criterion, so what reassures is turned round.
    met_reassures = criterion.kind.reassures != (group.word == "none")
    seen = [
        verdicts[clause.criterion]
        if clause.criterion is not None
        else logic.compare(
            clause, findings.get(clause.finding or "", ABSENT), met_reassures=met_reassures
        )
        for clause in group.clauses
    ]
    return _COMBINE[group.word](group, seen)


def evaluate(criteria: Iterable[Criterion], findings: Findings) -> dict[str, Verdict]:
    """Verdict by criterion id; `criteria` stand in order of dependence."""
    verdicts: dict[str, Verdict] = {}
    for criterion in criteria:
        verdicts[criterion.id] = judge(criterion, findings, verdicts)
    return verdicts


def judgements(criteria: Iterable[Criterion], verdicts: Verdicts) -> tuple[Judgement, ...]:
    """Each criterion with its verdict and the findings it looked at, through references."""
    seen: dict[str, tuple[str, ...]] = {}
    found = []
    for criterion in criteria:
        names: dict[str, None] = {}
        for clause in criterion.clauses:
            names |= dict.fromkeys(
                seen[clause.criterion] if clause.criterion else [clause.finding or ""]
            )
        seen[criterion.id] = tuple(names)
        found.append(Judgement(criterion, verdicts[criterion.id], tuple(names)))
    return tuple(found)
