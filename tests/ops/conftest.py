"""The web application as operators see it, with a store whose state a test sets."""

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient
from forgetful import Forgetful

from cds.app import create_app
from cds.settings import Settings
from cds.shelf import Knowledge, load_knowledge


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture
def store() -> Forgetful:
    return Forgetful()


@pytest.fixture
def web(knowledge: Knowledge, store: Forgetful) -> Callable[..., FlaskClient]:
    def made(**settings: object) -> FlaskClient:
        return create_app(Settings(**settings), knowledge, journal=store).test_client()

    return made


@pytest.fixture
def client(web: Callable[..., FlaskClient]) -> Iterator[FlaskClient]:
    return web()
