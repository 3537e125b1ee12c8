"""Examples inside criteria: each must come true, and together they must show every boundary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from cds.criteria.evaluate import evaluate
from cds.criteria.model import Between, Clause, Criterion, Verdict
from cds.errors import KnowledgeError

_Test = Callable[[Decimal], bool]
STEP = Decimal(1)  # one point of a score, one unit of a measurement: "one step beside" a number


def check_examples(criteria: Sequence[Criterion], files: Mapping[str, str]) -> None:
    """Raise KnowledgeError for the first criterion whose examples are wrong or too few."""
    by_id = {criterion.id: criterion for criterion in criteria}
    for criterion in criteria:
        file = files[criterion.id]
        shown = {example.then for example in criterion.examples}
        for verdict in Verdict:
            if verdict not in shown:
                raise KnowledgeError(
                    file, f"{criterion.id}.examples", f"shows no '{verdict.value}'"
                )
        _check_boundaries(criterion, file)
        _check_outcomes(criterion, _needed(criterion, by_id), file)


def _needed(criterion: Criterion, by_id: Mapping[str, Criterion]) -> tuple[Criterion, ...]:
    """The criterion after everything it refers to."""
    found: dict[str, Criterion] = {}
    for clause in criterion.clauses:
        if clause.criterion is not None:
            found |= {one.id: one for one in _needed(by_id[clause.criterion], by_id)}
    return (*found.values(), criterion)


def _check_outcomes(criterion: Criterion, needed: Sequence[Criterion], file: str) -> None:
    for number, example in enumerate(criterion.examples, start=1):
        verdict = evaluate(needed, dict(example.given))[criterion.id]
        if verdict is not example.then:
            raise KnowledgeError(
                file,
                f"{criterion.id}.examples",
                f"number {number} says '{example.then.value}' and comes out '{verdict.value}'",
            )


def _check_boundaries(criterion: Criterion, file: str) -> None:
    for clause in criterion.clauses:
        shown = list(_numbers(criterion, clause))
        for limit, beside in _sides(clause):
            if limit not in shown or not any(beside(value) for value in shown):
                raise KnowledgeError(
                    file,
                    f"{criterion.id}.examples",
                    f"{clause.finding} needs an example at {limit} and one beside it",
                )


def _sides(clause: Clause) -> Iterable[tuple[Decimal, _Test]]:
    if (low := clause.at_least) is not None:
        yield low, lambda value: low - STEP <= value < low
    if (high := clause.at_most) is not None:
        yield high, lambda value: high < value <= high + STEP


def _numbers(criterion: Criterion, clause: Clause) -> Iterable[Decimal]:
    for example in criterion.examples:
        value = dict(example.given).get(clause.finding or "")
        if value is not None and isinstance(value.value, Between) and value.value.low is not None:
            yield value.value.low
