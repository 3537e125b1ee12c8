"""What a site adds to criteria and levels: only what makes an answer more cautious, never less."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cds.criteria.decide import UNDETERMINED
from cds.criteria.ladder import Level
from cds.criteria.model import Criterion
from cds.criteria.tables import Reader
from cds.errors import KnowledgeError

JOINED = ("called_by", "excluded_by", "warning_when", "critical_when")
PROGRAM = 2  # intensity from which being called for means more than ordinary outpatient care
BED = 4  # intensity from which ruling a level out would take a needed one away


@dataclass(frozen=True)
class Additions:
    """Criteria of a site's own, and the lists of levels they join; all raw tables of `file`."""

    file: str = ""
    criteria: Mapping[str, Any] = field(default_factory=dict)
    levels: Mapping[str, Any] = field(default_factory=dict)


def check_own(criterion: Criterion, file: str) -> None:
    """Raise KnowledgeError for a criterion of a site that claims to stand in for another."""
    if criterion.replaces is not None:
        raise KnowledgeError(file, f"{criterion.id}.replaces", "a site adds, and replaces nothing")


def joined(levels: list[Level], added: Additions, criteria: Mapping[str, Criterion]) -> list[Level]:
    """The levels with a site's criteria at the end of their lists; raises KnowledgeError."""
    by_id = {level.id: level for level in levels}
    for key, table in added.levels.items():
        reader = Reader(added.file, f"levels.{key}", table, JOINED)
        if key not in by_id:
            raise reader.wrong("no level is called so")
        more = {name: reader.texts(name, added.criteria) for name in reader.table}
        for name, ids in more.items():
            _check(reader, by_id[key], name, [criteria[one] for one in ids])
        lists: dict[str, Any] = {
            name: (*getattr(by_id[key], name), *ids) for name, ids in more.items()
        }
        by_id[key] = replace(by_id[key], **lists)
    return list(by_id.values())


def _check(reader: Reader, level: Level, name: str, ids: list[Criterion]) -> None:
    if name == "called_by" and level.intensity < PROGRAM and level.id != UNDETERMINED:
        raise reader.wrong("a site cannot call for less care, or for none", name)
    if name == "excluded_by" and (level.intensity >= BED or level.id == UNDETERMINED):
        raise reader.wrong("a site cannot rule this level out", name)
    for criterion in ids:
        if criterion.kind.reassures:
            kind = criterion.kind.value
            raise reader.wrong(f"'{criterion.id}' is a {kind}: it clears, and cannot caution", name)
