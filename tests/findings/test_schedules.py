"""Schedules: a week has 168 hours, and no number a sender may write breaks the count."""

from typing import Any

import pytest
from charts import chart, named, notes, read

from cds.findings import FINDINGS

CODE = {
    "coding": [
        {
            "system": "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
            "code": "S9480",
        }
    ]
}
WEEKLY = {"frequency": 3, "period": 1, "periodUnit": "wk", "duration": 3, "durationUnit": "h"}


def _order(**repeat: Any) -> Any:
    return named(
        {
            "resourceType": "ServiceRequest",
            "status": "active",
            "intent": "order",
            "subject": {"reference": "Patient/p1"},
            "code": CODE,
            "occurrenceTiming": {"repeat": WEEKLY | repeat},
        }
    )


def test_hours_a_week_are_counted() -> None:
    assert str(read("ordered_hours", _order()).value) == "9"


@pytest.mark.parametrize(
    "repeat",
    [
        *({"duration": 1e30}, {"period": 1e-300}, {"period": 1e300}, {"duration": 169}),
        *({"duration": 1e-9}, {"duration": 24, "frequency": 8}, {"frequency": 10**9}),
        {"periodUnit": "d", "period": 1, "frequency": 200, "duration": 1},
        {"dayOfWeek": ["mon"] * 10_000, "frequency": 0},
    ],
)
def test_what_no_week_has_room_for_is_no_schedule(repeat: Any) -> None:
    for name in ("ordered_hours", "ordered_hours_a_day", "ordered_days"):
        assert read(name, _order(**repeat)).value is None


def test_an_impossible_schedule_is_noted() -> None:
    seen = chart(_order(duration=169))
    assert FINDINGS["ordered_hours"].read(seen).value is None
    assert "out-of-range" in notes(seen)
