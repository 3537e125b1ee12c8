"""What of a shelf can never show: nothing leads to it, nobody reads it, no story gets there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cds.assess import Assessment
from cds.check.homes import false_homes, homes
from cds.criteria.ladder import Level
from cds.criteria.model import Criterion, Verdict
from cds.criteria.parse_level import LEVEL_LISTS
from cds.fhir.labels import PROTECTED, PSYCHOTHERAPY
from cds.findings import FINDINGS
from cds.findings.answer_sets import ANSWER_SETS
from cds.shelf import Knowledge

LABELS = (PSYCHOTHERAPY, *PROTECTED)


@dataclass(frozen=True)
class Gap:
    """One entry that is unreachable: what kind of thing it is, its id, and why."""

    kind: str
    name: str
    why: str


def unreachable(knowledge: Knowledge) -> list[Gap]:
    """Everything of the shelf that nothing leads to."""
    return [
        *_criteria(knowledge),
        *_value_sets(knowledge),
        *_quantities(knowledge),
        *_works(knowledge),
        *_statements(knowledge),
    ]


def unreached(knowledge: Knowledge, assessments: Iterable[Assessment]) -> list[Gap]:
    """The entries of the ladder that no story gets to."""
    seen: set[str] = set()
    for one in assessments:
        # A candidate is an answer too: the level that would follow.
        decided = (one.decision.level, one.decision.candidate)
        seen |= {level.id for level in decided if level is not None}
    return [
        Gap("level", level.id, "no story gets there")
        for level in knowledge.rules.levels
        if level.id not in seen
    ]


def never_met(knowledge: Knowledge, assessments: Iterable[Assessment]) -> list[str]:
    """The criteria that are met in no story."""
    met = {
        one.criterion.id
        for assessment in assessments
        for one in assessment.judgements
        if one.verdict is Verdict.MET
    }
    return [one.id for one in knowledge.rules.criteria if one.id not in met]


def reads() -> frozenset[str]:
    """The value sets that the code reads: as questions, as answers, as labels."""
    asked = {name for entry in FINDINGS.values() for name in entry.reads}
    return frozenset({*asked, *ANSWER_SETS, *LABELS})


def named_by(level: Level) -> set[str]:
    """The criteria a level names."""
    named = {name for member in LEVEL_LISTS for name in getattr(level, member)}
    named |= {name for order in level.orders for name in order.when}
    return named | {name for name in (level.in_place, level.ordered) if name}


def _criteria(knowledge: Knowledge) -> Iterator[Gap]:
    by_id = {one.id: one for one in knowledge.rules.criteria}
    led = {name for level in knowledge.rules.levels for name in named_by(level)}
    led |= {*knowledge.remarks}
    led |= {term.asked_when for term in knowledge.terms.values() if term.asked_when}
    used = _with_parts(led, by_id)
    for name in by_id:
        if name not in used:
            yield Gap("criterion", name, "no level, remark or question leads to it")


def _with_parts(names: Iterable[str], by_id: Mapping[str, Criterion]) -> set[str]:
    """The named criteria and all they refer to."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [clause.criterion for clause in by_id[name].clauses if clause.criterion]
    return found


def _value_sets(knowledge: Knowledge) -> Iterator[Gap]:
    read = reads()
    for name, one in knowledge.terminology.value_sets.items():
        if name not in read and one.unused is None:
            yield Gap("value set", name, "no finding reads it, and no 'unused' says why")
        if name in read and one.unused is not None:
            yield Gap("value set", name, "a finding reads it, though 'unused' says none does")


def _quantities(knowledge: Knowledge) -> Iterator[Gap]:
    numbers = [term for term in knowledge.terms.values() if term.type == "number"]
    used = {term.quantity or "score" for term in numbers}
    for name in knowledge.quantities:
        if name not in used:
            yield Gap("quantity", name, "no finding is measured in it")


def _works(knowledge: Knowledge) -> Iterator[Gap]:
    rules = knowledge.rules
    entries: tuple[Criterion | Level, ...] = (*rules.criteria, *rules.levels)
    cited = {name for entry in entries for name in entry.cite}
    cited |= {statement["source"] for statement in knowledge.statements.values()}
    for name in knowledge.references:
        if name not in cited:
            yield Gap("reference", name, "nothing cites it")


def _statements(knowledge: Knowledge) -> Iterator[Gap]:
    for name in knowledge.statements:
        if not homes(name, knowledge):
            yield Gap("statement", name, "nothing cites it, and it has no 'home'")
        for home in false_homes(name, knowledge):
            yield Gap("statement", name, f"its home is not there: {home}")
