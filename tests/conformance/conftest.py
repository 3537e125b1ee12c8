"""The service as an EHR meets it: discovery, and what seven hooks answer over the stories."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from forgetful import Forgetful
from moment_contexts import context_of

from cds.app import create_app
from cds.settings import Settings

STORIES = Path(__file__).parents[2] / "fixtures" / "fhir"
NOW = datetime(2024, 2, 29, 12, tzinfo=timezone(timedelta(hours=-6)))
BASE_URL = "https://careladder.example/cds"
Json = dict[str, Any]


@dataclass(frozen=True)
class Fired:
    """One call and its answer."""

    request: Json
    answer: Json

    @property
    def cards(self) -> list[Json]:
        return self.answer["cards"]

    @property
    def suggestions(self) -> list[Json]:
        return [one for card in self.cards for one in card.get("suggestions", [])]

    @property
    def actions(self) -> list[Json]:
        return [one for suggestion in self.suggestions for one in suggestion["actions"]]


@pytest.fixture(scope="session")
def ehr() -> FlaskClient:
    """A client of the whole application, which evaluates in its own process."""
    settings = Settings(base_url=BASE_URL, allow_as_of=True)
    app = create_app(settings, clock=lambda: NOW, journal=Forgetful())
    return app.test_client()


@pytest.fixture(scope="session")
def services(ehr: FlaskClient) -> list[Json]:
    return ehr.get("/cds-services").get_json()["services"]


@pytest.fixture(scope="session")
def fired(ehr: FlaskClient, services: list[Json]) -> list[Fired]:
    """Every story at the opening of its chart, and every sixth at each of the other hooks."""
    requests = [json.loads(path.read_bytes()) for path in sorted(STORIES.glob("*/request.json"))]
    hooks = [service["hook"] for service in services]
    requests += [at(hook, one) for one in requests[::6] for hook in hooks if hook != one["hook"]]
    return [Fired(request, post(ehr, request)) for request in requests]


def at(hook: str, request: Json) -> Json:
    """The same chart at another hook, with what that hook brings along."""
    patient = request["context"]["patientId"]
    context = request["context"] | {"encounterId": "enc"} | context_of(hook, patient)
    return request | {"hook": hook, "context": context}


def post(ehr: FlaskClient, request: Json) -> Json:
    response = ehr.post(f"/cds-services/level-of-care-{request['hook']}", json=request)
    assert response.status_code == 200, response.text
    return json.loads(response.data, parse_constant=pytest.fail)


@pytest.fixture(scope="session")
def request_of_a_program(fired: list[Fired]) -> Json:
    """A call that is answered with a card, a suggestion and a link."""
    return next(one.request for one in fired if one.suggestions)
