"""FHIR times as intervals: partial dates, zones, leap seconds, and any text without a crash."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import modest

from cds.fhir.instants import parse_period, parse_when

CHICAGO = ZoneInfo("America/Chicago")
APIA = ZoneInfo("Pacific/Apia")
TICK = timedelta(microseconds=1)


def _utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2028-02-29T14:30:00-06:00", _utc(2028, 2, 29, 20, 30)),
        ("2028-02-29T20:30:00Z", _utc(2028, 2, 29, 20, 30)),
        ("2028-02-29T20:30:00.123456789Z", _utc(2028, 2, 29, 20, 30, 0, 123456)),
        ("2028-02-29T20:30:00.5Z", _utc(2028, 2, 29, 20, 30, 0, 500000)),
        ("2028-02-29T14:30:00", _utc(2028, 2, 29, 20, 30)),
        ("2028-02-29T14:30", _utc(2028, 2, 29, 20, 30)),
        ("2028-07-01T14:30:00", _utc(2028, 7, 1, 19, 30)),
        ("2028-02-29T23:59:60Z", _utc(2028, 2, 29, 23, 59, 59)),
        ("2028-02-28T24:00:00Z", _utc(2028, 2, 29)),
        ("2028-02-29T24:00:00-06:00", _utc(2028, 3, 1, 6)),
        ("2028-03-01T00:30:00+14:00", _utc(2028, 2, 29, 10, 30)),
    ],
)
def test_a_time_is_a_point_in_utc(text: str, moment: datetime) -> None:
    when = parse_when(text, CHICAGO)
    assert when is not None
    assert when.start == when.end == moment


@pytest.mark.parametrize(
    ("text", "start", "after"),
    [
        ("2028-02-29", _utc(2028, 2, 29, 6), _utc(2028, 3, 1, 6)),
        ("2028-02", _utc(2028, 2, 1, 6), _utc(2028, 3, 1, 6)),
        ("2027-02", _utc(2027, 2, 1, 6), _utc(2027, 3, 1, 6)),
        ("2028-12", _utc(2028, 12, 1, 6), _utc(2029, 1, 1, 6)),
        ("2028", _utc(2028, 1, 1, 6), _utc(2029, 1, 1, 6)),
        ("2028-03-12", _utc(2028, 3, 12, 6), _utc(2028, 3, 13, 5)),
        ("2028-11-05", _utc(2028, 11, 5, 5), _utc(2028, 11, 6, 6)),
    ],
)
def test_a_partial_date_is_the_whole_stretch_in_the_zone(
    text: str, start: datetime, after: datetime
) -> None:
    when = parse_when(text, CHICAGO)
    assert when is not None
    assert (when.start, when.end) == (start, after - TICK)


def test_a_day_with_a_change_of_clocks_has_another_length() -> None:
    spring, autumn = parse_when("2028-03-12", CHICAGO), parse_when("2028-11-05", CHICAGO)
    assert spring is not None
    assert autumn is not None
    assert spring.end - spring.start == timedelta(hours=23) - TICK
    assert autumn.end - autumn.start == timedelta(hours=25) - TICK


def test_a_day_that_a_zone_left_out_is_still_read() -> None:
    """Samoa went from 29 to 31 December 2011: a date of the 30th must not crash."""
    assert parse_when("2011-12-30", APIA) is not None


def test_the_same_instant_in_two_zones_is_the_same() -> None:
    one = parse_when("2028-02-29T23:30:00-06:00", CHICAGO)
    assert one == parse_when("2028-03-01T05:30:00Z", CHICAGO)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "yesterday", "29.02.2028", "02/29/2028", "2028-02-30", "2027-02-29"),
        *("2028-13", "2028-00", "2028-00-10", "2028-02-00", "0000", "9999", "20280229"),
        *(
            "2028-02-29T25:00:00Z",
            "2028-02-29T24:30:00Z",
            "2028-02-29T24:00:01Z",
            "2028-02-29T10:60:00Z",
        ),
        *("2028-02-29T10:60", "2028-02-29T10:60:60Z", "2028-02-29T10:00:00+25:00"),
        *("2028-02-29 10:00:00", "2028-02-29T10:00:00 Z", "2028-02-29T", "2028-02-29\n"),
        *("9999-12-31T24:00:00Z", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_what_is_no_fhir_time_is_no_time(text: str) -> None:
    assert parse_when(text, CHICAGO) is None


@pytest.mark.parametrize("value", [None, 2028, 20280229.0, True, ["2028"], {"year": 2028}])
def test_what_is_no_text_is_no_time(value: object) -> None:
    assert parse_when(value, CHICAGO) is None


@pytest.mark.parametrize(
    "text",
    [
        *("0001", "0001-01-01", "9999", "9999-12-31", "0001-01-01T00:00:00Z"),
        *("9999-12-30T23:59:59Z", "9999-01-01T00:00:00-14:00", "0000-01-01"),
    ],
)
def test_the_ends_of_the_calendar_are_no_time(text: str) -> None:
    assert parse_when(text, CHICAGO) is None


@modest
@given(st.text(max_size=40) | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?"))
def test_no_text_ever_raises(text: str) -> None:
    when = parse_when(text, CHICAGO)
    assert when is None or when.start <= when.end


@modest
@given(st.dates(), st.sampled_from(["UTC", "America/Chicago", "Pacific/Apia", "Asia/Kathmandu"]))
def test_a_date_lies_inside_its_month_and_its_year(day: object, zone: str) -> None:
    text = str(day)
    inner, month, year = (parse_when(text[:end], ZoneInfo(zone)) for end in (10, 7, 4))
    for outer in (month, year):
        if inner and outer:
            assert outer.start <= inner.start <= inner.end <= outer.end


def test_a_period_has_a_start_and_an_end_and_may_miss_either() -> None:
    start, end = parse_period({"start": "2028-02-29", "end": "soon"}, CHICAGO)
    assert start is not None
    assert end is None
    assert parse_period("2028", CHICAGO) == (None, None)
    assert parse_period(None, CHICAGO) == (None, None)
