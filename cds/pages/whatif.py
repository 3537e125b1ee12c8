"""What each answer that is missing would change: found by deciding again with the answer in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from cds.assess import Assessment
from cds.criteria.ladder import Decision, Level
from cds.criteria.model import Between, Finding, Term
from cds.pages import words
from cds.shelf import Knowledge

Outcome = tuple[Finding, Decision]


@dataclass(frozen=True)
class Branch:
    """Answers that lead to the same level, in words."""

    answers: str
    level: Level
    status: str
    changes: bool


@dataclass(frozen=True)
class Question:
    """One thing nobody knows: how to learn it, and where each answer leads."""

    name: str
    label: str
    ask: str
    branches: tuple[Branch, ...]


def what_if(names: Sequence[str], assessment: Assessment, knowledge: Knowledge) -> list[Question]:
    """The questions in their order."""
    verdicts = {one.criterion.id: one.verdict for one in assessment.judgements}
    found = []
    for name in names:
        outcomes = knowledge.questions.outcomes(name, assessment.findings, verdicts)
        term = knowledge.terms[name]
        shown = knowledge.terms[term.told_by or name]
        branches = tuple(_branches(outcomes, shown, assessment.decision))
        found.append(Question(name, shown.label, term.ask, branches))
    return found


def _branches(outcomes: Sequence[Outcome], term: Term, now: Decision) -> list[Branch]:
    joined: dict[tuple[str, str], list[tuple[str, Decision]]] = {}
    for said, decision in _said(outcomes, term):
        joined.setdefault(_key(decision), []).append((said, decision))
    return [
        Branch(
            answers=either([said for said, _ in found]),
            level=found[0][1].level,
            status=status,
            changes=code != now.level.code,
        )
        for (code, status), found in joined.items()
    ]


def either(said: list[str]) -> str:
    """`not, somewhat or very`."""
    return " or ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def _said(outcomes: Sequence[Outcome], term: Term) -> list[tuple[str, Decision]]:
    """Each answer in words; neighbouring numbers with one outcome are one range."""
    if term.type != "number":
        ordered = sorted(outcomes, key=lambda pair: not pair[1].level.intensity)
        return [(words.said(answer.value), decided) for answer, decided in ordered]
    runs = [list(run) for _, run in groupby(outcomes, key=lambda pair: _key(pair[1]))]
    edges = [(run[0][0].value, run[-1][0].value) for run in runs]
    said = []
    for place, run in enumerate(runs):
        below = edges[place - 1][1] if place else None
        above = edges[place + 1][0] if place + 1 < len(runs) else None
        first, last = edges[place]
        parts = (_from(below, first), _to(last, above))
        said.append((", ".join(part for part in parts if part) or "any number", run[0][1]))
    return said


def _key(decision: Decision) -> tuple[str, str]:
    return decision.level.code, decision.status


def _from(below: object, first: object) -> str:
    """Where a range begins, at the limit on the shelf: one side of it was tried a step away."""
    if not isinstance(below, Between) or not isinstance(first, Between):
        return ""
    return f"{first} or more" if _is_limit(first, below) else f"above {below}"


def _to(last: object, above: object) -> str:
    if not isinstance(last, Between) or not isinstance(above, Between):
        return ""
    return f"below {above}" if _is_limit(above, last) else f"{last} or less"


def _is_limit(one: Between, other: Between) -> bool:
    """Which of two neighbours stands on the shelf: the one with fewer decimals."""
    return len(str(one)) <= len(str(other))
