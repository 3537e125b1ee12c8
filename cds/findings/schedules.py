"""Schedules of program orders: hours a week, hours a day and days a week, from FHIR timings."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from cds.criteria.model import ABSENT, Between, Finding, When
from cds.fhir.reading import Json, tables, text_of
from cds.findings.chart import Chart
from cds.findings.programs import IOP, ORDERED, PHP, episodes
from cds.findings.registry import finding
from cds.findings.values import decimal

HOURS = {"h": Decimal(1), "min": Decimal(1) / 60, "d": Decimal(24)}
WEEKS = {"wk": Decimal(1), "d": Decimal(7)}  # a month has no fixed number of weeks
DAYS = 7
MOST = Decimal(DAYS * 24)  # hours of a week; nobody comes more often than hourly
LEAST = Decimal("0.01")


@dataclass(frozen=True)
class Schedule:
    """Sessions a week and the hours of one; an order of it, and since when."""

    sessions: Decimal
    hours: Decimal
    when: When | None = None
    source: str = ""

    @property
    def days(self) -> Decimal:
        """Days a week: one session a day, as far as the week allows."""
        return min(self.sessions, Decimal(DAYS))


def schedule(order: Json) -> Schedule | None:
    """The schedule of a Timing, or None: a monthly one or bare text cannot be counted."""
    timing = next(tables(order.get("occurrenceTiming")), {})
    repeat = next(tables(timing.get("repeat")), {})
    duration, period = decimal(repeat.get("duration")), decimal(repeat.get("period", 1))
    unit = HOURS.get(text_of(repeat.get("durationUnit")))
    weeks = WEEKS.get(text_of(repeat.get("periodUnit")))
    if not duration or not period or unit is None or weeks is None:
        return None
    named = repeat.get("dayOfWeek")
    days = Decimal(len(named)) if isinstance(named, list) and named else None
    times = decimal(repeat.get("frequency"))
    if days is not None and weeks == DAYS:
        return Schedule(days * (times or 1), duration * unit)
    return Schedule((times or days or 1) * weeks / period, duration * unit)


def is_possible(plan: Schedule) -> bool:
    """Whether a week has room for it."""
    parts = (plan.sessions, plan.hours, plan.sessions * plan.hours)
    return all(LEAST <= one <= MOST for one in parts)


def ordered(chart: Chart) -> Schedule | None:
    """The schedule of the newest IOP or PHP order that has one, drafts included.

    An order without a date is the newest: it has not been signed yet.
    """
    found = []
    for one in episodes(chart, *IOP, *PHP):
        if one.resource.kind == "ServiceRequest" and one.status in ORDERED:
            plan = schedule(one.resource.json)
            if plan is not None and not is_possible(plan):
                chart.record.notes.add("out-of-range", one.resource.reference)
            elif plan is not None:
                name, start = one.resource.reference, one.start
                found.append(Schedule(plan.sessions, plan.hours, start, name))
    return max(found, key=_newest, default=None)


def _newest(plan: Schedule) -> tuple[bool, float, str]:
    moment = plan.when.end.timestamp() if plan.when else 0.0
    return (plan.when is None, moment, plan.source)


def _finding(plan: Schedule | None, number: Decimal) -> Finding:
    if plan is None:
        return ABSENT
    exact = Between.exactly(number.quantize(Decimal("0.01")).normalize())
    return Finding(exact, when=plan.when, sources=(plan.source,))


@finding(*IOP, *PHP)
def ordered_hours(chart: Chart) -> Finding:
    """Hours a week of the newest IOP or PHP order, draft or active, from its timing."""
    plan = ordered(chart)
    return _finding(plan, plan.sessions * plan.hours if plan else Decimal(0))


@finding(*IOP, *PHP)
def ordered_hours_a_day(chart: Chart) -> Finding:
    """Hours of one program day of that order."""
    plan = ordered(chart)
    return _finding(plan, plan.sessions * plan.hours / plan.days if plan else Decimal(0))


@finding(*IOP, *PHP)
def ordered_days(chart: Chart) -> Finding:
    """Program days a week of that order."""
    plan = ordered(chart)
    return _finding(plan, plan.days if plan else Decimal(0))
