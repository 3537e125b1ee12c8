"""Code systems and value sets from the shelf, and the one question asked of a coding."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

_SHORTEST_PREFIX = 1


@dataclass(frozen=True)
class CodeSystem:
    """A code system: short name on the shelf, canonical address, other names it goes by."""

    name: str
    uri: str
    aliases: tuple[str, ...] = ()
    dotless: bool = False
    licence: str = ""


@dataclass(frozen=True)
class Code:
    """One line of a value set: an exact code, a prefix minus exceptions, or a pattern."""

    system: str
    display: str
    code: str | None = None
    prefix: str | None = None
    pattern: str | None = None
    excluded: tuple[str, ...] = ()

    @property
    def written(self) -> str:
        """The code, prefix or pattern as it stands on the shelf."""
        return self.code or self.prefix or self.pattern or ""


@dataclass(frozen=True)
class ValueSet:
    """Codes that mean one thing here; `text` are whole texts accepted in place of a code.

    `words` are beginnings of words that name a service or a place; `unused` says why a set is
    kept that no finding reads. `dimension`, `source`, `review` and `note` are for readers.
    """

    name: str
    title: str
    codes: tuple[Code, ...]
    text: tuple[str, ...] = ()
    unused: str | None = None
    words: tuple[str, ...] = ()
    dimension: str = ""
    source: str = ""
    review: str = "draft"
    note: str | None = None


Match = Mapping[str, str]  # value set name -> our own display for the code


class Terminology:
    """Answers which value sets a coding belongs to, remembering what it was asked before."""

    def __init__(self, systems: Iterable[CodeSystem], value_sets: Iterable[ValueSet]) -> None:
        self.systems = {system.name: system for system in systems}
        self.value_sets = {value_set.name: value_set for value_set in value_sets}
        self._by_uri = {
            uri: system for system in self.systems.values() for uri in (system.uri, *system.aliases)
        }
        self._exact: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        self._prefix: dict[tuple[str, str], list[tuple[str, Code]]] = defaultdict(list)
        self._pattern: dict[str, list[tuple[str, Code, re.Pattern[str]]]] = defaultdict(list)
        self._text: dict[str, dict[str, str]] = defaultdict(dict)
        for value_set in self.value_sets.values():
            self._index(value_set)
        self.classify = lru_cache(maxsize=20_000)(self._classify)

    def _index(self, value_set: ValueSet) -> None:
        for text in value_set.text:
            self._text[text.casefold()][value_set.name] = value_set.title
        for code in value_set.codes:
            if code.code is not None:
                key = (code.system, self._plain(code.system, code.code))
                self._exact[key][value_set.name] = code.display
            elif code.prefix is not None:
                key = (code.system, self._plain(code.system, code.prefix))
                self._prefix[key].append((value_set.name, code))
            else:
                compiled = re.compile(code.pattern or "")
                self._pattern[code.system].append((value_set.name, code, compiled))

    def _plain(self, system: str, code: str) -> str:
        code = code.strip()
        return code.upper().replace(".", "") if self.systems[system].dotless else code

    def _classify(self, system: str, code: str) -> Match:
        """The value sets of one coding; nothing for a system the shelf does not know."""
        known = self._by_uri.get(system.strip().split("|", 1)[0])
        if known is None:
            return {}
        plain = self._plain(known.name, code)
        found = dict(self._exact.get((known.name, plain), {}))
        for end in range(_SHORTEST_PREFIX, len(plain) + 1):
            for name, line in self._prefix.get((known.name, plain[:end]), ()):
                if not any(plain.startswith(self._plain(known.name, x)) for x in line.excluded):
                    found.setdefault(name, line.display)
        for name, line, pattern in self._pattern.get(known.name, ()):
            if pattern.fullmatch(plain):
                found.setdefault(name, line.display)
        return found

    def classify_text(self, text: str) -> Match:
        """The value sets that accept this whole text in place of a code."""
        return self._text.get(text.strip().casefold(), {})

    def codes_beside(self, systems: Collection[str], value_sets: Iterable[str]) -> Iterator[str]:
        """The exact codes of those of some value sets that hold a code of one of the systems."""
        for name in value_sets:
            codes = self.value_sets[name].codes
            if any(code.system in systems for code in codes):
                yield from (code.code for code in codes if code.code is not None)

    def named_in(self, text: str) -> frozenset[str]:
        """The value sets one of whose words begins a word of a service's or a place's name."""
        said = f" {' '.join(re.findall(r'[a-z]+', text.casefold()))}"
        return frozenset(
            one.name
            for one in self.value_sets.values()
            if any(f" {word}" in said for word in one.words)
        )

    def uri(self, system: str) -> str:
        """The canonical address of a code system of the shelf."""
        return self.systems[system].uri
