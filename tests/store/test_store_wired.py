"""Over HTTP: an answer is recorded, feedback is kept, and an override keeps the card quiet."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from store_calls import MEMBER, Kept

from cds.app import create_app
from cds.settings import Settings
from cds.shelf import load_knowledge
from cds.store.journal import Journal

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
URL = "/cds-services/level-of-care-patient-view"
STORY = Path(__file__).parents[2] / "fixtures" / "fhir" / "nadia-two-bad-weeks" / "request.json"
REQUEST = json.loads(STORY.read_text())


@pytest.fixture
def client(settings: Settings) -> Iterator[FlaskClient]:
    knowledge = load_knowledge()
    journal = Journal(settings, lambda: NOW, knowledge)
    journal.prepare()
    app = create_app(settings, knowledge, clock=lambda: NOW, journal=journal)
    yield app.test_client()
    journal.close()


def ask(client: FlaskClient, request: dict[str, Any] = REQUEST) -> dict[str, Any]:
    response = client.post(URL, json=request)
    assert response.status_code == 200
    answer: dict[str, Any] = response.get_json()
    return answer


def override(client: FlaskClient, card: str) -> Any:
    entry = {"card": card, "outcome": "overridden", "outcomeTimestamp": NOW.isoformat()}
    return client.post(f"{URL}/feedback", json={"feedback": [entry]})


def test_an_answer_is_recorded_without_a_name_or_an_id_of_the_patient(
    client: FlaskClient, kept: Kept
) -> None:
    answer = ask(client)
    (decision,) = kept.decisions
    assert decision.level == answer["extension"][MEMBER]["level"]
    assert REQUEST["context"]["patientId"] not in map(str, decision)


def test_feedback_is_thanked_for_with_an_empty_200_and_is_kept(
    client: FlaskClient, kept: Kept
) -> None:
    (card,) = ask(client)["cards"]
    response = override(client, card["uuid"])
    assert (response.status_code, response.data) == (200, b"")
    assert [row.outcome for row in kept.feedback] == ["overridden"]


def test_an_overridden_card_stays_back_and_the_answer_says_so(client: FlaskClient) -> None:
    first = ask(client)
    override(client, first["cards"][0]["uuid"])
    again = ask(client)
    assert again["cards"] == []
    assert again["extension"][MEMBER]["held"]["since"]
    assert again["extension"][MEMBER]["level"] == first["extension"][MEMBER]["level"]


def test_an_override_for_one_patient_silences_nobody_else(client: FlaskClient) -> None:
    override(client, ask(client)["cards"][0]["uuid"])
    text = STORY.read_text().replace(REQUEST["context"]["patientId"], "somebody-else")
    assert ask(client, json.loads(text))["cards"]


def test_feedback_that_is_none_is_refused_with_its_path(client: FlaskClient, kept: Kept) -> None:
    response = client.post(f"{URL}/feedback", json={"feedback": [{"card": 7}]})
    assert response.status_code == 400
    assert "feedback[0]" in response.text
    assert kept.feedback == []
    assert client.post("/cds-services/no-such/feedback", json={}).status_code == 404
