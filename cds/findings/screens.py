"""Administrations: answers that were given together, put back together as one screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from cds.criteria.model import When
from cds.fhir.reading import reference_of, tables
from cds.findings.chart import Chart, Window
from cds.findings.readings import Reading, newest_first
from cds.findings.values import is_declined, yes_no

SAME_SITTING = timedelta(hours=1)  # answers further apart are two administrations
CLINICIANS = ("Practitioner", "PractitionerRole")

Answers = Mapping[str, bool | None]  # question -> yes, no, or asked without an answer


@dataclass(frozen=True)
class Screen:
    """One administration: its answers by question, and what may be concluded from it."""

    answers: Answers
    declined: frozenset[str]
    readings: tuple[Reading, ...]

    @property
    def final(self) -> bool:
        """Whether every answer is final."""
        return all(reading.final for reading in self.readings)

    @property
    def when(self) -> When | None:
        """From the first answer to the last; None when any has no time."""
        times = [reading.when for reading in self.readings if reading.when]
        if len(times) < len(self.readings):
            return None
        return When(min(t.start for t in times), max(t.end for t in times))

    @property
    def unread(self) -> bool:
        """Whether a question was asked whose answer nobody can read."""
        return None in self.answers.values()

    @property
    def sources(self) -> tuple[str, ...]:
        """The resources it was put together from."""
        return tuple(sorted({reading.source for reading in self.readings}))

    @property
    def by_clinician(self) -> bool:
        """Whether every answer was recorded by a clinician."""
        return all(
            any(kind in CLINICIANS for kind in performers(reading)) for reading in self.readings
        )


def performers(reading: Reading) -> Iterator[str]:
    """The resource types of those who made or wrote down an observation or a form."""
    raw = reading.resource.json
    for member in ("performer", "author"):
        for who in tables(raw.get(member)):
            parts = reference_of(who).split("/")
            yield parts[-2] if len(parts) > 1 else ""


def administrations(
    chart: Chart, window: Window, questions: Mapping[str, str]
) -> tuple[list[Screen], bool]:
    """The screens behind a set of questions, newest first, and whether any answer was hidden.

    `questions` maps value sets to question names. Answers of one resource, or given within an
    hour without a question asked twice, are one administration.
    """
    readings = chart.readings(window, *questions)
    screens: list[list[Reading]] = []
    for reading in sorted(_worst_first(readings.found, chart), key=newest_first):
        if screens and _fits(reading, screens[-1], questions):
            screens[-1].append(reading)
        else:
            screens.append([reading])
    return [_screen(parts, chart, questions) for parts in screens], readings.blind


def _worst_first(found: Iterable[Reading], chart: Chart) -> list[Reading]:
    """One answer to a question at one moment: a copy is dropped, of two that disagree the yes."""
    kept: dict[tuple[str, When | None, bool], Reading] = {}
    for reading in found:
        key = (reading.value_set, reading.when, reading.final)
        known = kept.get(key)
        if known is not None and _gravity(known, chart) != _gravity(reading, chart):
            chart.record.notes.add("conflict", reading.source)
        if known is None or _gravity(reading, chart) > _gravity(known, chart):
            kept[key] = reading
    return list(kept.values())


def _gravity(reading: Reading, chart: Chart) -> int:
    """Yes weighs more than an answer nobody can read, and that more than no."""
    return {True: 2, None: 1, False: 0}[yes_no(reading, chart)]


def _fits(reading: Reading, sitting: list[Reading], questions: Mapping[str, str]) -> bool:
    asked = {questions[other.value_set] for other in sitting}
    first, last = sitting[0].when, reading.when
    if questions[reading.value_set] in asked or reading.final != sitting[0].final:
        return False
    if first is None or last is None:
        return first is last
    return first.end - last.end <= SAME_SITTING


def _screen(parts: list[Reading], chart: Chart, questions: Mapping[str, str]) -> Screen:
    return Screen(
        {questions[part.value_set]: yes_no(part, chart) for part in parts},
        frozenset(questions[part.value_set] for part in parts if is_declined(part, chart)),
        tuple(parts),
    )
