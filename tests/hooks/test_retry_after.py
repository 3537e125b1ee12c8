"""An error that will pass says when to come again; one that will not does not."""

import pytest
from flask.testing import FlaskClient
from forgetful import Forgetful

from cds.app import create_app
from cds.errors import StoreUnavailable, TooManyCalls
from cds.settings import Settings
from cds.shelf import Knowledge

URL = "/cds-services/level-of-care-patient-view/feedback"


class Refuses(Forgetful):
    def __init__(self, error: Exception) -> None:
        self._error = error

    def feedback(self, *_: object) -> None:
        raise self._error


@pytest.mark.parametrize(
    ("error", "status", "after"),
    [
        (StoreUnavailable(), 503, "5"),
        (TooManyCalls("Too many.", 7), 429, "7"),
        (KeyError(), 500, None),
    ],
)
def test_it_says_when_to_come_again(
    knowledge: Knowledge, error: Exception, status: int, after: str | None
) -> None:
    client: FlaskClient = create_app(Settings(), knowledge, journal=Refuses(error)).test_client()
    answer = client.post(URL, json={})
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, after)
    assert answer.get_json()["resourceType"] == "OperationOutcome"
