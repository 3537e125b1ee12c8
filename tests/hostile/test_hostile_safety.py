"""What a chart still shows is answered, and what it no longer shows is not taken for nothing."""

from collections.abc import Callable
from functools import cache

from hostile_changes import BREAKING, SWAPPED, Change, made, place_in
from hostile_charts import Chart, Place, charts
from hostile_watch import call, check, hunt, plain, shares, shelf, view
from hypothesis import strategies as st

Record = Callable[[str, object], None]
Steps = tuple[Chart, list[tuple[Change, Place]]]
REQUIRED = ("patient", "conditions", "observations")
REFUSED = (400, 413)  # no JSON, somebody else's Patient, too large


@cache
def alarms() -> frozenset[str]:
    """The criteria that call for an emergency."""
    levels = [level for level in shelf().rules.levels if level.code == "emergency"]
    return frozenset(name for level in levels for name in level.called_by)


@cache
def danger(chart: Chart) -> frozenset[str]:
    """The resources an emergency of this chart stands on."""
    met = [one for one in plain(chart)["criteria"] if one["verdict"] == "met"]
    called = [one for one in met if one["id"] in alarms()]
    return frozenset(name for one in called for name in one.get("evidence", []))


def spares(chart: Chart, place: Place) -> bool:
    """Whether a change there leaves the danger as it was, and the Bundles around it."""
    if place[0] != "prefetch":
        return False
    inside = chart.resource_at(place[:-1])
    if inside:
        return inside not in danger(chart)
    beside = (one for one in chart.places if one[: len(place) - 1] == place[:-1])
    return not any(chart.resource_at(one) in danger(chart) for one in beside)


@st.composite
def around_a_danger(draw: st.DrawFn) -> Steps:
    urgent = [one for one in charts() if plain(one)["level"] == "emergency" and danger(one)]
    chart = draw(st.sampled_from(urgent))
    places = st.lists(place_in(chart), min_size=1, max_size=3)
    changes = st.sampled_from((*SWAPPED, *BREAKING))
    return chart, [(draw(changes), one) for one in draw(places) if spares(chart, one)]


@st.composite
def broken_in_one_place(draw: st.DrawFn) -> Steps:
    known = [one for one in charts() if plain(one)["level"] != "none"]
    chart = draw(st.sampled_from(known))
    data = [one for one in chart.places if one[0] == "prefetch" and set(one[1:2]) & {*REQUIRED}]
    return chart, [(draw(st.sampled_from(BREAKING)), draw(st.sampled_from(data)))]


def stays_an_emergency(case: Steps) -> int:
    chart, steps = case
    response = call(chart.service, made(chart, steps).body)
    document = check(chart.service, response)
    if response.status_code not in REFUSED:
        assert view(document)["status"] == "emergency", (chart, steps)
    return response.status_code


def is_not_taken_for_nothing(case: Steps) -> int:
    chart, steps = case
    response = call(chart.service, made(chart, steps).body)
    document = check(chart.service, response)
    if response.status_code == 200:
        found = view(document)
        silent = {"none", "outpatient"} - {plain(chart)["level"]}
        # A measure out of its scale is as if it had not been taken. Of scores see E89.
        if any(note["code"] == "out-of-range" for note in found.get("notes", [])):
            silent = {"none"}
        assert found["level"] not in silent, (chart, steps)
    return response.status_code


@shares("around a danger")
def test_a_visible_danger_is_answered_whatever_stands_around_it(
    share: int, record_property: Record
) -> None:
    record_property(
        "hostile", hunt(stays_an_emergency, around_a_danger(), "around a danger", share)
    )


@shares("unreadable")
def test_required_data_that_cannot_be_read_never_lead_to_silence_or_less_care(
    share: int, record_property: Record
) -> None:
    record_property(
        "hostile", hunt(is_not_taken_for_nothing, broken_in_one_place(), "unreadable", share)
    )
