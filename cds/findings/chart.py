"""The chart as findings see it: dated readings of a value set, inside the shelf's windows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, cast

from cds.criteria.model import Term, When
from cds.fhir.instants import parse_period, parse_when
from cds.fhir.quantities import Quantity
from cds.fhir.reading import Json, tables, text_of
from cds.fhir.record import Record, Resource
from cds.findings.readings import FINAL, Reading, Readings, bounded, newest_first, read
from cds.moment import Moment

SKEW = timedelta(minutes=5)  # clocks differ: a value this far ahead is taken as of now

LONGEST_STAY = timedelta(days=365)  # an encounter open for longer was never closed

ACUTE = {"EMER", "IMP", "ACUTE", "NONAC", "OBSENC", "SS"}
READ_FROM = ("Observation", "QuestionnaireResponse")
NO_VISIT = ("entered-in-error", "cancelled", "planned")
MOST_ENCOUNTERS = 300  # read of one chart
IGNORED = {"entered-in-error", "cancelled", "registered"}


@dataclass(frozen=True)
class Window:
    """How long evidence may reassure (ordinarily, and in acute settings) and how long alarm."""

    reassures: timedelta
    reassures_acute: timedelta
    alarms: timedelta


@dataclass(frozen=True)
class Frame:
    """What of the shelf a chart is read through: windows, terms and units."""

    windows: Mapping[str, Window]
    terms: Mapping[str, Term]
    quantities: Mapping[str, Quantity]


class Chart:
    """A record at an instant, read through the frame of the shelf."""

    def __init__(
        self, record: Record, as_of: datetime, frame: Frame, moment: Moment | None = None
    ) -> None:
        self.record, self.as_of = record, as_of
        self.windows, self.terms, self.quantities = frame.windows, frame.terms, frame.quantities
        self.moment = moment or Moment()
        self.zone = record.zone
        self.memory: dict[str, Any] = {}
        self._times: dict[int, When | None] = {}

    def when(self, text: object) -> When | None:
        """A FHIR time as an interval; what reaches past now ends now."""
        found = parse_when(text, self.zone)
        if found and found.start <= self.as_of + SKEW < found.end:
            return When(found.start, max(found.start, self.as_of))
        return found

    def effective(self, resource: Resource) -> When | None:
        """When an Observation was true, or a form answered; not when it was issued."""
        key = id(resource.json)
        if key not in self._times:
            self._times[key] = _effective(resource.json, self)
        return self._times[key]

    def is_future(self, when: When | None) -> bool:
        """Whether a time lies ahead of now by more than clocks differ."""
        return when is not None and when.start > self.as_of + SKEW

    def in_alarm(self, when: When | None, window: Window) -> bool:
        """Whether any part of the time is still alarming; an unknown time is."""
        return when is None or when.end >= self.as_of - window.alarms

    def is_fresh(self, when: When | None, window: Window) -> bool:
        """Whether the whole of the time is still reassuring; an unknown time is not."""
        span = window.reassures_acute if self.acute else window.reassures
        return when is not None and when.start >= self.as_of - span

    @cached_property
    def acute(self) -> bool:
        """Whether the patient is in an emergency department or a hospital bed now."""
        return any(self._is_acute(resource) for resource in self.encounters)

    @cached_property
    def encounters(self) -> list[Resource]:
        """Encounters that stand and did not end long ago; of very many the newest."""
        found: list[tuple[datetime, Resource]] = []
        for resource in self.record.all_of("Encounter"):
            raw = resource.json
            start, end = parse_period(raw.get("period"), self.zone)
            over = end is not None and end.end < self.as_of - LONGEST_STAY
            if not over and text_of(raw.get("status")) not in NO_VISIT:
                began = start.start if start and not end else self.as_of
                found.append((end.end if end else began, resource))
        if len(found) > MOST_ENCOUNTERS:
            found.sort(key=lambda pair: (pair[0], pair[1].reference), reverse=True)
            self.record.notes.add("too-many", "Encounter")
            self.record.delivered.hide("Encounter")
        return [resource for _, resource in found[:MOST_ENCOUNTERS]]

    def _is_acute(self, resource: Resource) -> bool:
        raw = resource.json
        classes = {text_of(coding.get("code")) for coding in tables(raw.get("class"))}
        if raw.get("status") not in ("in-progress", "onleave", "triaged", "arrived"):
            return False
        start, end = parse_period(raw.get("period"), self.zone)
        ended = end is not None and end.end <= self.as_of
        stale = start is not None and start.end < self.as_of - LONGEST_STAY
        return bool(classes & ACUTE) and not ended and not stale

    def readings(self, window: Window, *value_sets: str) -> Readings:
        """Every reading of the value sets that can still alarm, newest first; read once."""
        key = f"readings {window.alarms} {value_sets}"
        if key not in self.memory:
            self.memory[key] = self._readings(window, value_sets)
        return cast("Readings", self.memory[key])

    def _readings(self, window: Window, value_sets: tuple[str, ...]) -> Readings:
        found: list[Reading] = []
        blind = any(self.record.delivered.is_partial(kind) for kind in READ_FROM)
        blind |= any(self.record.is_masked(value_set) for value_set in value_sets)
        for value_set in value_sets:
            for kind in READ_FROM:
                resources, hidden = self._usable(kind, value_set, window)
                blind |= hidden
                for resource in resources:
                    found += self._read(resource, value_set)
        return Readings(tuple(sorted(found, key=newest_first)), blind)

    def _read(self, resource: Resource, value_set: str) -> Iterator[Reading]:
        if text_of(resource.json.get("status")) not in FINAL:
            self.record.notes.add("preliminary", resource.reference)
        when = self.effective(resource)
        return read(resource, value_set, when, self.record.terminology)

    def _usable(self, kind: str, value_set: str, window: Window) -> tuple[list[Resource], bool]:
        """Sound resources inside the alarming window, bounded, and whether any was hidden."""
        dated: list[tuple[When | None, Resource]] = []
        hidden = False
        for resource in self.record.of(kind, value_set):
            if text_of(resource.json.get("status")) in IGNORED:
                continue
            when = self.effective(resource)
            if not self.in_alarm(when, window):
                continue
            if self.is_future(when):
                self.record.notes.add("future-date", resource.reference)
                hidden = True
                continue
            dated.append((when, resource))
        kept, dropped = bounded(dated)
        if dropped:
            self.record.notes.add("too-many", value_set)
        sound = [self.record.sound(resource) for resource in kept]
        return [one for one in sound if one], hidden or dropped or None in sound


def _effective(raw: Json, chart: Chart) -> When | None:
    if raw.get("resourceType") == "QuestionnaireResponse":
        return chart.when(raw.get("authored"))
    for member in ("effectiveDateTime", "effectiveInstant"):
        if member in raw:
            return chart.when(raw[member])
    start, end = parse_period(raw.get("effectivePeriod"), chart.zone)
    return end or start
