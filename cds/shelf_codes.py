"""The codes of the shelf and of a site: code systems and value sets, read strictly."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import replace
from pathlib import Path

from cds.criteria.tables import Reader, read
from cds.errors import KnowledgeError
from cds.fhir.codes import Code, CodeSystem, Terminology, ValueSet
from cds.findings import FINDINGS
from cds.findings.answer_sets import ANSWER_SETS
from cds.shelf_digits import fault
from cds.shelf_site import Site

VALUE_SET_KEYS = ("title", "source", "codes", "text", "words", "review", "note", "unused")
ADDED_KEYS = ("codes", "text")
CODE_KEYS = ("system", "code", "prefix", "pattern", "except", "display", "source")

Systems = Mapping[str, CodeSystem]


def read_terminology(shelf: Path, site: Site) -> Terminology:
    """Every code system and value set, with what a site adds; raises KnowledgeError."""
    systems = _systems(shelf, site)
    value_sets: dict[str, ValueSet] = {}
    for path in sorted((shelf / "value-sets").glob("*.toml")):
        for key, table in read(path).items():
            if key in value_sets:
                raise KnowledgeError(path.name, key, "is already the name of a value set")
            value_sets[key] = _value_set(Reader(path.name, key, table, VALUE_SET_KEYS), systems)
    _check_read(value_sets)
    for key, table in site.value_sets.items():
        value_sets[key] = _added(site.file, key, table, value_sets, systems)
    return Terminology(systems.values(), value_sets.values())


def _systems(shelf: Path, site: Site) -> dict[str, CodeSystem]:
    """The code systems; an address belongs to one of them only."""
    file = "code-systems.toml"
    systems: dict[str, CodeSystem] = {}
    taken: dict[str, str] = {}
    for name, prefix, tables in (
        (file, "", read(shelf / file)),
        (site.file, "code-systems.", site.code_systems),
    ):
        for key, table in tables.items():
            reader = Reader(name, prefix + key, table, ("uri", "aliases", "licence", "match"))
            if key in systems:
                raise reader.wrong("is already the name of a code system")
            systems[key] = system = _system(reader, key)
            for address in (system.uri, *system.aliases):
                if address in taken:
                    raise reader.wrong(f"'{address}' is an address of '{taken[address]}'")
                taken[address] = key
    return systems


def _system(reader: Reader, key: str) -> CodeSystem:
    dotless = "match" in reader.table and reader.one_of("match", ("dotless",)) == "dotless"
    uri, licence = reader.text("uri"), reader.text("licence")
    return CodeSystem(key, uri, reader.texts("aliases"), dotless, licence)


def _check_read(value_sets: Container[str]) -> None:
    """Raise KnowledgeError for a value set that the code reads and the shelf does not have."""
    reads = [(name, value_set) for name, one in FINDINGS.items() for value_set in one.reads]
    for reader, value_set in (*reads, *(("an answer", name) for name in ANSWER_SETS)):
        if value_set not in value_sets:
            raise KnowledgeError("value-sets", value_set, f"is missing: {reader} reads it")


def _added(
    file: str, key: str, table: object, known: Mapping[str, ValueSet], systems: Systems
) -> ValueSet:
    """A value set with the codes and texts of a site, or one that is the site's own."""
    own = key not in known
    reader = Reader(file, f"value-sets.{key}", table, VALUE_SET_KEYS if own else ADDED_KEYS)
    if own and "title" not in reader.table:
        raise reader.wrong("no value set is called so; one of your own needs a title")
    if own:
        return replace(_value_set(reader, systems), name=key)
    there, codes, text = known[key], _codes(reader, systems), reader.texts("text")
    if not codes and not text:
        raise reader.wrong("adds no codes and no text")
    for code in codes:
        if any(_same(code, other) for other in there.codes):
            raise reader.wrong(f"'{code.written}' is in the set already", "codes")
    return replace(there, codes=there.codes + codes, text=there.text + text)


def _value_set(reader: Reader, systems: Systems) -> ValueSet:
    return ValueSet(
        name=reader.key,
        title=reader.text("title"),
        codes=_codes(reader, systems),
        text=reader.texts("text"),
        words=reader.texts("words"),
        unused=reader.optional("unused"),
        dimension=reader.file.removesuffix(".toml"),
        source=reader.text("source"),
        review=reader.one_of("review", ("draft", "reviewed")),
        note=reader.optional("note"),
    )


def _codes(reader: Reader, systems: Systems) -> tuple[Code, ...]:
    codes: list[Code] = []
    for line in reader.items("codes"):
        code = _code(Reader(reader.file, f"{reader.key}.codes", line, CODE_KEYS), systems)
        if any(_same(code, other) for other in codes):
            raise reader.wrong(f"'{code.written}' stands there twice", "codes")
        codes.append(code)
    return tuple(codes)


def _same(one: Code, other: Code) -> bool:
    return (one.system, one.written) == (other.system, other.written)


def _code(reader: Reader, systems: Systems) -> Code:
    if len({"code", "prefix", "pattern"} & set(reader.table)) != 1:
        raise reader.wrong("needs one of code, prefix, pattern")
    code = Code(
        system=reader.one_of("system", systems),
        display=reader.text("display"),
        code=reader.optional("code"),
        prefix=reader.optional("prefix"),
        pattern=reader.optional("pattern"),
        excluded=reader.texts("except"),
    )
    if code.pattern is not None and not _compiles(code.pattern):
        raise reader.wrong("is no regular expression", "pattern")
    if code.code is not None and (wrong := fault(code.system, code.code)):
        raise reader.wrong(f"'{code.code}' {wrong}", "code")
    return code


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
