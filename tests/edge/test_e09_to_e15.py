"""E9 to E15: which codes and texts are matched, and which are not."""

import pytest
from asked import ask
from charts import (
    CSSRS,
    NEGATIVE,
    PATIENT,
    PHQ9,
    SYSTEMS,
    Json,
    condition,
    cssrs,
    form,
    item,
    named,
    observation,
    ready_for_program,
    score,
)


def _written(text: str, **members: object) -> Json:
    """A problem that is only text."""
    return named(
        {
            "resourceType": "Condition",
            "subject": {"reference": f"Patient/{PATIENT}"},
            "clinicalStatus": {"coding": [{"system": SYSTEMS["clinical"], "code": "active"}]},
            "code": {"text": text},
            **members,
        }
    )


def test_e09_self_harm_without_suicidal_purpose_is_moderate_and_no_attempt() -> None:
    found = ask(condition("F33.1"), score(16), condition("R45.88"))
    assert found.said == ("undetermined", "indeterminate")
    assert found.indicator == "warning"
    assert found.verdict("danger-to-self-moderate") == "met"
    assert found.verdict("danger-to-self-now") != "met"
    assert "attempt" not in found.card["summary"] + found.detail


@pytest.mark.parametrize("text", ["mother suicidal", "denies being suicidal", "Suicidal"])
def test_e10_and_e11_words_alone_are_reviewed_and_never_read_as_a_finding(text: str) -> None:
    found = ask(*ready_for_program(), _written(text))
    assert "unstructured" in found.notes
    assert found.verdict("uncoded-risk-entry") == "met"
    assert found.verdict("sign-of-danger-to-self") == "not-met"
    assert found.said == ("undetermined", "indeterminate")
    assert found.indicator == "warning"
    assert text not in found.text


def test_e11_words_about_risk_on_an_empty_chart_warn_and_are_not_critical() -> None:
    found = ask(_written("suicidal"))
    assert found.said == ("undetermined", "indeterminate")
    assert found.indicator == "warning"
    assert "text" in found.card["summary"]


@pytest.mark.parametrize("text", ["low mood", "poor social skills"])
def test_e11_words_about_nothing_dangerous_change_nothing(text: str) -> None:
    found = ask(*ready_for_program(), _written(text))
    assert found.said == ("intensive-outpatient", "supported")
    assert found.verdict("uncoded-risk-entry") == "not-met"


@pytest.mark.parametrize(
    "over",
    [
        {"clinicalStatus": {"coding": [{"system": SYSTEMS["clinical"], "code": "resolved"}]}},
        {
            "verificationStatus": {
                "coding": [{"system": SYSTEMS["verification"], "code": "refuted"}]
            }
        },
        {"recordedDate": "2027-12-01"},
    ],
    ids=["resolved", "refuted", "old"],
)
def test_e11_words_of_an_entry_that_no_longer_stands_change_nothing(over: Json) -> None:
    found = ask(*ready_for_program(), _written("suicidal", **over))
    assert found.said == ("intensive-outpatient", "supported")


def test_e11_a_coded_entry_beside_its_text_is_read_by_its_code() -> None:
    family = condition("Z81.8")
    family["code"]["text"] = "Mother died by suicide"
    found = ask(*ready_for_program(), family)
    assert found.said == ("intensive-outpatient", "supported")
    assert "unstructured" not in found.notes


def test_e12_any_mapped_coding_of_several_is_enough() -> None:
    several = condition("F33.1")
    several["code"]["coding"].insert(0, {"system": "urn:local", "code": "X-17"})
    found = ask(several, score(16), *ready_for_program()[2:])
    assert found.said == ("intensive-outpatient", "supported")


def test_e12_codings_that_disagree_count_for_safety_and_are_no_indication() -> None:
    both = condition("F10.21")
    both["code"]["coding"].append({"system": SYSTEMS["icd"], "code": "F10.20"})
    found = ask(both, score(16), cssrs(NEGATIVE))
    assert found.verdict("withdrawal-in-question") == "met"
    assert found.verdict("no-withdrawal") == "unknown"
    assert found.verdict("substance-use-indication") == "unknown"
    assert found.said == ("undetermined", "indeterminate")
    assert "conflict" in found.notes


@pytest.mark.parametrize("system", ["urn:oid:1.2.3.4", "http://example.org/loinc", "LOINC"])
def test_e13_a_number_of_another_system_is_no_loinc_number(system: str) -> None:
    local = observation(PHQ9, system, valueInteger=24)
    found = ask(condition("F33.1"), local, cssrs(NEGATIVE))
    assert found.verdict("phq9-moderately-severe") == "unknown"
    assert found.said == ("outpatient", "provisional")


@pytest.mark.parametrize(
    ("system", "code"),
    [
        (SYSTEMS["icd"], "F331"),
        (SYSTEMS["icd"], "f33.1"),
        (SYSTEMS["icd"], " f331 "),
        ("urn:oid:2.16.840.1.113883.6.90", "F33.1 "),
        (f"{SYSTEMS['icd']}|2028", "F33.1"),
    ],
    ids=["no dot", "lower case", "blanks", "oid", "version"],
)
def test_e14_an_icd_code_is_read_however_it_is_written(system: str, code: str) -> None:
    depressed = condition("x")
    depressed["code"] = {"coding": [{"system": system, "code": code}]}
    found = ask(*ready_for_program()[1:], depressed)
    assert found.said == ("intensive-outpatient", "supported")


def test_e15_a_coding_without_a_system_is_no_match() -> None:
    nameless = condition("F33.1")
    del nameless["code"]["coding"][0]["system"]
    bare = score(24)
    del bare["code"]["coding"][0]["system"]
    found = ask(nameless, bare)
    assert found.said == ("none", "no-indication")


def test_e15_a_loinc_answer_without_a_system_counts_inside_a_known_item() -> None:
    no = {"valueCoding": {"code": "LA32-8", "display": "No"}}
    items = [item(f"/{CSSRS[name]}", **no) for name in ("q1", "q2", "q6")]
    found = ask(condition("F33.1"), score(16), form(*items), *ready_for_program()[3:])
    assert found.said == ("intensive-outpatient", "supported")
