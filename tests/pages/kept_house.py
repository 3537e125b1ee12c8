"""A journal with a store in a folder, answers of stories, and what their links lead to."""

import json
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cds.app import create_app
from cds.settings import Settings
from cds.shelf import load_knowledge
from cds.store.journal import Journal
from cds.stories.read import read

SHELF = load_knowledge()
STORIES = Path(__file__).parents[2] / "fixtures" / "fhir"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Clock:
    """A clock that a test sets."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


class House:
    """The web application with a store, and a clock of its own."""

    def __init__(self, settings, shelf=SHELF):
        self.settings, self.clock = settings, Clock()
        self.journal = Journal(settings, self.clock, shelf)
        self.client = create_app(
            settings, shelf, clock=self.clock, journal=self.journal
        ).test_client()

    def ask(self, story):
        """The answer to a story."""
        call = read(STORIES / story).call(NOW)
        response = self.client.post(
            f"/cds-services/{call.service}", data=call.body, content_type="application/json"
        )
        assert response.status_code == 200
        return json.loads(response.data)

    def link(self, story="nadia-two-bad-weeks"):
        """The path of the evidence of its card."""
        url = evidence_link(self.ask(story))
        return url and url.removeprefix(self.settings.base_url)


def evidence_link(answer):
    """Where the card leads; None when it leads nowhere."""
    links = [link for card in answer["cards"] for link in card.get("links", [])]
    return next((link["url"] for link in links if "/evidence/" in link["url"]), None)


@contextmanager
def house(folder, shelf=SHELF, **settings):
    found = House(Settings(data_dir=folder, **settings), shelf)
    try:
        yield found
    finally:
        found.journal.close()
