"""The words of the shelf: windows, quantities, and the findings that criteria may speak of."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from cds.criteria.load import Rules
from cds.criteria.model import Term
from cds.criteria.tables import Reader, read
from cds.errors import KnowledgeError
from cds.fhir.quantities import Conversion, Quantity
from cds.findings import FINDINGS
from cds.findings.chart import Window
from cds.shelf_site import Site

_SPANS = {"h": "hours", "d": "days"}
TERM_KEYS = (
    *("label", "type", "unit", "quantity", "scale", "options", "window"),
    *("ask", "asked_when", "asked", "alarm_from", "bands", "bands_from", "told_by", "told"),
)


def read_windows(shelf: Path) -> dict[str, Window]:
    """How long evidence of each kind reassures and alarms; raises KnowledgeError."""
    file = "windows.toml"
    keys = ("title", "reassures", "reassures_acute", "alarms", "review")
    windows = {}
    for key, table in read(shelf / file).items():
        reader = Reader(file, key, table, keys)
        ordinary = _span(reader, "reassures")
        acute = _span(reader, "reassures_acute") if "reassures_acute" in reader.table else ordinary
        windows[key] = Window(ordinary, acute, _span(reader, "alarms"))
        if windows[key].alarms < ordinary:
            raise reader.wrong("is shorter than 'reassures'", "alarms")
    return windows


def read_override_reasons(shelf: Path) -> dict[str, str]:
    """The display of each reason for setting a card aside, by code; raises KnowledgeError."""
    file = "override-reasons.toml"
    return {
        key: Reader(file, key, table, ("display",)).text("display")
        for key, table in read(shelf / file).items()
    }


def _span(reader: Reader, name: str) -> timedelta:
    number, _, unit = reader.text(name).partition(" ")
    if not number.isdigit() or unit not in _SPANS:
        raise reader.wrong("is written as '7 d' or '24 h'", name)
    return timedelta(**{_SPANS[unit]: int(number)})


def read_quantities(shelf: Path, site: Site) -> dict[str, Quantity]:
    """Units by quantity, with the spellings a site adds; raises KnowledgeError."""
    file = "units.toml"
    found = {}
    for key, table in read(shelf / file).items():
        reader = Reader(file, key, table, ("unit", "from"))
        found[key] = Quantity(key, reader.text("unit"), _conversions(reader, {}))
    for key, table in site.units.items():
        reader = Reader(site.file, f"units.{key}", table, ("from",))
        if key not in found:
            raise reader.wrong("no quantity is called so")
        known = found[key].conversions
        found[key] = replace(found[key], conversions={**known, **_conversions(reader, known)})
    return found


def _conversions(reader: Reader, known: Container[str]) -> dict[str, Conversion]:
    """The conversion of each unit; a unit that is `known` cannot mean something else as well."""
    found: dict[str, Conversion] = {}
    for line in reader.items("from"):
        inner = Reader(reader.file, f"{reader.key}.from", line, ("units", "minus", "times", "per"))
        numbers = {name: _factor(inner, name) for name in ("minus", "times", "per")}
        conversion = Conversion(**{n: v for n, v in numbers.items() if v is not None})
        for unit in inner.texts("units"):
            if unit in known or unit in found:
                raise inner.wrong(f"the unit '{unit}' is there already", "units")
            found[unit] = conversion
    if not found:
        raise reader.wrong("needs a list of units", "from")
    return found


def _factor(reader: Reader, name: str) -> Decimal | None:
    """A number written as text, so that nobody wonders about its digits."""
    text = reader.optional(name)
    try:
        number = None if text is None else Decimal(text)
    except ArithmeticError as error:
        raise reader.wrong("is not a number", name) from error
    if number is not None and not (number.is_finite() and (number or name == "minus")):
        raise reader.wrong("is not a number to convert by", name)
    return number


def read_terms(
    shelf: Path, windows: Mapping[str, Window], quantities: Mapping[str, Quantity]
) -> dict[str, Term]:
    """The findings by name, each with a function that reads it; raises KnowledgeError."""
    file = "findings.toml"
    terms = {
        key: _term(Reader(file, key, table, TERM_KEYS), windows, quantities)
        for key, table in read(shelf / file).items()
    }
    for name in FINDINGS:
        if name not in terms:
            raise KnowledgeError(file, name, "has no entry, though the code reads it")
    for term in terms.values():
        _check_told(file, term, terms)
    return terms


def _check_told(file: str, term: Term, terms: Mapping[str, Term]) -> None:
    """Raise KnowledgeError unless every option of the one means an option of the other."""
    teller = terms.get(term.told_by or "")
    if term.told_by is None and not term.told:
        return
    if teller is None or {said for said, _ in term.told} != teller.options:
        raise KnowledgeError(file, f"{term.name}.told", "needs every option of 'told_by'")
    if not {means for _, means in term.told} <= term.options:
        raise KnowledgeError(file, f"{term.name}.told", "means an option that there is not")


def _term(
    reader: Reader, windows: Mapping[str, Window], quantities: Mapping[str, Quantity]
) -> Term:
    if reader.key not in FINDINGS:
        raise reader.wrong("no finding of this name is read from charts")
    kind = reader.one_of("type", ("yes-no", "number", "code"))
    options = frozenset(reader.texts("options"))
    if (kind == "code") != bool(options):
        raise reader.wrong("a code, and only a code, lists its options", "options")
    window = reader.optional("window")
    if window is not None and window not in windows:
        raise reader.wrong(f"no window is called '{window}'", "window")
    measured = reader.optional("quantity")
    if measured is not None and measured not in quantities:
        raise reader.wrong(f"no quantity is called '{measured}'", "quantity")
    return Term(
        name=reader.key,
        label=reader.text("label"),
        type=kind,
        ask=reader.text("ask"),
        unit=reader.optional("unit") or (quantities[measured].unit if measured else None),
        quantity=measured,
        scale=reader.scale("scale"),
        options=options,
        window=window,
        asked_when=reader.optional("asked_when"),
        asked=reader.boolean("asked", default=True),
        alarm_from=reader.number("alarm_from"),
        bands=_bands(reader),
        bands_from=reader.optional("bands_from"),
        told_by=reader.optional("told_by"),
        told=tuple(reader.table.get("told", {}).items()),
    )


def _bands(reader: Reader) -> tuple[tuple[Decimal, str], ...]:
    """Lowest number and name of each part of a scale; they begin where it does, and rise."""
    if "bands" not in reader.table:
        return ()
    inner = Reader(reader.file, f"{reader.key}.bands", table := reader.table["bands"], table)
    found = tuple((Decimal(inner.integer(name)), name) for name in inner.table)
    scale, starts = reader.scale("scale"), [start for start, _ in found]
    if not scale or starts[:1] != [scale[0]] or starts != sorted({*starts}):
        raise reader.wrong("must begin where the scale does, and rise", "bands")
    if starts[-1] > scale[1]:
        raise reader.wrong("must end inside the scale", "bands")
    reader.text("bands_from")
    return found


def check_bands(terms: Mapping[str, Term], citations: Container[str]) -> None:
    """Raise KnowledgeError for bands out of a work that nobody knows."""
    for term in terms.values():
        if term.bands_from is not None and term.bands_from not in citations:
            reason = f"nothing is called '{term.bands_from}'"
            raise KnowledgeError("findings.toml", f"{term.name}.bands_from", reason)


def check_asked_when(terms: Mapping[str, Term], rules: Rules) -> None:
    """Raise KnowledgeError for a question that waits for a criterion nobody knows."""
    known = {criterion.id for criterion in rules.criteria}
    for term in terms.values():
        if term.asked_when is not None and term.asked_when not in known:
            reason = f"no criterion is called '{term.asked_when}'"
            raise KnowledgeError("findings.toml", f"{term.name}.asked_when", reason)


def read_remarks(shelf: Path, rules: Rules) -> dict[str, str]:
    """Sentences by the criterion that adds them to a card; raises KnowledgeError."""
    file, known = "remarks.toml", {criterion.id for criterion in rules.criteria}
    remarks = {}
    for key, table in read(shelf / file).items():
        if key not in known:
            raise KnowledgeError(file, key, "no criterion is called so")
        remarks[key] = Reader(file, key, table, ("says", "review")).text("says")
    return remarks
