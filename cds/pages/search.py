"""Finding an entry of the shelf by words, by its id or by a code it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from cds.fhir.codes import ValueSet
from cds.pages.contents import level_names
from cds.shelf import Knowledge

KINDS = {
    "levels": "Levels of care",
    "criteria": "Criteria",
    "findings": "Findings",
    "instruments": "Instruments",
    "value-sets": "Value sets",
    "sources": "Sources",
    "source-attributes": "Source attributes",
}
LONGEST_QUERY = 100  # characters


@dataclass(frozen=True)
class Entry:
    """One entry of the shelf: where its page is below /knowledge, and what can be found in it.

    `group` is the heading it stands under in the list of its kind.
    """

    kind: str
    id: str
    title: str
    says: str
    href: str
    group: str
    text: str


class Index:
    """Everything on the shelf, in its order; asked for words that must all be there."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._terminology = knowledge.terminology
        self.entries = tuple(_entries(knowledge))

    def of_kind(self, kind: str) -> dict[str, list[Entry]]:
        """The entries of a kind by group."""
        return grouped((one.group, one) for one in self.entries if one.kind == kind)

    def find(self, query: str, kind: str = "") -> dict[str, list[Entry]]:
        """What has every word of the query, by kind, the nearest first."""
        query = query[:LONGEST_QUERY]
        words = query.casefold().split()
        holding = self._holding(query)
        found = [
            one
            for one in self.entries
            if words and (all(word in one.text for word in words) or _named(one, holding))
        ]
        found.sort(key=partial(_distance, words))
        return grouped((one.kind, one) for one in found if kind in ("", one.kind))

    def _holding(self, query: str) -> set[str]:
        """The value sets that a code belongs to, in whatever system."""
        systems = self._terminology.systems.values()
        return {name for one in systems for name in self._terminology.classify(one.uri, query)}


def grouped(pairs: Iterable[tuple[str, Entry]]) -> dict[str, list[Entry]]:
    """Entries under their headings."""
    found: dict[str, list[Entry]] = {}
    for heading, entry in pairs:
        found.setdefault(heading, []).append(entry)
    return found


def _named(entry: Entry, value_sets: set[str]) -> bool:
    return entry.kind == "value-sets" and entry.id in value_sets


def _distance(words: list[str], entry: Entry) -> tuple[bool, bool, bool]:
    """An id first, then what has the words in its title, then a title that begins with one."""
    title = entry.title.casefold()
    return (
        entry.id.casefold() not in words,
        not all(word in title for word in words),
        not title.startswith(words[0]),
    )


def _entries(knowledge: Knowledge) -> Iterator[Entry]:
    rules, terms = knowledge.rules, knowledge.terms
    for code, name in level_names(knowledge).items():
        said = [f"{one.summary}." for one in rules.levels if one.code == code]
        yield _entry("levels", code, name, " ".join(said), href=code)
    for one in rules.criteria:
        labels = [terms[clause.finding].label for clause in one.clauses if clause.finding]
        more = (*labels, *one.cite, one.note or "")
        yield _entry("criteria", one.id, one.says, "", *more, group=heading(one.dimension))
    for term in terms.values():
        yield _entry("findings", term.name, term.label, term.ask, *term.options)
    for tool in knowledge.instruments.values():
        yield _entry("instruments", tool.id, tool.title, tool.measures, tool.note or "")
    for value_set in knowledge.terminology.value_sets.values():
        more = tuple(_codes(value_set))
        group = heading(value_set.dimension)
        yield _entry("value-sets", value_set.name, value_set.title, "", *more, group=group)
    for name, statement in knowledge.statements.items():
        yield _entry("sources", name, name, statement["says"], href=f"sources#{name}")
    for name, work in knowledge.references.items():
        more = (work["title"], work["publisher"])
        says = work.get("use", work["title"])
        yield _entry("sources", name, work["title"], says, *more, href=f"sources#{name}")
    for name, attribute in knowledge.attributes.items():
        title, value = str(attribute["title"]), str(attribute["value"])
        yield _entry("source-attributes", name, title, value, href=f"source-attributes#{name}")


def _entry(  # noqa: PLR0913  one argument for each member
    kind: str, name: str, title: str, says: str, *more: str, group: str = "", href: str = ""
) -> Entry:
    text = " ".join((name, title, says, *more)).casefold()
    return Entry(kind, name, title, says, href or f"{kind}/{name}", group or KINDS[kind], text)


def _codes(value_set: ValueSet) -> Iterator[str]:
    for code in value_set.codes:
        yield from (code.written, code.display)
    yield from (*value_set.text, value_set.note or "", value_set.unused or "")


def heading(dimension: str) -> str:
    """The name of a file of the shelf as a heading: `danger-to-self` as `Danger to self`."""
    return dimension.replace("-", " ").capitalize()
