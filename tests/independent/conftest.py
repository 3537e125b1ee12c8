"""Every golden answer of the stories, as one that did not write them reads it."""

import json
from pathlib import Path
from typing import Any

import pytest

STORIES = Path(__file__).parents[2] / "fixtures" / "fhir"


@pytest.fixture(scope="session")
def cards() -> list[tuple[str, dict[str, Any]]]:
    """(story, card) of every card there is."""
    return [
        (path.parent.name, card)
        for path in sorted(STORIES.glob("*/cards.json"))
        for card in json.loads(path.read_text(encoding="utf-8"))["cards"]
    ]


@pytest.fixture(scope="session")
def actions(cards: list[tuple[str, dict[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
    """(story, action) of every action of every suggestion."""
    return [
        (story, action)
        for story, card in cards
        for suggestion in card.get("suggestions", [])
        for action in suggestion.get("actions", [])
    ]
