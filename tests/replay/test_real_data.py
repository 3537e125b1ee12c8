"""Real bundles and hook requests, kept beside the checkout, bring out no fault of ours."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cds.replay.golden import outcome, settled
from cds.stories.read import read

SHARED = Path(__file__).parents[3] / "shared"
NOW = datetime(2026, 11, 20, 23, 30, tzinfo=timezone(timedelta(hours=-6)))
BUNDLES = sorted(SHARED.glob("data/**/*.json"))
REQUESTS = sorted(SHARED.glob("hook-requests/**/*.json"))
PATIENT_VIEW = "/cds-services/level-of-care-patient-view"

with_bundles = pytest.mark.skipif(not BUNDLES, reason="no ../shared/data beside this checkout")
with_requests = pytest.mark.skipif(
    not REQUESTS, reason="no ../shared/hook-requests beside this checkout"
)

Record = Callable[[str, object], None]


def post(client: FlaskClient, body: bytes) -> TestResponse:
    return client.post(PATIENT_VIEW, data=body, content_type="application/json")


@with_bundles
def test_every_real_bundle_gets_a_level(client: FlaskClient, record_property: Record) -> None:
    levels: Counter[str] = Counter()
    for path in BUNDLES:
        response = post(client, read(path, as_of=NOW).call(NOW).body)
        assert response.status_code == 200, path.name
        levels[str(outcome(settled(response.data)))] += 1
    record_property("summary", f"{levels.total()} real bundles: {counted(levels)}")
    assert levels.total() == len(BUNDLES)
    assert levels["none, no-indication"] < len(BUNDLES)


@with_requests
def test_every_real_request_is_answered_or_refused_clearly(
    client: FlaskClient, record_property: Record
) -> None:
    found: Counter[str] = Counter()
    for path in REQUESTS:
        response = post(client, path.read_bytes())
        if response.status_code == 200:
            found[str(outcome(settled(response.data)))] += 1
        else:
            refused_clearly(path, response)
            found[str(response.status_code)] += 1
    record_property("summary", f"{found.total()} real hook requests: {counted(found)}")
    assert found.total() == len(REQUESTS)


@with_requests
def test_a_request_for_another_hook_is_refused(client: FlaskClient) -> None:
    for path in REQUESTS:
        if "__patient-view__" not in path.name:
            response = post(client, path.read_bytes())
            assert response.status_code == 400, path.name
            assert response.get_json()["issue"][0]["expression"] == ["$.hook"]


def refused_clearly(path: Path, response: TestResponse) -> None:
    """A 4xx whose OperationOutcome says in words what is wrong, and where."""
    assert 400 <= response.status_code < 500, path.name
    [issue] = response.get_json()["issue"]
    assert issue["diagnostics"]
    assert issue["expression"], path.name


def counted(found: Counter[str]) -> str:
    return "; ".join(f"{name} {count}" for name, count in found.most_common())
