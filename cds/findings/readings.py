"""Readings: the dated values of a value set, wherever in a resource they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cds.criteria.model import When
from cds.fhir.codes import Terminology
from cds.fhir.instants import parse_when
from cds.fhir.reading import Json, item_sets, items, sets_of, tables, text_of
from cds.fhir.record import Resource

MOST_PER_SET = 60  # newest values read of one set; beyond it only values not yet seen
MOST_DISTINCT = 200  # values read of one set in all
PRECISE = timedelta(days=1)  # a longer interval is a partial date, and orders nothing
FINAL = {"final", "amended", "corrected", "completed"}
# What makes a reading, or a problem, another one: the same a day later says nothing new.
_CONTENT = (
    *("value", "component", "item", "dataAbsentReason", "status"),
    *("code", "clinicalStatus", "verificationStatus", "abatement"),
)
_UTC = ZoneInfo("UTC")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

Dated = tuple[When | None, Resource]


@dataclass(frozen=True)
class Reading:
    """One value of one value set: the element with its value[x], its time and where it stands."""

    value_set: str
    element: Json
    when: When | None
    resource: Resource
    final: bool

    @property
    def source(self) -> str:
        """The reference of the resource it stands in."""
        return self.resource.reference

    @property
    def precise(self) -> bool:
        """Whether it has a time of a day or less."""
        return self.when is not None and self.when.end - self.when.start <= PRECISE


@dataclass(frozen=True)
class Readings:
    """The readings of some value sets; `blind` when something of theirs could not be seen."""

    found: tuple[Reading, ...]
    blind: bool


def newest_first(reading: Reading) -> tuple[float, float, str, str]:
    """Sort key: when it was true, then when it was issued, then the reference: never delivery."""
    end = reading.when.end.timestamp() if reading.when else 0.0
    issued = parse_when(reading.resource.json.get("issued"), _UTC)
    return (-end, -issued.end.timestamp() if issued else 0.0, reading.source, reading.value_set)


def bounded(dated: list[Dated]) -> tuple[list[Resource], bool]:
    """The newest resources, and of the older ones the newest of every distinct content.

    The flag says whether anything was left out.
    """
    if len(dated) <= MOST_PER_SET:
        return [resource for _, resource in dated], False
    dated.sort(key=lambda pair: (_end(pair[0]), pair[1].reference), reverse=True)
    kept: list[Resource] = []
    seen: set[str] = set()
    for number, (_, resource) in enumerate(dated):
        content = str([(k, v) for k, v in resource.json.items() if k.startswith(_CONTENT)])
        if number < MOST_PER_SET or (content not in seen and len(kept) < MOST_DISTINCT):
            kept.append(resource)
        seen.add(content)
    return kept, True


def _end(when: When | None) -> datetime:
    return when.end if when else _LONG_AGO


def read(
    resource: Resource, value_set: str, when: When | None, terminology: Terminology
) -> Iterator[Reading]:
    """The readings of a value set in one Observation or QuestionnaireResponse."""
    final = text_of(resource.json.get("status")) in FINAL
    for element in _elements(resource, value_set, terminology):
        if has_value(element):
            yield Reading(value_set, element, when, resource, final)


def _elements(resource: Resource, value_set: str, terminology: Terminology) -> Iterator[Json]:
    """Answers of the items, or the Observation and its components, that carry the value set."""
    if resource.kind == "QuestionnaireResponse":
        for item in items(resource.json):
            if value_set in item_sets(item, terminology):
                yield from tables(item.get("answer"))
        return
    for part in (resource.json, *tables(resource.json.get("component"))):
        if value_set in sets_of(part.get("code"), terminology):
            yield part


def has_value(element: Json) -> bool:
    """Whether an element says something, if only why there is no value; a bare panel does not."""
    return any(key.startswith("value") for key in element) or "dataAbsentReason" in element
