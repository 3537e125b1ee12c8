"""What is done to a request: one value anywhere changed for something hostile, or the bytes of it.

Values are cheap to draw and to print, so that a failing case can be read.
"""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

from hostile_charts import PATHS, Chart, Json, Place, charts
from hypothesis import strategies as st


class Gone:
    """The member is taken out."""


LURE = "Lure-Canary"  # what a caller writes where we might quote it
SHALLOW = 40  # places at the top of a call, of which much depends on each


class Twin(str):
    """A name that stands twice in one object."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


@dataclass(frozen=True)
class Deep:
    """Nesting, written into the text because no writer goes so deep."""

    opening: str
    closing: str
    levels: int

    @property
    def text(self) -> str:
        return self.opening * self.levels + "1" + self.closing * self.levels


@dataclass(frozen=True)
class Change:
    """Something else in one place; `breaks` says that whoever looks sees it cannot be right."""

    name: str
    make: Callable[[Any], Any]
    breaks: bool = False


def value(name: str, what: Any, *, breaks: bool = False) -> Change:
    return Change(name, lambda _: deepcopy(what), breaks)


def other_type(old: Any) -> Any:
    """A value no FHIR element of the old one's kind can have."""
    if isinstance(old, dict):
        return [[1]]
    if isinstance(old, list):
        return {"a": 1} if old and not isinstance(old[0], dict) else "a list"
    return {"b": [1]}


DROP = value("dropped", Gone)
BREAKING = (
    Change("of another type", other_type, breaks=True),
    value("a number for anything", 7.25e300, breaks=True),
)
SWAPPED = (
    DROP,
    value("null", None),
    value("empty object", {}),
    value("empty list", []),
    value("empty text", ""),
    value("blank", " \t\n"),
    value("true", True),
    value("false", False),
    value("zero", 0),
    value("minus one", -1),
    value("a huge number", 1e308),
    value("a huge whole number", 10**400),
    value("a tiny number", 5e-324),
    value("a digit too many for 64 bits", 2**64),
    value("not a number", float("nan")),
    value("infinite", float("-inf")),
    value("text of no number", "NaN"),
    value("a huge text", LURE * 8000),
    value("a lone surrogate", "\ud83d" + LURE),
    value("a NUL", LURE + "\0" + LURE),
    value("right to left", "\u202e" + LURE + "\u200b\ufeff"),
    value("digits of another script", "\u0661\u0662\u0663"),
    value("combining", "e" + "\u0301" * 500),
    value("markup", f"<script>{LURE}</script>](javascript:{LURE})|`"),
    value("a format", "%s%n{0}{}${jndi:ldap://x}" + LURE),
    value("an id with slashes", f"../../{LURE}/_history/../x"),
    value("an address", f"http://127.0.0.1:1/{LURE}?a=b#c"),
    value("the first day", "0001-01-01"),
    value("the last day", "9999-12-31T23:59:59.999999999+14:00"),
    value("no such day", "2023-02-30T25:61:00Z"),
    value("a day without a month", "2024-"),
    value("a leap second", "2016-12-31T23:59:60Z"),
    value("an offset beyond the day", "2026-11-20T12:00:00+99:99"),
    value("somebody else", {"reference": f"Patient/{LURE}"}),
    value("somebody else's reference", f"Patient/{LURE}"),
    value("an OperationOutcome", {"resourceType": "OperationOutcome", "issue": []}),
    value("another kind of resource", {"resourceType": LURE, "id": LURE}),
    value("a resource in itself", {"resource": {"resource": {"resource": {}}}}),
    value("many nulls", [None] * 500),
    value("a list of lists", [[[]], [{}], [[1]]]),
    value("nested lists", Deep("[", "]", 300)),
    value("nested beyond any reader", Deep("[", "]", 3000)),
    value("nested extensions", Deep('{"extension":[', "]}", 120)),
    value("nested items", Deep('{"item":[', "]}", 120)),
    Change("in a list", lambda old: [old]),
    Change("in an object", lambda old: {"value": old}),
    Change("as text", str),
    Change("twice in a list", lambda old: [old, old]),
    Change("a list of many", lambda old: [old] * 120),
    Change("repeated", lambda old: old * 40 if isinstance(old, list) else old),
    Change("backwards", lambda old: old[::-1] if isinstance(old, str | list) else old),
    Change("names twice", lambda old: twins(old) if isinstance(old, dict) else old),
    Change("odd names", lambda old: {LURE: 1, "": 2, "\0": 3, "__proto__": old}),
)


