"""A change of CDS_SECRET_KEY while web servers and workers are restarted one after the other."""

import subprocess
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from forgetful import Forgetful
from real_valkey import Valkey

from cds.app import create_app
from cds.settings import Settings
from cds.shelf import Knowledge

OLD, NEW = "the old key of this service", "the new key of this service"
STEPS = [OLD, f"{OLD},{NEW}", f"{NEW},{OLD}", NEW]
REQUEST = {
    "hook": "patient-view",
    "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
    "context": {"userId": "Practitioner/example", "patientId": "example"},
    "prefetch": {"patient": None, "conditions": None, "observations": None},
}


@pytest.fixture(params=range(4))
def workers_key(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def settings(own_valkey: Valkey, workers_key: int) -> Settings:
    """Those of the worker."""
    return Settings(redis_url=own_valkey.url, secret_key=STEPS[workers_key], budget_ms=20_000)


def test_neighbouring_steps_understand_each_other(
    settings: Settings,
    knowledge: Knowledge,
    workers_key: int,
    start_worker: Callable[..., subprocess.Popen[str]],
) -> None:
    start_worker()
    for key in STEPS[max(workers_key - 1, 0) : workers_key + 2]:
        own = settings.model_copy(update={"secret_key": key})
        client: FlaskClient = create_app(own, knowledge, journal=Forgetful()).test_client()
        timing = client.post("/cds-services/level-of-care-patient-view", json=REQUEST).headers[
            "Server-Timing"
        ]
        assert 'desc="worker"' in timing
