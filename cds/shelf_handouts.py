"""The handouts of the shelf: what a patient and a family may read about each level."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from cds.criteria.load import Rules
from cds.criteria.parse import review_of
from cds.criteria.tables import Reader, Table, read
from cds.errors import KnowledgeError

FILE = "handouts.toml"
CRISIS = "in-a-crisis"


@dataclass(frozen=True)
class Handout:
    """One page in plain words. `crisis` is the same on all of them."""

    code: str
    title: str
    what: str
    happens: tuple[str, ...]
    suits: tuple[str, ...]
    find: tuple[str, ...]
    crisis: tuple[str, ...]
    review: str


def read_handouts(shelf: Path, rules: Rules, citations: Container[str]) -> dict[str, Handout]:
    """Handouts by level code, one for every level of care; raises KnowledgeError."""
    tables = read(shelf / FILE)
    codes = {level.code for level in rules.levels if level.intensity}
    crisis = _crisis(tables.pop(CRISIS, {}), citations)
    for code in sorted(codes - tables.keys()):
        raise KnowledgeError(FILE, code, "is missing: every level of care has a handout")
    for code in sorted(tables.keys() - codes):
        raise KnowledgeError(FILE, code, "no level of care has this code")
    return {code: _handout(code, tables[code], crisis, citations) for code in tables}


def _crisis(table: Table, citations: Container[str]) -> tuple[str, ...]:
    reader = Reader(FILE, CRISIS, table, ("steps", "cite", "review"))
    _check(reader, citations)
    return _texts(reader, "steps")


def _handout(
    code: str, table: Table, crisis: tuple[str, ...], citations: Container[str]
) -> Handout:
    keys = ("title", "what", "happens", "suits", "find", "cite", "review")
    reader = Reader(FILE, code, table, keys)
    _check(reader, citations)
    return Handout(
        code=code,
        title=reader.text("title"),
        what=reader.text("what"),
        happens=_texts(reader, "happens"),
        suits=_texts(reader, "suits"),
        find=_texts(reader, "find"),
        crisis=crisis,
        review=review_of(reader),
    )


def _check(reader: Reader, citations: Container[str]) -> None:
    if not reader.texts("cite", citations):
        raise reader.wrong("needs a citation", "cite")
    review_of(reader)


def _texts(reader: Reader, name: str) -> tuple[str, ...]:
    found = reader.texts(name)
    if not found:
        raise reader.wrong("says nothing", name)
    return found
