"""Suggestions, actions and links over all stories and hooks, row by row."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

from seven_hooks import OUTPATIENT_ORDER, order_sign, ready

Json = dict[str, Any]

HOSTS = {"findtreatment.gov", "988lifeline.org"}


def links_of(fired: list[Any]) -> list[Json]:
    return [link for one in fired for card in one.cards for link in card.get("links", [])]


def replacement() -> Json:
    """The suggestion that replaces an order below the level."""
    (card,) = order_sign(ready(), OUTPATIENT_ORDER)["cards"]
    return next(one for one in card["suggestions"] if len(one["actions"]) > 1)


def test_sug_03_recommended_is_never_said_of_two(fired: list[Any]) -> None:
    for one in fired:
        assert sum(bool(each.get("isRecommended")) for each in one.suggestions) <= 1


def test_sug_04_an_order_is_replaced_in_one_suggestion() -> None:
    assert sorted(action["type"] for action in replacement()["actions"]) == ["create", "delete"]


def test_sug_05_no_action_refers_to_another(fired: list[Any]) -> None:
    for action in [one for each in fired for one in each.actions if "resource" in one]:
        assert "id" not in action["resource"]
        assert "urn:uuid" not in json.dumps(action["resource"])


def test_sug_06_07_no_client_has_to_know_version_3(fired: list[Any]) -> None:
    assert {name for one in fired for each in one.suggestions for name in each} == {
        "label",
        "uuid",
        "actions",
    }


def test_sug_08_09_every_action_has_a_type_and_says_what_it_does(fired: list[Any]) -> None:
    actions = [action for one in fired for action in one.actions]
    assert {action["type"] for action in actions} <= {"create", "update", "delete"}
    assert all(action["description"].strip() for action in actions)


def test_sug_10_what_is_created_is_whole(fired: list[Any]) -> None:
    created = [one["resource"] for each in fired for one in each.actions if one["type"] == "create"]
    assert created
    for resource in created:
        assert resource["resourceType"] == "ServiceRequest"
        assert (resource["status"], resource["intent"]) == ("draft", "order")
        assert resource["subject"]["reference"]
        assert resource["code"]


def test_sug_11_what_is_updated_is_the_whole_order_with_its_id() -> None:
    hcpcs = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
    iop = OUTPATIENT_ORDER | {
        "code": {"coding": [{"system": hcpcs, "code": "S9480"}]},
        "note": [{"text": "as agreed"}],
    }
    (card,) = order_sign(ready(), iop)["cards"]
    (action,) = card["suggestions"][0]["actions"]
    assert action["type"] == "update"
    assert action["resource"].items() >= iop.items()


def test_sug_12_what_is_deleted_is_named_by_reference() -> None:
    (action,) = [one for one in replacement()["actions"] if one["type"] == "delete"]
    assert re.fullmatch(r"[A-Za-z]+/[A-Za-z0-9\-.]{1,64}", action["resourceId"])
    assert "resource" not in action


def test_sug_13_every_suggestion_has_something_to_do(fired: list[Any]) -> None:
    assert all(each["actions"] for one in fired for each in one.suggestions)


def test_sug_14_the_advice_stands_in_the_text_too(fired: list[Any]) -> None:
    for card in [card for one in fired for card in one.cards if "suggestions" in card]:
        assert "**What could be done**" in card["detail"]


def test_sug_15_link_04_07_no_app_is_launched(fired: list[Any]) -> None:
    kinds = {one.get("resource", {}).get("resourceType") for each in fired for one in each.actions}
    assert "Task" not in kinds
    assert not [link for link in links_of(fired) if "autolaunchable" in link]


def test_sug_16_the_order_concerned_is_named_in_the_text() -> None:
    (card,) = order_sign(ready(), OUTPATIENT_ORDER)["cards"]
    assert "order" in card["summary"].lower()


def test_link_01_02_05_06_links_are_absolute_and_have_no_app_context(fired: list[Any]) -> None:
    assert links_of(fired)
    assert all(set(link) == {"label", "url", "type"} for link in links_of(fired))
    assert {link["type"] for link in links_of(fired)} == {"absolute"}


def test_link_03_gov_03_links_lead_to_few_places_and_carry_nothing(fired: list[Any]) -> None:
    addresses = [urlsplit(link["url"]) for link in links_of(fired)]
    assert {address.hostname for address in addresses} <= HOSTS
    assert not [address for address in addresses if address.scheme != "https" or address.query]
