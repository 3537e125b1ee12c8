"""Who stands on what: the references of the shelf read backwards, for the pages of its entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from cds.criteria.ladder import Level
from cds.criteria.model import Criterion
from cds.findings import FINDINGS
from cds.pages.contents import LISTS
from cds.shelf import Knowledge
from cds.shelf_instruments import Instrument

One = TypeVar("One")


@dataclass(frozen=True)
class Uses:
    """For each id of one kind, the entries of another kind that name it, in order of the shelf.

    `levels` has each level with the part it gives a criterion, such as `requires`.
    """

    levels: Mapping[str, tuple[tuple[str, Level], ...]]
    criteria_of_criterion: Mapping[str, tuple[Criterion, ...]]
    criteria_of_finding: Mapping[str, tuple[Criterion, ...]]
    findings_of_value_set: Mapping[str, tuple[str, ...]]
    instruments: Mapping[str, Instrument]
    citing_criteria: Mapping[str, tuple[Criterion, ...]]
    citing_levels: Mapping[str, tuple[Level, ...]]


def uses_of(knowledge: Knowledge) -> Uses:
    """The references of a loaded shelf, each way round once."""
    levels, criteria = knowledge.rules.levels, knowledge.rules.criteria
    clauses = [(clause, one) for one in criteria for clause in one.clauses]
    return Uses(
        levels=_gathered(
            (name, (part, level))
            for level in levels
            for part in LISTS
            for name in getattr(level, part)
        ),
        criteria_of_criterion=_gathered((one.criterion, user) for one, user in clauses),
        criteria_of_finding=_gathered((one.finding, user) for one, user in clauses),
        findings_of_value_set=_gathered(
            (value_set, name)
            for name, entry in FINDINGS.items()
            if name in knowledge.terms
            for value_set in entry.reads
        ),
        instruments={
            name: one
            for one in knowledge.instruments.values()
            for name in (*one.value_sets, *one.findings)
        },
        citing_criteria=_gathered((name, one) for one in criteria for name in one.cite),
        citing_levels=_gathered((name, one) for one in levels for name in one.cite),
    )


def _gathered(pairs: Iterable[tuple[str | None, One]]) -> dict[str, tuple[One, ...]]:
    """The values by key, each once."""
    found: dict[str, dict[One, None]] = defaultdict(dict)
    for key, value in pairs:
        if key is not None:
            found[key].setdefault(value)
    return {key: tuple(values) for key, values in found.items()}
