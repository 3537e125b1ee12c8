"""Few readers over FHIR JSON as it comes: each copes with any JSON and says what it looks for."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from cds.fhir.codes import Terminology

Json = dict[str, Any]

_CODED = {
    "Condition": ("code",),
    "Observation": ("code",),
    "Procedure": ("code",),
    "ServiceRequest": ("code",),
    "MedicationRequest": ("medicationCodeableConcept",),
    "MedicationStatement": ("medicationCodeableConcept",),
    "Encounter": ("type", "serviceType", "reasonCode"),
}
_LINK_ID = re.compile(r"(?:.*/)?(\d{1,6}-\d)")
_LONGEST_CODE = 100  # characters; nothing longer is a code, and nothing longer is remembered
_DEEPEST_ITEM = 20  # nesting of questionnaire items that we still follow
MOST_ITEMS = 2_000  # items read of one form
LOINC = "http://loinc.org"
INSTRUMENT = "https://careladder.example/fhir/CodeSystem/instrument"


def tables(value: object) -> Iterator[Json]:
    """The JSON objects of a list, of a single object, or of nothing."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield item


def is_tables(value: object) -> bool:
    """Whether it is a list of JSON objects and nothing else, or null."""
    if value is None:
        return True
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def text_of(value: object) -> str:
    """A string, or an empty one for anything else."""
    return value if isinstance(value, str) else ""


def codings(concept: object) -> Iterator[tuple[str, str]]:
    """(system, code) of each coding of a CodeableConcept; codings without a system are left out."""
    for table in tables(concept):
        for coding in tables(table.get("coding")):
            yield from coding_pair(coding)


def coding_pair(coding: Json) -> Iterator[tuple[str, str]]:
    """(system, code) of one Coding, when it has both and they are of a sensible length."""
    system, code = text_of(coding.get("system")), text_of(coding.get("code"))
    if system and code and len(code) <= _LONGEST_CODE:
        yield system, code


def sets_of(concept: object, terminology: Terminology) -> dict[str, str]:
    """Value sets that a CodeableConcept belongs to, by coding or by its whole text."""
    found: dict[str, str] = {}
    for system, code in codings(concept):
        found |= terminology.classify(system, code)
    for table in tables(concept):
        if 0 < len(text := text_of(table.get("text"))) <= _LONGEST_CODE:
            found |= terminology.classify_text(text)
    return found


def items(questionnaire_response: Json) -> Iterator[Json]:
    """Every answered item of a QuestionnaireResponse, nested ones included, down to a bound."""
    waiting = deque((item, 1) for item in tables(questionnaire_response.get("item")))
    while waiting:
        item, depth = waiting.popleft()
        yield item
        if depth < _DEEPEST_ITEM:
            nested = [*tables(item.get("item"))]
            for answer in tables(item.get("answer")):
                nested += tables(answer.get("item"))
            waiting += [(inner, depth + 1) for inner in nested]


def item_sets(item: Json, terminology: Terminology) -> dict[str, str]:
    """Value sets of a questionnaire item, by its codes or by a linkId that is a known code.

    Real forms carry a LOINC number only in `linkId`, with or without a leading path; instrument
    codes of our own stand there as they are.
    """
    found: dict[str, str] = {}
    for coding in tables(item.get("code")):
        for system, code in coding_pair(coding):
            found |= terminology.classify(system, code)
    link_id = text_of(item.get("linkId"))[:_LONGEST_CODE]
    if number := _LINK_ID.fullmatch(link_id):
        found |= terminology.classify(LOINC, number.group(1))
    found |= terminology.classify(INSTRUMENT, link_id.rsplit("/", 1)[-1])
    return found


def resource_sets(raw: Json, kind: str, terminology: Terminology) -> dict[str, str]:
    """Value sets of a resource: of its own codes, of its components and of its items."""
    found: dict[str, str] = {}
    for member in _CODED.get(kind, ()):
        found |= sets_of(raw.get(member), terminology)
    for component in tables(raw.get("component")) if kind == "Observation" else ():
        found |= sets_of(component.get("code"), terminology)
    for item in items(raw) if kind == "QuestionnaireResponse" else ():
        found |= item_sets(item, terminology)
    return found


def reference_of(value: object) -> str:
    """The literal reference of a Reference, without a version; empty when it has none."""
    for table in tables(value):
        return text_of(table.get("reference")).split("/_history/", 1)[0]
    return ""


def same_target(reference: str, targets: Iterable[str]) -> bool:
    """Whether a reference, relative or absolute, names one of the targets (`Type/id`)."""
    return any(reference == target or reference.endswith(f"/{target}") for target in targets)
