"""The stories, and the service as a test client sees it."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from forgetful import Forgetful

from cds.app import create_app
from cds.replay.golden import BASE_URL
from cds.settings import Settings
from cds.shelf import Knowledge, load_knowledge

ROOT = Path(__file__).parents[2]
NOW = datetime(2024, 2, 29, 23, 30, tzinfo=timezone(timedelta(hours=-6)))


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture
def settings() -> Settings:
    return Settings(base_url=BASE_URL, allow_as_of=True)


@pytest.fixture
def client(settings: Settings, knowledge: Knowledge) -> FlaskClient:
    return create_app(settings, knowledge, clock=lambda: NOW, journal=Forgetful()).test_client()


@pytest.fixture
def stories() -> Path:
    return ROOT / "fixtures" / "fhir"
