"""Feedback as a client sends it to the whole application, row by row."""

from typing import Any

from flask.testing import FlaskClient

Json = dict[str, Any]

ENTRY = {
    "card": "4e0a3a1e-3283-4575-ab82-028d55fe2719",
    "outcome": "overridden",
    "outcomeTimestamp": "2024-02-29T12:00:00Z",
}


def test_fb_01_02_every_service_takes_feedback_at_an_address_of_its_own(
    ehr: FlaskClient, services: list[Json]
) -> None:
    for service in services:
        url = f"/cds-services/{service['id']}/feedback"
        assert ehr.post(url, json={"feedback": [ENTRY]}).status_code == 200
        assert ehr.get(url).status_code == 405
    assert ehr.post("/cds-services/nobody/feedback", json={"feedback": []}).status_code == 404


def test_fb_14_the_thanks_have_no_body(ehr: FlaskClient) -> None:
    url = "/cds-services/level-of-care-patient-view/feedback"
    assert ehr.post(url, json={"feedback": [ENTRY]}).data == b""
