"""The codes of the shelf: code systems and value sets, read strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from cds.criteria.tables import Reader, read
from cds.errors import KnowledgeError
from cds.fhir.codes import Code, CodeSystem, Terminology, ValueSet
from cds.findings import FINDINGS


def read_terminology(shelf: Path) -> Terminology:
    """Every code system and value set; raises KnowledgeError."""
    file = "code-systems.toml"
    systems = {}
    for key, table in read(shelf / file).items():
        reader = Reader(file, key, table, ("uri", "aliases", "licence", "match"))
        dotless = "match" in table and reader.one_of("match", ("dotless",)) == "dotless"
        systems[key] = CodeSystem(key, reader.text("uri"), reader.texts("aliases"), dotless)
    value_sets: dict[str, ValueSet] = {}
    for path in sorted((shelf / "value-sets").glob("*.toml")):
        for key, table in read(path).items():
            if key in value_sets:
                raise KnowledgeError(path.name, key, "is already the name of a value set")
            value_sets[key] = _value_set(path.name, key, table, systems)
    for name, entry in FINDINGS.items():
        for value_set in entry.reads:
            if value_set not in value_sets:
                raise KnowledgeError("value-sets", value_set, f"is missing: {name} reads it")
    return Terminology(systems.values(), value_sets.values())


def _value_set(file: str, key: str, table: object, systems: Mapping[str, CodeSystem]) -> ValueSet:
    reader = Reader(file, key, table, ("title", "source", "codes", "text", "review", "note"))
    lines = reader.table.get("codes", [])
    if not isinstance(lines, list):
        raise reader.wrong("is not a list", "codes")
    codes = tuple(_code(file, key, line, systems) for line in lines)
    return ValueSet(key, reader.text("title"), codes, reader.texts("text"))


def _code(file: str, key: str, table: object, systems: Mapping[str, CodeSystem]) -> Code:
    allowed = ("system", "code", "prefix", "pattern", "except", "display", "source")
    reader = Reader(file, f"{key}.codes", table, allowed)
    if len({"code", "prefix", "pattern"} & set(reader.table)) != 1:
        raise reader.wrong("needs one of code, prefix, pattern")
    pattern = reader.optional("pattern")
    if pattern is not None and not _compiles(pattern):
        raise reader.wrong("is no regular expression", "pattern")
    return Code(
        system=reader.one_of("system", systems),
        display=reader.text("display"),
        code=reader.optional("code"),
        prefix=reader.optional("prefix"),
        pattern=pattern,
        excluded=reader.texts("except"),
    )


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
