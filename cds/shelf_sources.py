"""What the shelf is and what it stands on: about, source statements, works that may be cited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cds.criteria.tables import Reader, read
from cds.errors import KnowledgeError
from cds.shelf_site import Site

ABOUT = (
    "title",
    "version",
    "released",
    "revised",
    "publisher",
    "licence",
    "review",
    "use",
    "misuse",
)
GROUPS = ("programme", "indication", "requirement", "exclusion", "addition")
WORK_KEYS = ("title", "publisher", "href", "use", "updated", "review")
ATTRIBUTE_KEYS = ("title", "value", "used")


@dataclass(frozen=True)
class Sources:
    """What may be cited; `homes` says where a statement that no criterion needs can be read."""

    statements: Mapping[str, Mapping[str, str]]
    references: Mapping[str, Mapping[str, str]]
    homes: Mapping[str, tuple[str, ...]]


def read_about(shelf: Path) -> dict[str, str]:
    """Edition, review state and purpose; raises KnowledgeError."""
    file = "about.toml"
    reader = Reader(file, "", read(shelf / file), ABOUT)
    return {name: reader.text(name) for name in ABOUT}


def read_sources(shelf: Path, site: Site) -> Sources:
    """Statements and works, with the works that a site adds; raises KnowledgeError."""
    file = "statements.toml"
    tables = read(shelf / file)
    references = _works(file, "sources.", tables.pop("sources", {}))
    readers = [
        Reader(file, key, table, ("source", "says", "group", "home"))
        for key, table in tables.items()
    ]
    statements = {
        one.key: {
            "source": one.one_of("source", references),
            "says": one.text("says"),
            "group": one.one_of("group", GROUPS),
        }
        for one in readers
    }
    for name, prefix, works in (
        ("references.toml", "", read(shelf / "references.toml")),
        (site.file, "references.", site.references),
    ):
        for key in works:
            if key in {**statements, **references}:
                raise KnowledgeError(name, prefix + key, "is cited by this name already")
        references |= _works(name, prefix, works)
    return Sources(statements, references, {one.key: one.texts("home") for one in readers})


def read_attributes(shelf: Path) -> dict[str, dict[str, object]]:
    """What the law wants shown of the source, by attribute; raises KnowledgeError."""
    file = "source-attributes.toml"
    attributes: dict[str, dict[str, object]] = {}
    for key, table in read(shelf / file).items():
        reader = Reader(file, key, table, ATTRIBUTE_KEYS)
        said: dict[str, object] = {"title": reader.text("title"), "value": reader.text("value")}
        used = {"used": reader.flag("used")} if "used" in reader.table else {}
        attributes[key] = said | used
    return attributes


def _works(file: str, prefix: str, tables: object) -> dict[str, dict[str, str]]:
    """Works by the name they are cited by, each with a title and a publisher."""
    works = {}
    section = Reader(file, prefix.rstrip("."), tables, tables if isinstance(tables, dict) else ())
    for key, table in section.table.items():
        reader = Reader(file, prefix + key, table, WORK_KEYS)
        works[key] = {name: reader.text(name) for name in WORK_KEYS if name in reader.table}
        reader.text("title")
        reader.text("publisher")
    return works
