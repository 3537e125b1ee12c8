"""How much of one resource is read, and whether what it is about can be told at all."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from cds.fhir.reading import MOST_ITEMS, Json, codings, is_tables, items, tables, text_of

MOST_COMPONENTS = 200
_VOID = ("entered-in-error", "cancelled", "registered", "refuted")


def shortened(raw: Json, kind: str) -> Json:
    """The resource itself, or a copy cut to as many items or components as are read."""
    if kind == "Observation":
        parts = raw.get("component")
        if isinstance(parts, list) and len(parts) > MOST_COMPONENTS:
            return {**raw, "component": parts[:MOST_COMPONENTS]}
    if kind == "QuestionnaireResponse" and _is_long(raw):
        return _cut(raw, iter(range(MOST_ITEMS)))
    return raw


def _is_long(form: Json) -> bool:
    return next(islice(items(form), MOST_ITEMS, None), None) is not None


def _cut(holder: Json, left: Iterator[int]) -> Json:
    """A copy with as many nested items as are left."""
    inside = {
        name: [_cut(one, left) for one in tables(holder[name]) if next(left, None) is not None]
        for name in ("item", "answer")
        if name in holder
    }
    return holder | inside


def is_unreadable(raw: Json, kind: str) -> bool:
    """Whether nobody can tell what a resource that stands is about, so that it may be anything."""
    if kind == "QuestionnaireResponse":
        mute = not is_tables(raw.get("item")) or any(
            not text_of(item.get("linkId")) and not _says(item) for item in items(raw)
        )
    elif kind in ("Condition", "Observation"):
        parts = raw.get("component") if kind == "Observation" else None
        mute = not is_tables(parts) or not all(_says(one) for one in (raw, *tables(parts)))
    else:
        return False
    return mute and not _is_void(raw)


def _says(part: Json) -> bool:
    """Whether its code is one at all, known to us or not, or words; a garbled one says nothing."""
    concepts = [*tables(part.get("code"))]
    if any(_is_garbled(concept.get("coding")) for concept in concepts):
        return False
    for concept in concepts:
        named = [coding.get("code") for coding in tables(concept.get("coding"))]
        if any(text_of(word).strip() for word in (*named, concept.get("text"))):
            return True
    return False


def _is_garbled(coding: object) -> bool:
    """Whether a system or a code stands there that is no text: it may have been any."""
    listed = coding if isinstance(coding, list) else [coding]
    parts = [part for part in listed if part is not None]
    return not is_tables(parts) or any(
        not isinstance(part.get(name, ""), str)
        for part in tables(parts)
        for name in ("system", "code")
    )


def _is_void(raw: Json) -> bool:
    stated = [code for _, code in codings(raw.get("verificationStatus"))]
    return text_of(raw.get("status")) in _VOID or any(code in _VOID for code in stated)
