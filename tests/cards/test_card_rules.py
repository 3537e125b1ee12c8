"""A card that breaks a rule of CDS Hooks cannot be made."""

from typing import Any

import pytest
from pydantic import ValidationError

from cds.cards.models import Action, Card, Coding, Link, Response, Source, Suggestion

TOPIC = Coding(code="outpatient", system="https://careladder.example/x", display="Outpatient")
SOURCE = Source(label="Careladder", url="https://careladder.example", topic=TOPIC)
ACTION = Action(description="Create a draft.", resource={"resourceType": "ServiceRequest"})
SUGGESTION = Suggestion(label="Draft", uuid="1", actions=(ACTION,))


def _card(**changes: Any) -> Card:
    members: dict[str, Any] = {
        "uuid": "5b1f1b1e-3c1e-4c39-9a51-0ef3a0a3c001",
        "summary": "Data support outpatient care",
        "detail": "Because.",
        "indicator": "info",
        "source": SOURCE,
    }
    return Card(**(members | changes))


def test_a_sound_card_says_nothing_it_does_not_have() -> None:
    assert _card().wire() == {
        "uuid": "5b1f1b1e-3c1e-4c39-9a51-0ef3a0a3c001",
        "summary": "Data support outpatient care",
        "detail": "Because.",
        "indicator": "info",
        "source": {
            "label": "Careladder",
            "url": "https://careladder.example",
            "topic": {
                "code": "outpatient",
                "system": "https://careladder.example/x",
                "display": "Outpatient",
            },
        },
    }


def test_members_are_in_camel_case_on_the_wire() -> None:
    card = _card(suggestions=(SUGGESTION,), selection_behavior="any", override_reasons=(TOPIC,))
    assert {"selectionBehavior", "overrideReasons"} <= set(card.wire())


def test_a_summary_has_fewer_than_140_characters() -> None:
    assert len(_card(summary="x" * 139).summary) == 139
    with pytest.raises(ValidationError):
        _card(summary="x" * 140)


@pytest.mark.parametrize(
    "changes",
    [
        {"summary": ""},
        {"summary": "   "},
        {"summary": "two\nlines"},
        {"summary": None},
        {"detail": ""},
        {"detail": " \n "},
        {"uuid": ""},
        {"indicator": "hard-stop"},
        {"indicator": None},
        {"source": None},
        {"suggestions": ()},
        {"suggestions": (SUGGESTION,)},
        {"selection_behavior": "any"},
        {"suggestions": (SUGGESTION,), "selection_behavior": "all"},
        {"suggestions": (), "selection_behavior": "any"},
        {"links": ()},
        {"override_reasons": ()},
        {"system_actions": (ACTION,)},
    ],
)
def test_a_card_that_breaks_a_rule_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        _card(**changes)


@pytest.mark.parametrize(
    "url",
    [
        "/criteria",
        "careladder.example",
        "ftp://x.example",
        "",
        "http:",
        "https:///x",
        "javascript:alert(1)",
    ],
)
def test_an_address_is_absolute(url: str) -> None:
    with pytest.raises(ValidationError):
        Link(label="More", url=url)
    with pytest.raises(ValidationError):
        Source(label="Careladder", url=url, topic=TOPIC)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/knowledge/x", "https://x.example"])
def test_an_absolute_address_may_be_local(url: str) -> None:
    assert Link(label="More", url=url).wire() == {"label": "More", "url": url, "type": "absolute"}


def test_a_link_has_no_app_context() -> None:
    with pytest.raises(ValidationError):
        Link(label="More", url="https://x.example", app_context="x")


@pytest.mark.parametrize("member", ["code", "system", "display"])
def test_an_override_reason_has_code_system_and_display(member: str) -> None:
    members = {"code": "a", "system": "https://x.example", "display": "A"}
    with pytest.raises(ValidationError):
        Coding(**{name: value for name, value in members.items() if name != member})
    with pytest.raises(ValidationError):
        Coding(**(members | {member: " "}))


def test_a_suggestion_has_an_action_and_an_action_a_resource() -> None:
    with pytest.raises(ValidationError):
        Suggestion(label="Draft", uuid="1", actions=())
    with pytest.raises(ValidationError):
        Action(description="Create a draft.", resource={})
    with pytest.raises(ValidationError):
        Action(type="delete", description="Delete.", resource={"id": "1"})


def test_a_card_cannot_be_changed_once_it_is_made() -> None:
    with pytest.raises(ValidationError):
        _card().summary = "Anything else"


def test_an_answer_holds_nothing_but_cards_and_our_own_extension() -> None:
    with pytest.raises(ValidationError):
        Response(cards=(), extension={"somebody.else": {}})
    with pytest.raises(ValidationError):
        Response(cards=(), extension={}, system_actions=())
