"""Data-quality notes: what was left out or doubted, in our own words and without chart values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

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
    "too-many": "More values than are read; the newest and every distinct one are used.",
    "truncated": "The delivered page is not the last; what it leaves out is unknown.",
    "unreadable": "Not sound FHIR R4; left out, and what depends on it is unknown.",
    "unstructured": "An entry about risk is written in words only and is not read; review it.",
}


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
        """Remember one note."""
        self._made[Note(code, resource or None)] = None

    def __iter__(self) -> Iterator[Note]:
        """The notes by code and resource, so that the order of delivery changes nothing."""
        return iter(sorted(self._made, key=lambda note: (note.code, note.resource or "")))
