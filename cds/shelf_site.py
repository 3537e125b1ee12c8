"""A site file: what one place adds to the shelf without editing it, and may not take away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cds.criteria.additions import Additions
from cds.criteria.tables import Reader, read
from cds.errors import SettingsError

SECTIONS = ("code-systems", "value-sets", "units", "references", "criteria", "levels", "settings")
SENSITIVE = ("use", "mask")


@dataclass(frozen=True)
class Site:
    """The sections of a site file, not yet read any deeper; empty when there is no such file.

    `sensitive` says what becomes of data labelled as substance use records (42 CFR Part 2):
    "use" them with their notice, or "mask" them, which makes what rests on them unknown.
    """

    file: str = ""
    code_systems: Mapping[str, Any] = field(default_factory=dict)
    value_sets: Mapping[str, Any] = field(default_factory=dict)
    units: Mapping[str, Any] = field(default_factory=dict)
    references: Mapping[str, Any] = field(default_factory=dict)
    rules: Additions = field(default_factory=Additions)
    sensitive: str = SENSITIVE[0]


def read_site(path: Path | None) -> Site:
    """The sections of a site file; raises KnowledgeError for one that nobody knows."""
    if path is None:
        return Site()
    if not path.is_file():
        raise SettingsError("CDS_SITE_KNOWLEDGE", "names no file that can be read")
    file = path.name
    reader = Reader(file, "", read(path), SECTIONS)
    sections = {name: _section(file, name, reader.table) for name in SECTIONS}
    settings = Reader(file, "settings", sections["settings"], ("sensitive",))
    sensitive = "sensitive" in settings.table
    return Site(
        file=file,
        code_systems=sections["code-systems"],
        value_sets=sections["value-sets"],
        units=sections["units"],
        references=sections["references"],
        rules=Additions(file, sections["criteria"], sections["levels"]),
        sensitive=settings.one_of("sensitive", SENSITIVE) if sensitive else SENSITIVE[0],
    )


def _section(file: str, name: str, tables: Mapping[str, Any]) -> dict[str, Any]:
    """One section as a table; empty when it is not there."""
    section = tables.get(name, {})
    return Reader(file, name, section, section if isinstance(section, dict) else ()).table
