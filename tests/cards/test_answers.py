"""Whole answers: silence and speech, dangers, suggestions, and nothing empty anywhere."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from charts import (
    NEGATIVE,
    NOW,
    ago,
    answered,
    bundle,
    condition,
    cssrs,
    form,
    item,
    measured,
    patient,
    prefetch,
    ready_for_program,
    reply,
    score,
    view,
)
from nothing import empty

Json = dict[str, Any]
HIGH = cssrs({"q1": True, "q2": True, "q4": True, "q6": False})
TEEN = patient(birthDate="2013-01-01")
CHARTS = {
    "nothing": [],
    "child": [patient(birthDate="2020-01-01"), condition("F33.1")],
    "dead": [patient(deceasedBoolean=True), HIGH],
    "mild": [condition("F33.1"), score(6)],
    "open": [condition("F33.1"), score(16)],
    "program": ready_for_program(),
    "teen": [TEEN, *ready_for_program()],
    "partial": ready_for_program(22),
    "moderate": [condition("F33.1"), score(16), condition("R45.851", onsetDateTime=ago(days=2))],
    "danger": [HIGH],
    "alcohol": [condition("F10.20"), score(16), cssrs(NEGATIVE)],
    "eating": [condition("F50.2"), score(16), cssrs(NEGATIVE)],
    "unreadable": [condition("F33.1", made_up="member"), score(16)],
}


@pytest.fixture(params=CHARTS, ids=str)
def response(request: pytest.FixtureRequest) -> Json:
    return answered(*CHARTS[request.param])


def _values(value: Any, path: str = "$") -> Iterator[tuple[str, Any]]:
    yield path, value
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _values(member, f"{path}.{name}")
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield from _values(member, f"{path}[{number}]")


def test_nothing_is_null_and_nothing_is_empty_but_the_list_of_cards(response: Json) -> None:
    assert set(empty(response)) <= {"$.cards"}


def test_there_are_two_cards_at_most_and_no_system_actions(response: Json) -> None:
    assert len(response["cards"]) <= 2
    assert set(response) <= {"cards", "extension"}


def test_every_summary_is_short_and_every_card_is_complete(response: Json) -> None:
    for card in response["cards"]:
        assert len(card["summary"]) < 140
        assert card["source"]["topic"]["system"].endswith("/level-of-care")
        assert card["source"]["url"].startswith("http")
        assert all(
            set(reason) == {"code", "system", "display"} for reason in card["overrideReasons"]
        )
        assert ("suggestions" in card) == ("selectionBehavior" in card)
        assert "await clinical review" in card["detail"]


def test_the_uuids_of_one_answer_are_all_different(response: Json) -> None:
    uuids = [value for path, value in _values(response) if path.endswith(".uuid")]
    assert len(uuids) == len(set(uuids))


def test_the_assessment_says_when_and_by_which_shelf(response: Json) -> None:
    told = view(response)
    assert told["asOf"] == NOW.isoformat().replace("+00:00", "Z")
    assert set(told["knowledge"]) == {"version", "hash"}
    assert {one["verdict"] for one in told["criteria"]} <= {"met", "not-met", "unknown"}


@pytest.mark.parametrize(
    ("name", "level", "status"),
    [
        ("nothing", "none", "no-indication"),
        ("child", "none", "not-applicable"),
        ("dead", "none", "not-applicable"),
        ("open", "undetermined", "indeterminate"),
        ("program", "intensive-outpatient", "supported"),
        ("teen", "intensive-outpatient", "supported"),
        ("partial", "partial-hospitalization", "supported"),
        ("moderate", "undetermined", "indeterminate"),
        ("danger", "emergency", "emergency"),
        ("alcohol", "undetermined", "indeterminate"),
        ("eating", "undetermined", "indeterminate"),
    ],
)
def test_the_level_and_the_status_of_each_chart(name: str, level: str, status: str) -> None:
    told = view(answered(*CHARTS[name]))
    assert (told["level"], told["status"]) == (level, status)


@pytest.mark.parametrize("name", ["nothing", "dead", "mild"])
def test_where_there_is_nothing_to_say_there_is_no_card(name: str) -> None:
    assert answered(*CHARTS[name])["cards"] == []


def test_a_diagnosis_alone_opens_no_question_aloud() -> None:
    """Decision 20: an old diagnosis and nothing else must not ask for a screen at every opening."""
    for code in ("F41.1", "F10.20"):
        response = answered(condition(code, onsetDateTime="2015"))
        assert response["cards"] == []
        assert view(response)["level"] == "outpatient"
        assert view(response)["status"] == "provisional"


def test_an_open_question_names_the_level_that_would_follow() -> None:
    told = view(answered(*CHARTS["open"]))
    assert told["candidate"] == "intensive-outpatient"
    assert "suicide_screen" in told["missing"]


def test_a_danger_card_names_988_and_the_local_path_and_suggests_nothing() -> None:
    (card,) = answered(*CHARTS["danger"])["cards"]
    assert card["indicator"] == "critical"
    assert "988" in card["detail"]
    assert "local emergency path" in card["detail"]
    assert "988lifeline.org" in json.dumps(card["links"])
    assert "suggestions" not in card


def test_a_danger_is_answered_though_a_required_class_is_missing_and_the_gap_is_named() -> None:
    delivered = {"patient": patient(), "item1": bundle(HIGH)}
    (card,) = answered(delivered=delivered)["cards"]
    assert "conditions, observations" in card["detail"]
    delivered = {"patient": patient(), "conditions": bundle(condition("F33.1"))}
    refused = reply(delivered=delivered)
    assert refused.status == 412
    assert json.loads(refused.body)["issue"][0]["expression"] == ["$.prefetch.observations"]


def test_the_same_call_gives_the_same_bytes() -> None:
    for resources in CHARTS.values():
        assert reply(*resources).body == reply(*resources).body


def test_another_call_gives_other_uuids() -> None:
    one, other = (answered(*ready_for_program(points)) for points in (16, 17))
    assert one["cards"][0]["uuid"] != other["cards"][0]["uuid"]


def test_a_missing_required_class_is_named_and_nothing_of_the_chart_is() -> None:
    refused = reply(delivered={"patient": patient(), "item1": bundle(condition("F33.1"))})
    assert refused.status == 412
    assert b"F33" not in refused.body


def test_an_unreadable_resource_does_not_sink_the_call() -> None:
    told = view(answered(*CHARTS["unreadable"]))
    assert "unreadable" in {note["code"] for note in told["notes"]}
    assert told["level"] == "undetermined"


@pytest.mark.parametrize(
    "broken",
    [
        measured("5643-2", 320, "mg/dL", made_up="member"),
        condition("R45.851", made_up="member"),
        cssrs(NEGATIVE | {"q4": True}, made_up="member"),
    ],
)
def test_what_may_be_a_danger_and_cannot_be_read_is_never_nothing(broken: Json) -> None:
    told = view(answered(broken))
    assert (told["level"], told["status"]) == ("undetermined", "indeterminate")


def test_an_empty_chart_is_no_indication_and_a_truncated_one_is_not() -> None:
    assert view(answered())["level"] == "none"
    cut = prefetch() | {"conditions": bundle(total=30)}
    assert view(answered(delivered=cut))["status"] == "indeterminate"


def test_a_readiness_answer_of_no_gives_no_lower_level() -> None:
    no = form(item("group-participation", valueBoolean=False))
    told = view(answered(*ready_for_program(), no))
    assert told["level"] == "undetermined"
    assert "candidate" not in told