def twins(old: Json) -> Json:
    """Every name twice, with nothing under the second."""
    return {Twin(name): member for name, member in (*old.items(), *dict.fromkeys(old).items())}


@dataclass(frozen=True)
class Made:
    """A mutated request: the chart it was, what was done where, and the bytes of it."""

    chart: Chart
    steps: tuple[tuple[str, Place], ...]
    body: bytes

    def __repr__(self) -> str:
        return f"{self.chart.name}: {self.steps}"


some_chart = st.sampled_from(range(len(PATHS))).map(lambda number: charts()[number])


@st.composite
def mutated(draw: st.DrawFn, of: st.SearchStrategy[Chart] = some_chart) -> Made:
    """A story with one to three places changed."""
    chart = draw(of)
    steps = [
        (draw(st.sampled_from((*SWAPPED, *BREAKING))), draw(place_in(chart)))
        for _ in range(draw(st.integers(1, 3)))
    ]
    return made(chart, steps)


def place_in(chart: Chart) -> st.SearchStrategy[Place]:
    """Shallow places as often as all of them: a call has few of them, and much depends on them."""
    return st.sampled_from(chart.places[:SHALLOW]) | st.sampled_from(chart.places)


def made(chart: Chart, steps: list[tuple[Change, Place]]) -> Made:
    document = chart.copy()
    for change, place in steps:
        put(document, place, change)
    return Made(chart, tuple((change.name, place) for change, place in steps), written(document))


def put(document: Json, place: Place, change: Change) -> None:
    """Do it, unless an earlier change took the place away."""
    holder: Any = document
    try:
        for key in place[:-1]:
            holder = holder[key]
        new = change.make(holder[place[-1]])
        if new is Gone:
            del holder[place[-1]]
        else:
            holder[place[-1]] = new
    except (LookupError, TypeError, RecursionError):
        return


def written(document: Json) -> bytes:
    """JSON with everything that JSON cannot hold as well: NaN, half of a pair, endless nesting."""
    deep: list[Deep] = []

    def default(found: object) -> str:
        assert isinstance(found, Deep)
        deep.append(found)
        return f"@deep {len(deep) - 1}@"

    text = json.dumps(document, default=default)
    return re.sub(r'"@deep (\d+)@"', lambda at: deep[int(at[1])].text, text).encode()


@cache
def strangers() -> tuple[Json, ...]:
    """Resources of all stories, to be put into somebody else's."""
    return tuple(
        found
        for chart in charts()
        for found in (entry["resource"] for entry in _entries(chart.document["prefetch"]))
    )


def _entries(prefetch: Json) -> list[Json]:
    bundles = [one for one in prefetch.values() if isinstance(one, dict)]
    entries = [entry for one in bundles for entry in one.get("entry") or []]
    return [entry for entry in entries if isinstance(entry.get("resource"), dict)]


@st.composite
def swapped(draw: st.DrawFn) -> Made:
    """Resources of other people in place of, or beside, a patient's own."""
    chart = draw(some_chart)
    document = chart.copy()
    entries = _entries(document["prefetch"])
    steps = []
    for number in draw(st.lists(st.integers(0, len(strangers()) - 1), min_size=1, max_size=4)):
        place = draw(st.integers(0, max(0, len(entries) - 1)))
        stranger = deepcopy(strangers()[number])
        if draw(st.booleans()) and entries:
            own = entries[place]["resource"]
            stranger |= {name: own[name] for name in ("id", "subject") if name in own}
        if entries:
            entries[place]["resource"] = stranger
        steps.append((f"stranger {number}", ("entry", place)))
    return Made(chart, tuple(steps), written(document))
