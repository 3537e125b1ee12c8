"""Small charts of what became of cards: numbers to boxes, which a template draws as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cds.store.report import Tally

PARTS = {"accepted": "accepted", "overridden": "overridden", "no_signal": "no reply"}
HEIGHT = 100.0
STEP, WIDE = 10, 8  # of a column and what of it is drawn
DAILY, WEEKLY = 62, 430  # days up to which a column is a day, or a week


@dataclass(frozen=True)
class Box:
    """One part of a bar: its kind, and where it begins and ends."""

    kind: str
    start: float
    size: float


@dataclass(frozen=True)
class Column:
    """A bar of the chart over time: the days it stands for and its parts from the bottom up."""

    x: int
    first: date
    last: date
    tally: Tally
    boxes: tuple[Box, ...]

    @property
    def when(self) -> str:
        """A day, or the first and the last of several."""
        return f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"


def over_time(days: Mapping[date, Tally], first: date, last: date) -> tuple[Column, ...]:
    """A column for each day, week or month (30 days) between two days, both included."""
    spans = _spans(first, last)
    tallies = [_sum(days, *span) for span in spans]
    top = max((one.fired for one in tallies), default=0)
    return tuple(
        Column(place * STEP, *span, tally, boxes(tally, top, HEIGHT))
        for place, (span, tally) in enumerate(zip(spans, tallies, strict=True))
    )


def boxes(tally: Tally, top: int, full: float) -> tuple[Box, ...]:
    """The parts of a bar one after the other, where `top` cards fill `full`."""
    found, start = [], 0.0
    for kind in PARTS:
        size = round(getattr(tally, kind) * full / top, 2) if top else 0.0
        if size:
            found.append(Box(kind, round(start, 2), size))
        start += size
    return tuple(found)


def said(tally: Tally) -> str:
    """The numbers of a bar in words."""
    counts = [f"{getattr(tally, kind)} {name}" for kind, name in PARTS.items()]
    return f"{tally.fired} shown: {', '.join(counts)}"


def _spans(first: date, last: date) -> Sequence[tuple[date, date]]:
    length = (last - first).days + 1
    step = 1 if length <= DAILY else 7 if length <= WEEKLY else 30
    starts = [first + timedelta(days=place) for place in range(0, length, step)]
    return [(start, min(start + timedelta(days=step - 1), last)) for start in starts]


def _sum(days: Mapping[date, Tally], first: date, last: date) -> Tally:
    whole = Tally()
    for day, tally in days.items():
        if first <= day <= last:
            whole.fired += tally.fired
            whole.accepted += tally.accepted
            whole.reasons += tally.reasons
    return whole
