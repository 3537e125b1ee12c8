"""Answers, cards and their extension over all stories and hooks, row by row."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask.testing import FlaskClient
from nothing import empty

from cds.cards.compose import override_reasons
from cds.shelf import load_knowledge

Json = dict[str, Any]

BASE = "https://careladder.example/cds"
CARD = {"uuid", "summary", "detail", "indicator", "source"}
OPTIONAL = {"suggestions", "selectionBehavior", "overrideReasons", "links"}
LOUDEST_FIRST = ["critical", "warning", "info"]
OVERRIDE_CODES = [
    "patient-declines",
    "clinical-judgement",
    "data-outdated",
    "already-arranged",
    "not-available",
    "not-my-patient",
]


def cards_of(fired: list[Any]) -> Iterator[Json]:
    for one in fired:
        yield from one.cards


def codings(value: object) -> Iterator[Json]:
    """Every Coding of a card that is not inside a FHIR resource."""
    if isinstance(value, dict):
        if "code" in value and "system" in value:
            yield value
        for name, member in value.items():
            if name != "resource":
                yield from codings(member)
    elif isinstance(value, list):
        for member in value:
            yield from codings(member)


def test_resp_01_every_answer_is_an_object_with_a_list_of_cards(fired: list[Any]) -> None:
    assert len(fired) > 250
    assert all(isinstance(one.answer["cards"], list) for one in fired)


def test_resp_02_with_nothing_to_say_the_list_is_empty(fired: list[Any]) -> None:
    assert [one for one in fired if one.answer["cards"] == []]


def test_gen_05_06_07_nothing_is_null_or_empty_but_the_list_of_cards(fired: list[Any]) -> None:
    assert {path for one in fired for path in empty(one.answer)} == {"$.cards"}


def test_resp_03_sys_01_02_ext_01_answers_hold_cards_and_an_extension(fired: list[Any]) -> None:
    """No system action is ever sent: a level of care is not ordered behind anybody's back."""
    assert {name for one in fired for name in one.answer} == {"cards", "extension"}


def test_ext_02_03_the_extension_is_an_object_of_our_own_domain(fired: list[Any]) -> None:
    for one in fired:
        extension = one.answer["extension"]
        assert isinstance(extension["example.careladder.assessment"], dict)
        assert all(re.fullmatch(r"([a-z]+\.){2}[A-Za-z]+", name) for name in extension)


def test_card_03_04_08_the_source_has_a_label_and_a_topic(fired: list[Any]) -> None:
    for card in cards_of(fired):
        assert card["source"]["label"].strip()
        assert set(card["source"]["topic"]) == {"code", "system", "display"}


def test_card_05_the_source_names_the_criteria_and_that_they_are_a_draft(fired: list[Any]) -> None:
    labels = {card["source"]["label"] for card in cards_of(fired)}
    assert all("criteria (draft)" in label for label in labels)


def test_card_06_gov_03_the_source_is_a_page_of_the_criteria_and_no_patient(
    fired: list[Any],
) -> None:
    pages = {card["source"]["url"] for card in cards_of(fired)}
    assert all(re.fullmatch(re.escape(BASE) + r"/knowledge/[a-z-]+", page) for page in pages)


def test_card_07_no_icon_is_claimed(fired: list[Any]) -> None:
    assert not [card for card in cards_of(fired) if "icon" in card["source"]]


def test_card_09_no_detail_holds_raw_html(fired: list[Any]) -> None:
    for card in cards_of(fired):
        assert not re.search(r"(?<!\\)<[A-Za-z/!]", card["detail"])


def test_card_10_22_the_summary_says_it_and_the_loudest_card_is_first(fired: list[Any]) -> None:
    for one in fired:
        order = [LOUDEST_FIRST.index(card["indicator"]) for card in one.cards]
        assert order == sorted(order)
        assert all(len(card["summary"].split()) > 4 for card in one.cards)


def test_card_11_sug_02_fb_16_cards_and_suggestions_have_uuids_of_their_own(
    fired: list[Any],
) -> None:
    for one in fired:
        names = [part["uuid"] for part in [*one.cards, *one.suggestions]]
        assert len(names) == len(set(names))
        assert all(str(UUID(name)) == name for name in names)


def test_card_12_13_14_15_selection_is_said_where_there_are_suggestions_and_only_there(
    fired: list[Any],
) -> None:
    for card in cards_of(fired):
        assert ("suggestions" in card) == ("selectionBehavior" in card)
        assert card.get("selectionBehavior", "any") in {"any", "at-most-one"}


def test_card_16_every_override_reason_can_be_shown(fired: list[Any]) -> None:
    for card in cards_of(fired):
        assert card["overrideReasons"]
        assert all(reason["display"].strip() for reason in card["overrideReasons"])


def test_card_18_the_codes_of_override_reasons_stay_as_they_are() -> None:
    """Feedback is counted by them over releases; a new one may follow, none may change."""
    reasons = override_reasons(load_knowledge())
    assert [reason.code for reason in reasons] == OVERRIDE_CODES
    assert {reason.system for reason in reasons} == {
        "https://careladder.example/fhir/CodeSystem/override-reason"
    }


def test_card_19_ext_01_a_card_has_no_member_beyond_the_specification(fired: list[Any]) -> None:
    for card in cards_of(fired):
        assert set(card) >= CARD
        assert set(card) <= CARD | OPTIONAL


def test_ext_04_a_coding_is_code_system_and_display(fired: list[Any]) -> None:
    members = {frozenset(one) for card in cards_of(fired) for one in codings(card)}
    assert members == {frozenset({"code", "system", "display"})}


def test_gov_01_each_value_stands_beside_its_date_and_the_card_says_as_of_when(
    fired: list[Any],
) -> None:
    for card in cards_of(fired):
        assert "data as of 20" in card["detail"]
        if "| Criterion |" in card["detail"]:
            assert "| Criterion | Verdict | Value | Date |" in card["detail"]


def test_pre_23_no_card_claims_that_something_never_was(fired: list[Any]) -> None:
    for card in cards_of(fired):
        assert not re.search(r"\b(no history of|has never|denies)\b", card["detail"], re.IGNORECASE)


def test_resp_07_no_call_is_put_off(ehr: FlaskClient, request_of_a_program: Json) -> None:
    response = ehr.post("/cds-services/level-of-care-patient-view", json=request_of_a_program)
    assert response.status_code == 200
    assert "Location" not in response.headers


def test_gen_01_over_https_browsers_are_told_to_stay_there(ehr: FlaskClient) -> None:
    assert urlsplit(BASE).scheme == "https"
    assert "max-age=" in ehr.get("/cds-services").headers["Strict-Transport-Security"]
