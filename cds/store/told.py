"""The body of a feedback call: parsed once, with the JSON path of whatever is wrong.

https://cds-hooks.hl7.org/2.0/#feedback
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeGuard

from cds.errors import BadHookRequest
from cds.request import required_instant

OUTCOMES = ("accepted", "overridden")
MOST_ENTRIES = 500
MOST_SUGGESTIONS = 100
LONGEST_WORD = 255  # characters of an id, a code or a system
LONGEST_COMMENT = 20_000


@dataclass(frozen=True)
class Told:
    """What a client tells of one card. Everything a clinician wrote stays out of the repr."""

    card: str = field(repr=False)
    outcome: str
    outcome_at: datetime
    suggestions: tuple[str, ...] = field(default=(), repr=False)
    reason_code: str | None = field(default=None, repr=False)
    reason_system: str | None = field(default=None, repr=False)
    comment: str | None = field(default=None, repr=False)


def read_feedback(document: object) -> tuple[Told, ...]:
    """Every entry; raises BadHookRequest for the first that is wrong, so all or none is kept.

    Members left null are as if not sent; unknown members are ignored.
    """
    if not isinstance(document, dict):
        raise BadHookRequest("$", "The feedback must be a JSON object with the member feedback.")
    entries = document.get("feedback")
    if not isinstance(entries, list) or not entries:
        raise BadHookRequest("$.feedback", "Must be a list of at least one entry.")
    if len(entries) > MOST_ENTRIES:
        raise BadHookRequest("$.feedback", f"Must not have more than {MOST_ENTRIES} entries.")
    return tuple(entry(one, f"$.feedback[{place}]") for place, one in enumerate(entries))


def entry(found: object, path: str) -> Told:
    """One entry: what belongs to the other outcome is ignored."""
    if not isinstance(found, dict):
        raise BadHookRequest(path, "Must be a JSON object.")
    card = word(found, "card", path)
    outcome = found.get("outcome")
    if outcome not in OUTCOMES:
        raise BadHookRequest(f"{path}.outcome", "Must be accepted or overridden.")
    at = required_instant(found.get("outcomeTimestamp"), f"{path}.outcomeTimestamp")
    if outcome == "accepted":
        return Told(card, outcome, at, suggestions=accepted(found, path))
    code, system, comment = reason(found.get("overrideReason"), f"{path}.overrideReason")
    return Told(card, outcome, at, (), code, system, comment)


def accepted(found: dict[str, Any], path: str) -> tuple[str, ...]:
    """The ids of the suggestions that were accepted, each once."""
    place = f"{path}.acceptedSuggestions"
    suggestions = found.get("acceptedSuggestions")
    if not isinstance(suggestions, list) or not 0 < len(suggestions) <= MOST_SUGGESTIONS:
        message = f"Must be a list of 1 to {MOST_SUGGESTIONS} suggestions when one was accepted."
        raise BadHookRequest(place, message)
    return tuple(
        dict.fromkeys(word(one, "id", f"{place}[{n}]") for n, one in enumerate(suggestions))
    )


def reason(found: object, path: str) -> tuple[str | None, str | None, str | None]:
    """Code, system and comment of an override; a display is not kept, and need not be sent."""
    if found is None:
        return None, None, None
    if not isinstance(found, dict):
        raise BadHookRequest(path, "Must be a JSON object.")
    coding, comment = found.get("reason"), found.get("userComment")
    if coding is None and comment is None:
        raise BadHookRequest(path, "Must have a reason or a userComment.")
    if comment is not None and not is_text(comment, LONGEST_COMMENT):
        message = f"Must be text of at most {LONGEST_COMMENT} characters."
        raise BadHookRequest(f"{path}.userComment", message)
    if coding is None:
        return None, None, comment
    place = f"{path}.reason"
    return word(coding, "code", place), word(coding, "system", place), comment


def word(found: object, name: str, path: str) -> str:
    """A short text that must be there."""
    if not isinstance(found, dict):
        raise BadHookRequest(path, "Must be a JSON object.")
    text = found.get(name)
    if is_text(text, LONGEST_WORD) and text.isprintable():
        return text
    message = f"Must be text of at most {LONGEST_WORD} printable characters."
    raise BadHookRequest(f"{path}.{name}", message)


def is_text(value: object, longest: int) -> TypeGuard[str]:
    """Whether there is something to read, and not too much."""
    return isinstance(value, str) and bool(value.strip()) and len(value) <= longest
