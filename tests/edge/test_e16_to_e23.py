"""E16 to E23: where a value stands, and what its status lets it say."""

import pytest
from asked import ask
from charts import (
    CSSRS,
    NEGATIVE,
    PHQ9_ITEM9,
    PHQ9_ITEMS,
    Json,
    ago,
    asq,
    concept,
    condition,
    cssrs,
    form,
    item,
    observation,
    readiness,
    ready_for_program,
    score,
    vitals,
)

SUPPORTED = ("intensive-outpatient", "supported")
OPEN = ("undetermined", "indeterminate")
REST = [condition("F33.1"), readiness(), *vitals()]


def _items(*points: int) -> list[Json]:
    return [score(value, code) for code, value in zip(PHQ9_ITEMS, points, strict=False)]


def test_e16_a_total_inside_a_panel_is_read() -> None:
    panel = observation("44249-1", component=[{"code": concept("44261-6"), "valueInteger": 16}])
    assert ask(panel, cssrs(NEGATIVE), *REST).said == SUPPORTED


def test_e17_nine_items_make_a_total() -> None:
    panel = observation("44249-1", hasMember=[{"reference": "Observation/x"}])
    found = ask(panel, *_items(2, 2, 2, 2, 2, 2, 2, 2, 0), cssrs(NEGATIVE), *REST)
    assert found.said == SUPPORTED
    assert "PHQ-9 16 points" in found.detail


def test_e17_eight_items_make_no_total_and_item_nine_is_still_read() -> None:
    eight = _items(3, 3, 3, 3, 3, 3, 3)
    found = ask(*eight, score(2, PHQ9_ITEM9), *REST)
    assert found.verdict("phq9-moderately-severe") == "unknown"
    assert found.verdict("danger-to-self-moderate") == "met"
    assert found.said == OPEN
    assert found.indicator == "warning"


@pytest.mark.parametrize("status", ["completed", "amended"])
@pytest.mark.parametrize("link_id", ["/44261-6", "44261-6", "phq/44261-6"])
def test_e18_a_form_alone_is_read_by_its_link_ids(status: str, link_id: str) -> None:
    said = form(item(link_id, valueInteger=16), status=status)
    assert ask(said, cssrs(NEGATIVE), *REST).said == SUPPORTED


def test_e18_a_form_alone_is_read_by_the_codes_of_its_items() -> None:
    coded = {"linkId": "q1", "code": concept("44261-6")["coding"], "answer": [{"valueDecimal": 16}]}
    assert ask(form(coded), cssrs(NEGATIVE), *REST).said == SUPPORTED


@pytest.mark.parametrize("status", ["in-progress", "stopped"])
def test_e19_an_unfinished_form_alarms_and_clears_nothing(status: str) -> None:
    yes = ask(condition("F33.1"), cssrs({"q1": True, "q2": True, "q4": True}, status=status))
    assert yes.said == ("emergency", "emergency")
    no = ask(score(16), cssrs(NEGATIVE, status=status), *REST)
    assert no.said == OPEN
    assert no.verdict("no-danger-to-self") == "unknown"
    assert "suicide_screen" in no.missing


@pytest.mark.parametrize("reason", ["asked-declined", "unknown", "not-performed"])
def test_e20_an_absent_answer_is_unknown(reason: str) -> None:
    absent = {"dataAbsentReason": concept(reason, "absent")}
    asked = [
        observation(CSSRS["q1"], **absent),
        observation(CSSRS["q2"], valueBoolean=False),
        observation(CSSRS["q6"], valueBoolean=False),
    ]
    found = ask(score(16), *asked, observation("70274-6", **absent), *REST)
    assert found.said == OPEN
    assert found.verdict("no-danger-to-self") == "unknown"
    assert found.verdict("gad7-severe") == "unknown"
    assert ("declined" in found.notes) is (reason == "asked-declined")


def test_e20_refusing_an_asq_question_is_a_positive() -> None:
    declined = {"valueCoding": {"code": "LA30122-8"}}
    no = {"valueBoolean": False}
    refused = form(item("asq-q1", **declined), *(item(f"asq-q{n}", **no) for n in (2, 3, 4)))
    found = ask(score(16), refused, *REST)
    assert found.said == ("emergency", "emergency")
    assert "declined" in found.notes
    assert ask(score(16), asq({1: False, 2: False, 3: False, 4: False}), *REST).said == SUPPORTED


def test_e21_a_preliminary_value_alarms_and_clears_nothing() -> None:
    alarm = ask(*REST, cssrs(NEGATIVE), score(22, status="preliminary"))
    assert alarm.said[0] == "partial-hospitalization"
    assert "preliminary" in alarm.notes
    calm = [observation(CSSRS[q], valueBoolean=False, status="preliminary") for q in NEGATIVE]
    found = ask(*REST, score(16), *calm)
    assert found.said == OPEN
    assert found.verdict("no-danger-to-self") == "unknown"


@pytest.mark.parametrize("status", ["amended", "corrected"])
def test_e22_of_two_versions_the_newer_one_counts(status: str) -> None:
    first = score(24, id="phq", meta={"versionId": "1", "lastUpdated": ago(hours=3)})
    second = score(
        16, id="phq", status=status, meta={"versionId": "2", "lastUpdated": ago(hours=2)}
    )
    for both in ([first, second], [second, first]):
        found = ask(*both, cssrs(NEGATIVE), *REST)
        assert found.said == SUPPORTED
        assert "PHQ-9 16 points" in found.detail


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error", "registered"])
def test_e23_a_value_that_was_never_made_is_ignored(status: str) -> None:
    ignored = [score(25, status=status), score(3, PHQ9_ITEM9, status=status)]
    found = ask(*ready_for_program(), *ignored)
    assert found.said == SUPPORTED
    assert found.view == ask(*ready_for_program()).view
