"""The rules by which the public Da Vinci CRD test kit judges cards, over every story's cards."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from nothing import empty

INDICATORS = {"info", "warning", "critical"}
BEHAVIOURS = {"any", "at-most-one"}
LONGEST_SUMMARY = 139
Cards = list[tuple[str, dict[str, Any]]]
Json = dict[str, Any]


def _blank(value: object) -> bool:
    return not isinstance(value, str) or not value.strip()


def _of_card(card: Json) -> Iterator[str]:
    if _blank(card.get("summary")) or len(card["summary"]) > LONGEST_SUMMARY:
        yield "summary"
    if card.get("indicator") not in INDICATORS:
        yield "indicator"
    if not isinstance(card.get("source"), dict) or _blank(card["source"].get("label")):
        yield "source.label"
    topic = card.get("source", {}).get("topic", {})
    yield from (f"source.topic.{name}" for name in ("code", "system") if _blank(topic.get(name)))
    for name in ("uuid", "detail"):
        if name in card and _blank(card[name]):
            yield name
    for name in ("suggestions", "overrideReasons", "links"):
        if name in card and (not isinstance(card[name], list) or not card[name]):
            yield name


def _of_parts(card: Json) -> Iterator[str]:
    if card.get("suggestions") and card.get("selectionBehavior") not in BEHAVIOURS:
        yield "selectionBehavior"
    for reason in card.get("overrideReasons", []):
        members = ("code", "system", "display")
        yield from (f"overrideReasons.{name}" for name in members if _blank(reason.get(name)))
    for link in card.get("links", []):
        yield from _of_link(link)
    for suggestion in card.get("suggestions", []):
        if _blank(suggestion.get("label")):
            yield "suggestion.label"
        if "actions" in suggestion and not suggestion["actions"]:
            yield "suggestion.actions"
        for action in suggestion.get("actions", []):
            yield from _of_action(action)


def _of_link(link: Json) -> Iterator[str]:
    if _blank(link.get("label")) or link.get("type") not in {"absolute", "smart"}:
        yield "link"
    if not all(urlsplit(link.get("url", ""))[:2]):
        yield "link.url"
    if link.get("type") == "absolute" and "appContext" in link:
        yield "link.appContext"


def _of_action(action: Json) -> Iterator[str]:
    kind = action.get("type")
    if kind not in {"create", "update", "delete"} or _blank(action.get("description")):
        yield "action"
    if kind == "delete" and _blank(action.get("resourceId")):
        yield "action.resourceId"
    if kind != "delete" and _blank(action.get("resource", {}).get("resourceType")):
        yield "action.resource"


def test_card_02_03_04_every_card_has_what_the_kit_requires(cards: Cards) -> None:
    assert cards
    assert [(story, fault) for story, card in cards for fault in _of_card(card)] == []


def test_card_17_link_01_sug_01_what_a_card_may_have_is_as_the_kit_wants_it(cards: Cards) -> None:
    assert [(story, fault) for story, card in cards for fault in _of_parts(card)] == []


def test_gen_05_06_nothing_in_a_card_is_null_or_empty(cards: Cards) -> None:
    assert [(story, fault) for story, card in cards for fault in empty(card)] == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"summary": "x" * 140}, "summary"),
        ({"summary": " "}, "summary"),
        ({"indicator": "hard-stop"}, "indicator"),
        ({"source": {"topic": {"code": "a", "system": "b"}}}, "source.label"),
        ({"source": {"label": "a", "topic": {"code": "a"}}}, "source.topic.system"),
        ({"detail": ""}, "detail"),
        ({"links": []}, "links"),
        ({"selectionBehavior": None}, "selectionBehavior"),
        ({"overrideReasons": [{"code": "a", "system": "b"}]}, "overrideReasons.display"),
        ({"links": [{"label": "a", "type": "absolute", "url": "b"}]}, "link.url"),
        ({"suggestions": [{"label": "a", "actions": []}]}, "suggestion.actions"),
        (
            {"suggestions": [{"label": "a", "actions": [{"type": "create", "description": "a"}]}]},
            "action.resource",
        ),
        (
            {"suggestions": [{"label": "a", "actions": [{"type": "delete", "description": "a"}]}]},
            "action.resourceId",
        ),
    ],
)
def test_card_01_the_rules_see_a_card_that_breaks_them(
    cards: Cards, change: Json, fault: str
) -> None:
    sound = next(card for _, card in cards if card.get("suggestions"))
    broken = sound | change
    assert fault in [*_of_card(broken), *_of_parts(broken)]
