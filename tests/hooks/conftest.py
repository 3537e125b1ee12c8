"""The web application with a dispatcher that only remembers what it was asked."""

from datetime import datetime, timedelta, timezone

import pytest
from fake_replies import FakeReplies
from flask import Flask
from flask.testing import FlaskClient
from forgetful import Forgetful

from cds.app import create_app
from cds.settings import Settings
from cds.shelf import Knowledge, load_knowledge

CHICAGO_WINTER = timezone(timedelta(hours=-6))
NOW = datetime(2024, 2, 29, 12, tzinfo=CHICAGO_WINTER)


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture
def replies() -> FakeReplies:
    return FakeReplies()


@pytest.fixture
def settings() -> Settings:
    return Settings(max_body_mb=1)


@pytest.fixture
def app(settings: Settings, knowledge: Knowledge, replies: FakeReplies) -> Flask:
    return create_app(settings, knowledge, replies, clock=lambda: NOW, journal=Forgetful())


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
