"""Data-quality notes: what was left out or doubted, in our own words and without chart values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice

from cds.fhir.delivery import CLASS_OF

TEXTS = {
    "conflict": "Values or codes of one day or entry disagree; the worse one is used for safety.",
    "date-unknown": "A value without a readable date can alarm but not reassure.",
    "declined": "An answer was declined.",
    "future-date": "A value dated in the future is left out.",
    "hook-instance": "The hookInstance is not a UUID.",
    "implausible": "An encounter open for a year was never closed; it says nothing.",
    "masked": "Protected substance use records are masked here; substance use is unknown.",
    "not-delivered": "Not delivered with the call; what depends on it is unknown.",
    "other-patient": "A resource of another patient is left out.",
    "out-of-range": "A value outside its scale, or in a unit that does not fit, is left out.",
    "preliminary": "A value that is not final can alarm but not reassure.",
    "psychotherapy-note": "A psychotherapy note is never read.",
    "remission": "A remission code and an active status disagree; read as remission.",
    "stale": "Too old to reassure.",
    "too-many": "More than is read or named; the newest and every distinct value are used.",
    "truncated": "The delivered page is not the last; what it leaves out is unknown.",
    "unreadable": "Not sound FHIR R4; left out, and what depends on it is unknown.",
    "unresolved": "A resource about somebody who cannot be told; left out, its class is unknown.",
    "unstructured": "An entry about risk is written in words only and is not read; review it.",
}
MOST_PER_CODE = 50  # notes of one code; more are one `too-many`
_ID = re.compile(r"[A-Za-z0-9.\-]{1,64}")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")


def shown(reference: str) -> str:
    """How a resource is named to a reader: `Type/id`, or less when its id may say anything."""
    kind, _, name = reference.partition("/")
    if kind not in CLASS_OF:
        return "prefetch"
    return reference if _ID.fullmatch(name) else kind


@dataclass(frozen=True)
class Note:
    """One remark on the data: a code of `TEXTS`, and the resource or class it is about."""

    code: str
    resource: str | None = None

    @property
    def text(self) -> str:
        """The remark in words."""
        return TEXTS[self.code]


@dataclass
class Notes:
    """Notes in the order they were made, each once."""

    _made: dict[Note, None] = field(default_factory=dict)

    def add(self, code: str, resource: str | None = None) -> None:
        """Remember one note about a resource, a contract key, a value set or nothing."""
        named = resource and (resource if _WORD.fullmatch(resource) else shown(resource))
        self._made[Note(code, named or None)] = None

    def __iter__(self) -> Iterator[Note]:
        """The notes by code and resource, so that the order of delivery changes nothing."""
        ordered = sorted(self._made, key=lambda note: (note.code, note.resource or ""))
        named = Counter(note.code for note in ordered)
        for _, notes in groupby(ordered, key=lambda note: note.code):
            yield from islice(notes, MOST_PER_CODE)
        if max(named.values(), default=0) > MOST_PER_CODE:
            yield Note("too-many")
