"""Which values count at all: status, dates, conflicts and answers that are none."""

from datetime import timedelta
from typing import Any

import pytest
from charts import (
    NOW,
    PHQ9,
    PHQ9_ITEM9,
    ZONE,
    ago,
    chart,
    concept,
    form,
    item,
    notes,
    observation,
    points,
    read,
    score,
)

from cds.findings import FINDINGS


def _ahead(**span: float) -> str:
    return (NOW + timedelta(**span)).astimezone(ZONE).isoformat()


@pytest.mark.parametrize("status", ["final", "amended", "corrected"])
def test_a_final_value_reassures(status: str) -> None:
    found = read("phq9_total", score(4, status=status))
    assert points(found) == 4
    assert found.reassures


@pytest.mark.parametrize("status", ["preliminary", "unknown"])
def test_a_value_that_is_not_final_alarms_and_does_not_reassure(status: str) -> None:
    one = chart(score(22, status=status))
    found = FINDINGS["phq9_total"].read(one)
    assert points(found) == 22
    assert not found.reassures
    assert "preliminary" in notes(one)


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error", "registered"])
def test_a_value_that_never_was_one_is_ignored(status: str) -> None:
    found = read("phq9_total", score(22, status=status), score(4, effectiveDateTime=ago(days=3)))
    assert points(found) == 4
    assert found.reassures


@pytest.mark.parametrize("status", ["in-progress", "stopped"])
def test_an_unfinished_form_alarms_and_does_not_reassure(status: str) -> None:
    found = read("phq9_total", form(item("/44261-6", valueInteger=22), status=status))
    assert points(found) == 22
    assert not found.reassures


def test_a_preliminary_low_score_does_not_hide_a_final_high_one() -> None:
    found = read(
        "phq9_total", score(4, status="preliminary"), score(22, effectiveDateTime=ago(days=3))
    )
    assert points(found) == 22


@pytest.mark.parametrize("reason", ["asked-declined", "unknown", "not-performed", "error"])
def test_a_reason_for_no_value_is_unknown_and_not_zero(reason: str) -> None:
    absent = observation(PHQ9, dataAbsentReason=concept(reason, "absent"))
    found = read("phq9_total", absent)
    assert found.value is None
    assert not found.reassures


def test_a_declined_answer_is_noted_as_declined_and_not_as_out_of_range() -> None:
    one = chart(observation(PHQ9, dataAbsentReason=concept("asked-declined", "absent")))
    FINDINGS["phq9_total"].read(one)
    assert "declined" in notes(one)
    assert "out-of-range" not in notes(one)


@pytest.mark.parametrize(
    ("span", "counts"),
    [
        ({"minutes": 3}, True),
        ({"minutes": 5}, True),
        ({"minutes": 5, "seconds": 1}, False),
        ({"days": 2}, False),
    ],
)
def test_a_clock_may_run_five_minutes_ahead_and_no_more(
    span: dict[str, float], *, counts: bool
) -> None:
    one = chart(score(16, effectiveDateTime=_ahead(**span)))
    found = FINDINGS["phq9_total"].read(one)
    assert (found.value is not None) is counts
    assert ("future-date" in notes(one)) is not counts


def test_todays_date_is_not_in_the_future() -> None:
    found = read("phq9_total", score(16, effectiveDateTime="2028-02-29"))
    assert points(found) == 16
    assert found.reassures


def test_tomorrows_date_is_in_the_future() -> None:
    assert read("phq9_total", score(16, effectiveDateTime="2028-03-01")).value is None


def test_a_value_without_a_date_alarms_and_does_not_reassure() -> None:
    one = chart(score(16, effectiveDateTime=None))
    found = FINDINGS["phq9_total"].read(one)
    assert points(found) == 16
    assert not found.reassures
    assert "date-unknown" in notes(one)


@pytest.mark.parametrize(
    ("written", "value", "reassures"),
    [
        ("2028", 16, False),
        ("2028-02", 16, False),
        ("2028-01", 16, False),
        ("2027-12", None, True),
        ("2028-02-16", 16, True),
        ("2028-02-15", 16, False),
        ("2028-01-30", 16, False),
        ("2028-01-29", None, True),
    ],
)
def test_a_partial_date_reassures_with_all_of_it_and_alarms_with_any_part(
    written: str, value: int | None, *, reassures: bool
) -> None:
    found = read("phq9_total", score(16, effectiveDateTime=written))
    assert points(found) == value
    if value is not None:
        assert found.reassures is reassures


@pytest.mark.parametrize(
    ("members", "value"),
    [
        ({"effectiveInstant": ago(days=2)}, 16),
        ({"effectivePeriod": {"start": ago(days=40), "end": ago(days=2)}}, 16),
        ({"effectivePeriod": {"start": ago(days=2)}}, 16),
        ({"effectivePeriod": {"start": ago(days=60), "end": ago(days=40)}}, None),
        ({"effectiveDateTime": ago(days=40), "issued": ago(hours=1)}, None),
    ],
)
def test_the_time_of_a_value_is_when_it_was_true_not_when_it_was_issued(
    members: Any, value: int | None
) -> None:
    found = read("phq9_total", score(16, **({"effectiveDateTime": None} | members)))
    assert points(found) == value


def test_the_newest_day_counts() -> None:
    found = read("phq9_total", score(4), score(22, effectiveDateTime=ago(days=2)))
    assert points(found) == 4
    assert found.reassures


@pytest.mark.parametrize("first_hour", [1, 5])
def test_of_one_day_the_worst_counts_and_the_conflict_is_noted(first_hour: int) -> None:
    one = chart(
        score(4, effectiveDateTime=ago(hours=first_hour)),
        score(22, effectiveDateTime=ago(hours=6 - first_hour)),
    )
    assert points(FINDINGS["phq9_total"].read(one)) == 22
    assert "conflict" in notes(one)


def test_a_day_is_a_day_of_the_zone() -> None:
    """Half past midnight UTC is still the evening before in Chicago."""
    found = read(
        "phq9_total",
        score(4, effectiveDateTime="2028-02-29T05:30:00Z"),
        score(22, effectiveDateTime="2028-02-28T12:00:00-06:00"),
    )
    assert points(found) == 22


def test_an_undated_high_score_stands_beside_a_dated_low_one() -> None:
    found = read("phq9_total", score(22, effectiveDateTime=None), score(4))
    assert points(found) == 22
    assert not found.reassures


def test_a_score_of_thirteen_months_is_unknown() -> None:
    assert read("phq9_total", score(2, effectiveDateTime=ago(days=395))).value is None


def test_an_unreadable_value_takes_reassurance_away() -> None:
    broken = score(0, PHQ9_ITEM9, id="bad", component="none")
    found = read("phq9_item9", score(0, PHQ9_ITEM9, effectiveDateTime=ago(days=2)), broken)
    assert points(found) == 0
    assert not found.reassures


def test_sources_name_where_a_value_came_from() -> None:
    found = read("phq9_total", score(16, id="o16"))
    assert found.sources == ("Observation/o16",)
    assert found.when is not None
    assert found.when.start == NOW - timedelta(hours=1)
