"""A folder of criteria and a ladder of levels, loaded whole or refused with file and key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from cds.criteria import parse, parse_level
from cds.criteria.additions import Additions, check_own, joined
from cds.criteria.decide import UNDETERMINED
from cds.criteria.examples import check_examples
from cds.criteria.ladder import Level
from cds.criteria.model import Criterion
from cds.criteria.parse import Vocabulary
from cds.criteria.tables import read
from cds.errors import KnowledgeError

NOTHING = Additions()


@dataclass(frozen=True)
class Rules:
    """The criteria in order of dependence, and the levels in order of precedence."""

    criteria: tuple[Criterion, ...]
    levels: tuple[Level, ...]


def load_rules(folder: Path, words: Vocabulary, site: Additions = NOTHING) -> Rules:
    """Everything in `folder/criteria/*.toml` and `folder/levels.toml`, and what a site adds.

    Raises KnowledgeError.
    """
    criteria, files = _criteria(folder, words, site)
    ordered = _in_order(criteria, files)
    check_examples(ordered, files)
    return Rules(ordered, _levels(folder, criteria, words, site))


def _criteria(
    folder: Path, words: Vocabulary, site: Additions
) -> tuple[dict[str, Criterion], dict[str, str]]:
    criteria: dict[str, Criterion] = {}
    files: dict[str, str] = {}
    paths = sorted((folder / "criteria").glob("*.toml"))
    for file, tables in (*((path.name, read(path)) for path in paths), (site.file, site.criteria)):
        for key, table in tables.items():
            if key in criteria:
                raise KnowledgeError(file, key, f"is already in {files[key]}")
            criteria[key] = parse.criterion(file, key, table, words)
            files[key] = file
    for key in site.criteria:
        check_own(criteria[key], site.file)
    return criteria, files


def _in_order(criteria: Mapping[str, Criterion], files: Mapping[str, str]) -> tuple[Criterion, ...]:
    """Each criterion after those it refers to."""
    done: dict[str, Criterion] = {}

    def place(key: str, path: tuple[str, ...]) -> None:
        if key in path:
            raise KnowledgeError(files[key], key, f"goes in a circle: {' > '.join((*path, key))}")
        for clause in criteria[key].clauses:
            name = clause.criterion
            if name is not None and name not in criteria:
                raise KnowledgeError(files[key], key, f"no criterion is called '{name}'")
            if name is not None and name not in done:
                place(name, (*path, key))
        done[key] = criteria[key]

    for key in criteria:
        if key not in done:
            place(key, ())
    return tuple(done.values())


def _levels(
    folder: Path, criteria: Mapping[str, Criterion], words: Vocabulary, site: Additions
) -> tuple[Level, ...]:
    file = "levels.toml"
    found = [
        parse_level.level(file, key, table, criteria, words.citations)
        for key, table in read(folder / file).items()
    ]
    levels = sorted(joined(found, site, criteria), key=lambda level: level.precedence)
    for one, next_one in pairwise(levels):
        if one.precedence == next_one.precedence:
            raise KnowledgeError(file, next_one.id, f"has the precedence of '{one.id}'")
    if UNDETERMINED not in {level.id for level in levels}:
        raise KnowledgeError(file, UNDETERMINED, "is missing: an open question needs its answer")
    return tuple(levels)
