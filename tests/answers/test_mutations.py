"""Whatever stands anywhere in a prefetch, a call is answered or refused, and nothing is raised."""

import copy
import json
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from charts import SERVICE, knowledge, settings

from cds.answer import Call, answer
from cds.request import AS_OF, instant

STORIES = Path(__file__).parents[2] / "fixtures" / "fhir"
NAMES = ("nadia-two-bad-weeks", "aiko-six-hours-a-week", "ileana-ten-days-home")
WRONG: tuple[Any, ...] = ([], {}, 1, None, "x", ["final"], 1e300, "9999-12-31", "0001-01-01")
SHARES = 8  # of the places that a story has: one test each


@cache
def _story(name: str) -> Any:
    return json.loads((STORIES / name / "request.json").read_bytes())


def _places(value: Any) -> Iterator[tuple[Any, ...]]:
    """Where anything stands in JSON."""
    pairs = enumerate(value) if isinstance(value, list) else ()
    for key, member in value.items() if isinstance(value, dict) else pairs:
        yield (key,)
        yield from ((key, *rest) for rest in _places(member))


def _with(document: Any, place: tuple[Any, ...], wrong: Any) -> Any:
    """A copy of JSON with another value in one place."""
    changed = copy.deepcopy(document)
    holder = changed["prefetch"]
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = wrong
    return changed


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("name", NAMES)
def test_no_value_in_any_place_is_our_fault(name: str, share: int) -> None:
    story = _story(name)
    chance = random.Random(f"{name} {share}")  # noqa: S311 - nothing secret
    for place in chance.choices(list(_places(story["prefetch"])), k=24):
        changed = _with(story, place, chance.choice(WRONG))
        as_of = instant(story["extension"][AS_OF])
        call = Call(SERVICE, as_of, json.dumps(changed).encode())
        assert answer(call, knowledge(), settings()).status in (200, 400, 412), place
