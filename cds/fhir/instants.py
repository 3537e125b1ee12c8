"""FHIR dates and times as intervals: a partial date is a stretch of time, not a point."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cds.criteria.model import When

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(\.\d+)?(Z|[+-]\d\d:\d\d)?")
_PARTIAL = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_YEARS = range(2, 9999)  # a day off the calendar's ends, no zone leads over them
_TICK = timedelta(microseconds=1)


def parse_when(text: object, zone: ZoneInfo) -> When | None:
    """A FHIR date, dateTime or instant as an interval in UTC; None for anything else.

    Dates, and times written without an offset, are read in the service's `zone`.
    """
    if not isinstance(text, str):
        return None
    try:
        found = _instant(text, zone) or _partial(text, zone)
    except (ValueError, OverflowError):
        return None
    return found if found and found.start.year in _YEARS and found.end.year in _YEARS else None


def _instant(text: str, zone: ZoneInfo) -> When | None:
    if not (found := _TIME.fullmatch(text)):
        return None
    day, clock, fraction, offset = found.groups()
    # A leap second is the last moment of its minute to us; 24:00 is the next midnight.
    clock = clock.replace(":59:60", ":59:59")
    rolled = timedelta(days=1) if clock in ("24:00", "24:00:00") else timedelta()
    clock = clock.replace("24:", "00:", 1) if rolled else clock
    stamp = f"{day}T{clock}{(fraction or '')[:7] if clock.count(':') == 2 else ''}"  # noqa: PLR2004
    moment = datetime.fromisoformat(stamp + (offset or "")) + rolled
    moment = (moment if offset else moment.replace(tzinfo=zone)).astimezone(UTC)
    return When(moment, moment)


def _partial(text: str, zone: ZoneInfo) -> When | None:
    if not (found := _PARTIAL.fullmatch(text)):
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    first = date(year or 0, 1 if month is None else month, 1 if day is None else day)
    last = _last_day(first, month, day)
    return When(_midnight(first, zone), _midnight(last + timedelta(days=1), zone) - _TICK)


def _last_day(first: date, month: int | None, day: int | None) -> date:
    if day:
        return first
    if month:
        return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.replace(month=12, day=31)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def parse_period(period: object, zone: ZoneInfo) -> tuple[When | None, When | None]:
    """Start and end of a FHIR Period, each None when absent or unreadable."""
    table: dict[str, Any] = period if isinstance(period, dict) else {}
    return parse_when(table.get("start"), zone), parse_when(table.get("end"), zone)
