"""The person: age at a birthday, with partial dates, and whether somebody is there to assess."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from charts import ZONE, ago, assessed, bundle, chart, patient, prefetch

from cds.criteria.logic import at_least
from cds.criteria.model import Between, Finding, Verdict
from cds.findings import FINDINGS


def _age(birth_date: Any, as_of: datetime | None = None) -> Between | None:
    moment = {} if as_of is None else {"as_of": as_of}
    found = FINDINGS["age"].read(chart(patient(birthDate=birth_date), **moment)).value
    assert found is None or isinstance(found, Between)
    return found


def _local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE).astimezone(UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("birth_date", "years"),
    [
        ("2010-02-28", (18, 18)),
        ("2010-02-29", None),
        ("2010-03-01", (17, 17)),
        ("2008-02-29", (20, 20)),
        ("2016-02-29", (12, 12)),
        ("2016-03-01", (11, 11)),
        ("2028-02-29", (0, 0)),
        ("2028-03-01", None),
        ("2010", (17, 18)),
        ("2010-02", (18, 18)),
        ("2010-03", (17, 17)),
        ("2028", (0, 0)),
        ("1900", (127, 128)),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_age_on_a_leap_day(birth_date: Any, years: tuple[int, int] | None) -> None:
    found = _age(birth_date)
    assert (None if found is None else (found.low, found.high)) == years


@pytest.mark.parametrize(
    ("moment", "years"),
    [
        (_local(2027, 2, 28, 12), 14),
        (_local(2027, 3, 1, 0), 15),
        (_local(2028, 2, 28, 23, 59), 15),
        (_local(2028, 2, 29, 0), 16),
    ],
)
def test_a_birthday_on_the_leap_day_is_the_first_of_march_in_other_years(
    moment: datetime, years: int
) -> None:
    found = _age("2012-02-29", moment)
    assert found is not None
    assert found.low == found.high == years


def test_a_birthday_begins_at_midnight_of_the_zone() -> None:
    """Nine in the evening in Chicago is already tomorrow in UTC."""
    before = _age("2010-03-01", _local(2028, 2, 29, 21))
    after = _age("2010-03-01", _local(2028, 3, 1, 0))
    assert before is not None
    assert after is not None
    assert (before.high, after.low) == (17, 18)


@pytest.mark.parametrize(
    ("members", "died"),
    [
        ({}, False),
        ({"deceasedBoolean": False}, False),
        ({"deceasedBoolean": True}, True),
        ({"deceasedDateTime": "2028-01"}, True),
        ({"deceasedDateTime": ago(days=3)}, True),
    ],
)
def test_a_person_has_died_when_the_record_says_so(members: Any, *, died: bool) -> None:
    assert FINDINGS["deceased"].read(chart(patient(**members))).value is died


@pytest.mark.parametrize(
    ("delivered", "value"),
    [
        ({"patient": patient()}, True),
        ({"patient": None}, False),
        ({"patient": bundle()}, False),
        ({"patient": patient(birthDate="the spring")}, None),
        ({"patient": "p1"}, None),
        ({}, None),
    ],
)
def test_a_patient_is_known_absent_or_cannot_be_seen(delivered: Any, *, value: bool | None) -> None:
    whole = {"conditions": bundle(), "observations": bundle(), **delivered}
    assert FINDINGS["patient_known"].read(chart(delivered=whole)).value is value


@pytest.mark.parametrize(
    ("changed", "complete"),
    [
        ({}, True),
        ({"conditions": None}, True),
        ({"conditions": bundle(total=3)}, False),
        ({"observations": "none"}, False),
        ({"encounters": bundle(total=3)}, True),
    ],
)
def test_required_data_are_complete_when_all_three_came_whole(
    changed: Any, *, complete: bool
) -> None:
    one = chart(delivered=prefetch() | changed)
    assert FINDINGS["required_data_complete"].read(one) == Finding(value=complete)


@pytest.mark.parametrize(
    ("birth_date", "under_twelve", "adult"),
    [
        ("2016-03-01", Verdict.MET, Verdict.NOT_MET),
        ("2016-02-29", Verdict.NOT_MET, Verdict.NOT_MET),
        ("2010-03-01", Verdict.NOT_MET, Verdict.NOT_MET),
        ("2010-02-28", Verdict.NOT_MET, Verdict.MET),
        ("2010", Verdict.NOT_MET, Verdict.UNKNOWN),
        ("2016", Verdict.UNKNOWN, Verdict.NOT_MET),
        (None, Verdict.UNKNOWN, Verdict.UNKNOWN),
    ],
)
def test_an_age_that_may_lie_on_either_side_is_unknown(
    birth_date: Any, under_twelve: Verdict, adult: Verdict
) -> None:
    person = patient(birthDate=birth_date) if birth_date else {**patient()}
    if not birth_date:
        del person["birthDate"]
    assessment = assessed(person)
    assert assessment.verdict("under-twelve") is under_twelve
    age = assessment.findings["age"].value
    assert (at_least(age, Decimal(18)) if age else Verdict.UNKNOWN) is adult
