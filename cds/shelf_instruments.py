"""The rating instruments of the shelf: what is read from each, and by which codes it is known."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from cds.criteria.parse import review_of
from cds.criteria.tables import Reader, read
from cds.errors import KnowledgeError

FILE = "instruments.toml"
INSTRUMENT_KEYS = (
    *("title", "measures", "findings", "value_sets", "cite", "note", "review"),
    *("reviewer", "reviewed_on"),
)


@dataclass(frozen=True)
class Instrument:
    """A rating instrument by the names of its findings and value sets; never an item's wording."""

    id: str
    title: str
    measures: str
    findings: tuple[str, ...]
    value_sets: tuple[str, ...]
    cite: tuple[str, ...]
    note: str | None
    review: str


def read_instruments(
    shelf: Path, terms: Container[str], value_sets: Container[str], citations: Container[str]
) -> dict[str, Instrument]:
    """The instruments by id; raises KnowledgeError, also for a value set of two of them."""
    found: dict[str, Instrument] = {}
    taken: dict[str, str] = {}
    for key, table in read(shelf / FILE).items():
        reader = Reader(FILE, key, table, INSTRUMENT_KEYS)
        found[key] = one = Instrument(
            id=key,
            title=reader.text("title"),
            measures=reader.text("measures"),
            findings=reader.texts("findings", terms),
            value_sets=reader.texts("value_sets", value_sets),
            cite=reader.texts("cite", citations),
            note=reader.optional("note"),
            review=review_of(reader),
        )
        for name in one.value_sets:
            if name in taken:
                raise KnowledgeError(FILE, f"{key}.value_sets", f"'{name}' is in '{taken[name]}'")
            taken[name] = key
    return found
