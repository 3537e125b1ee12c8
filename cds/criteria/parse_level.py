"""TOML tables to levels: the ladder, its orders and its hours."""

from __future__ import annotations

from collections.abc import Container

from cds.criteria.ladder import Hours, Level, Order
from cds.criteria.parse import review_of
from cds.criteria.tables import Reader

LEVEL_LISTS = ("called_by", "requires", "safety", "excluded_by", "warning_when", "critical_when")
LEVEL_KEYS = (
    *("code", "display", "precedence", "intensity", "status", "indicator", "cite", "review"),
    *LEVEL_LISTS,
    *("summary", "provisional", "next", "instead", "in_place", "ordered", "orders", "hours"),
)
STATUSES = ("emergency", "supported", "indeterminate", "no-indication", "not-applicable")
INDICATORS = ("info", "warning", "critical")


def level(file: str, key: str, table: object, known: Container[str], cite: Container[str]) -> Level:
    """One entry of the ladder; every criterion it names is `known`."""
    reader = Reader(file, key, table, LEVEL_KEYS)
    if not reader.texts("called_by") or not reader.texts("cite"):
        raise reader.wrong("needs called_by and cite")
    lists = {name: reader.texts(name, known) for name in LEVEL_LISTS}
    return Level(
        id=key,
        code=reader.optional("code") or key,
        display=reader.text("display"),
        precedence=reader.integer("precedence"),
        intensity=reader.integer("intensity"),
        status=reader.one_of("status", STATUSES),
        indicator=reader.one_of("indicator", INDICATORS),
        cite=reader.texts("cite", cite),
        review=review_of(reader),
        summary=reader.text("summary"),
        provisional=reader.optional("provisional") or reader.text("summary"),
        next=reader.texts("next"),
        instead=tuple(_instead(file, key, item, known) for item in reader.table.get("instead", [])),
        in_place=_criterion(reader, "in_place", known),
        ordered=_criterion(reader, "ordered", known),
        orders=tuple(_order(file, key, item, known) for item in reader.items("orders")),
        hours=_hours(file, key, reader.table["hours"]) if "hours" in reader.table else None,
        **lists,
    )


def _criterion(reader: Reader, name: str, known: Container[str]) -> str | None:
    """The id of a known criterion, if there is one."""
    found = reader.optional(name)
    if found is not None and found not in known:
        raise reader.wrong(f"nothing is called '{found}'", name)
    return found


def _instead(
    file: str, key: str, table: object, known: Container[str]
) -> tuple[str, tuple[str, ...]]:
    reader = Reader(file, f"{key}.instead", table, ("when", "next"))
    criterion, steps = _criterion(reader, "when", known), reader.texts("next")
    if criterion is None or not steps:
        raise reader.wrong("needs when and next")
    return criterion, steps


def _order(file: str, key: str, table: object, known: Container[str]) -> Order:
    reader = Reader(file, f"{key}.orders", table, ("system", "code", "display", "when"))
    return Order(
        reader.text("system"),
        reader.text("code"),
        reader.text("display"),
        reader.texts("when", known),
    )


def _hours(file: str, key: str, table: object) -> Hours:
    reader = Reader(file, f"{key}.hours", table, ("adult", "youth", "below"))
    below = reader.integer("below") if "below" in reader.table else None
    return Hours(reader.integer("adult"), reader.integer("youth"), below)
