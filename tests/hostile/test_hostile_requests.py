"""Whatever is done to a real request, it is answered or refused clearly, and in time."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hostile_bytes import HEADERS, damaged
from hostile_changes import LURE, Made, mutated, some_chart, swapped
from hostile_charts import CANARY, Chart, charts
from hostile_charts import chart as made_chart
from hostile_watch import CASES, bound, call, check, client, hunt, plain, shares
from hypothesis import strategies as st

from cds.stories.read import read

Record = Callable[[str, object], None]

SHARED = Path(__file__).parents[3] / "shared"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
REAL = sorted((*SHARED.glob("hook-requests/*.json"), *SHARED.glob("data/**/*.json")))
PATHS = st.sampled_from(
    [
        "/cds-services/{}",
        "/cds-services/{}/",
        "/cds-services/{}/feedback",
        "/cds-services/{}/source-attributes",
        "/cds-services//{}",
        "/cds-services/%2e%2e/{}",
        "/cds-services/{}%00",
        f"/cds-services/{LURE}",
        f"/cds-services/{{}}?q={LURE}",
        f"/cds-services/{LURE * 100}/feedback",
        "/cds-services/%ff%fe/source-attributes",
        f"/knowledge/{LURE}",
        "/knowledge/..%2f..%2fetc%2fpasswd",
        "/knowledge/\ud7ff{}",
        "/health/live/{}",
        "/openapi.json?{}",
    ]
)
METHODS = st.sampled_from(["POST", "POST", "GET", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"])


def judged(made: Made) -> int:
    response = call(made.chart.service, made.body)
    check(made.chart.service, response)
    return response.status_code


@shares("changed")
def test_no_change_of_a_request_is_our_fault(share: int, record_property: Record) -> None:
    record_property("hostile", hunt(judged, mutated(), "changed", share))


@shares("damaged")
def test_no_damage_to_the_bytes_is_our_fault(share: int, record_property: Record) -> None:
    record_property("hostile", hunt(judged, damaged(), "damaged", share))


@shares("swapped")
def test_no_resource_of_somebody_else_is_our_fault(share: int, record_property: Record) -> None:
    record_property("hostile", hunt(judged, swapped(), "swapped", share))


@shares("asked otherwise")
def test_no_header_address_or_method_is_our_fault(share: int, record_property: Record) -> None:
    def judge(drawn: tuple[Chart, str, str, dict[str, str]]) -> int:
        chart, path, method, headers = drawn
        address = path.format(chart.service)
        with bound():
            response = client().open(address, method=method, data=chart.text, headers=headers)
        assert CANARY not in response.text
        assert LURE not in response.text
        return response.status_code

    drawn = st.tuples(some_chart, PATHS, METHODS, st.sampled_from(HEADERS))
    record_property("hostile", hunt(judge, drawn, "asked otherwise", share))


@pytest.mark.skipif(not REAL, reason="no ../shared beside this checkout")
def test_no_change_of_real_data_is_our_fault(record_property: Record) -> None:
    """Requests and bundles as others publish them, one or two changes each."""
    found = [made_chart(path.stem, read(path, as_of=NOW).document) for path in REAL]
    real = [one for one in found if one.document["hook"] == "patient-view"]
    strategy = st.sampled_from(range(len(real))).flatmap(lambda n: mutated(st.just(real[n])))
    record_property("hostile", hunt(judged, strategy, 400))


def test_every_story_is_answered_while_nobody_touches_it() -> None:
    levels = {plain(chart)["level"] for chart in charts()}
    assert {"emergency", "undetermined", "intensive-outpatient", "none"} <= levels


def test_there_are_at_least_twenty_thousand_cases() -> None:
    assert sum(shares * cases for shares, cases in CASES.values()) >= 20_000
