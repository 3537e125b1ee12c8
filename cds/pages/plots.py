"""A course of scores as a drawing: bands, a line and its points, in the units of the drawing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from cds.cards.words import date_text
from cds.criteria.model import Between, Term
from cds.findings.course import Point

WIDTH, HEIGHT = 360, 190
LEFT, RIGHT, TOP, BOTTOM = 24, 112, 10, 26  # margins for numbers, names of bands, and dates


@dataclass(frozen=True)
class Band:
    """A part of the scale: where it lies, what it is called, and where it starts."""

    y: float
    height: float
    name: str
    start: Decimal


@dataclass(frozen=True)
class Dot:
    """One score: its place, its value in words, its date, and its band."""

    x: float
    y: float
    value: str
    date: str
    band: str
    final: bool


@dataclass(frozen=True)
class Plot:
    """One drawing and what it says in words."""

    name: str
    label: str
    bands: tuple[Band, ...]
    dots: tuple[Dot, ...]
    first: str
    last: str
    cite: str | None

    @property
    def line(self) -> str:
        """The points of a polyline."""
        return " ".join(f"{dot.x},{dot.y}" for dot in self.dots)

    @property
    def says(self) -> str:
        """The drawing for those who do not see it."""
        newest = self.dots[-1]
        now = f"{self.label} {newest.value}{f', {newest.band}' if newest.band else ''}"
        if len(self.dots) == 1:
            return f"{now}, on {newest.date}: the only one in the time that counts."
        first = self.dots[0]
        return f"From {first.value} on {first.date} to {now}, on {newest.date}."


def plot(term: Term, points: tuple[Point, ...], as_of: datetime, zone: ZoneInfo) -> Plot | None:
    """The drawing of one score; None without a scale or a point."""
    if not points or not term.scale:
        return None
    low, high = term.scale
    start = min(point.when.start for point in points)
    span = (as_of - start).total_seconds() or 1.0

    def x(moment: datetime) -> float:
        share = (moment - start).total_seconds() / span if len(points) > 1 else 0.5
        return round(LEFT + 6 + share * (WIDTH - LEFT - RIGHT - 12), 1)

    def y(value: Decimal) -> float:
        share = float((value - low) / (high - low))
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)

    dots = tuple(
        Dot(
            x(point.when.start),
            y(middle(point.value, low, high)),
            str(point.value),
            date_text(point.when, as_of, zone),
            band_of(term, point.value),
            point.final,
        )
        for point in points
    )
    tops = [*(begin for begin, _ in term.bands[1:]), high]
    bands = tuple(
        Band(y(top), round(y(begin) - y(top), 1), name, begin)
        for (begin, name), top in zip(term.bands, tops, strict=True)
    )
    first = points[0].when.start.astimezone(zone).date()
    last = points[-1].when.start.astimezone(zone).date()
    return Plot(term.name, term.label, bands, dots, str(first), str(last), term.bands_from)


def middle(value: Between, low: Decimal, high: Decimal) -> Decimal:
    """Where a value is drawn: an open end reaches to the end of the scale."""
    ends = (low if value.low is None else value.low, high if value.high is None else value.high)
    return min(max((ends[0] + ends[1]) / 2, low), high)


def band_of(term: Term, value: Between) -> str:
    """The band an exact value lies in; empty where the value is not exact or there is none."""
    if value.low is None or value.low != value.high:
        return ""
    return next((name for begin, name in reversed(term.bands) if value.low >= begin), "")
