"""E1 to E8: what a Condition claims about itself decides whether it counts."""

import pytest
from asked import ask, ask_whole, encounter, medication, order, procedure
from charts import (
    NEGATIVE,
    ago,
    concept,
    condition,
    cssrs,
    ready_for_program,
    score,
)

ERROR = concept("entered-in-error", "verification")


def test_e01_refuted_ideation_is_ignored_and_proves_nothing() -> None:
    refuted = condition("R45.851", verificationStatus=concept("refuted", "verification"))
    found = ask(condition("F33.1"), score(16), refuted)
    assert found.said == ("undetermined", "indeterminate")
    assert found.verdict("sign-of-danger-to-self") == "unknown"
    assert found.verdict("no-danger-to-self") == "unknown"
    assert "suicide_screen" in found.missing
    assert refuted["id"] not in found.text
    assert ask(*ready_for_program(), refuted).said == ("intensive-outpatient", "supported")


def test_e02_a_mistaken_score_is_no_score_and_the_one_before_counts() -> None:
    mistaken = score(25, status="entered-in-error", effectiveDateTime=ago(hours=1))
    found = ask(*ready_for_program(16), mistaken)
    assert found.said == ("intensive-outpatient", "supported")
    assert "PHQ-9 16 points" in found.detail
    assert mistaken["id"] not in found.text


def test_e02_nothing_entered_in_error_counts_whatever_its_type() -> None:
    void = {"status": "entered-in-error"}
    stay = {"start": ago(days=9), "end": ago(days=3)}
    found = ask_whole(
        *ready_for_program(),
        condition("F20.9", verificationStatus=ERROR),
        condition("R45.850", verificationStatus=ERROR),
        cssrs({"q1": True, "q2": True, "q4": True}, **void),
        encounter("IMP", stay, **void),
        order("H0035", **void),
        procedure("S9480", ago(days=60), **void),
        medication("310653000", **void),
    )
    assert found.view == ask_whole(*ready_for_program()).view


@pytest.mark.parametrize(
    "over",
    [
        {"status": "inactive"},
        {"status": "resolved"},
        {"status": "active", "abatementDateTime": "2027-06-01"},
        {"status": None, "abatementString": "last year"},
    ],
    ids=["inactive", "resolved", "abated", "abated in words"],
)
def test_e03_a_disorder_that_is_over_is_history(over: dict) -> None:
    past = condition("F10.20", **over)
    found = ask(*ready_for_program(), past)
    assert found.verdict("substance-use-indication") == "not-met"
    assert found.verdict("withdrawal-in-question") == "not-met"
    assert found.said == ("intensive-outpatient", "supported")
    assert found.evidence("past-disorder") == [f"Condition/{past['id']}"]
    assert "history" in found.detail


def test_e04_a_remission_code_wins_over_an_active_status() -> None:
    found = ask(*ready_for_program(), condition("F10.21"))
    assert found.verdict("substance-use-indication") == "not-met"
    assert found.verdict("withdrawal-in-question") == "not-met"
    assert found.verdict("past-disorder") == "met"
    assert found.said == ("intensive-outpatient", "supported")
    assert "remission" in found.notes


def test_e05_a_status_of_remission_is_no_indication_and_no_claim_of_health() -> None:
    quiet = ask(condition("F33.1", status="remission"), score(3))
    assert quiet.verdict("mood-anxiety-trauma-indication") == "not-met"
    assert quiet.said == ("none", "no-indication")
    assert quiet.cards == []
    loud = ask(condition("F33.1", status="remission"), score(18), cssrs(NEGATIVE))
    assert loud.said == ("undetermined", "indeterminate")
    assert "no depress" not in loud.text.casefold()


@pytest.mark.parametrize(
    ("code", "system"), [("Z81.1", "icd"), ("Z81.8", "icd"), ("160325007", "snomed")]
)
def test_e06_a_disease_of_the_family_is_none_of_the_patient(code: str, system: str) -> None:
    found = ask(condition(code, system), score(3))
    assert found.said == ("none", "no-indication")
    assert found.verdict("possible-indication") == "not-met"
    assert found.verdict("withdrawal-in-question") == "not-met"
    assert found.view["criteria"] == ask(score(3)).view["criteria"]


@pytest.mark.parametrize(("code", "system"), [("Z91.51", "icd"), ("Z91.52", "icd")])
def test_e07_a_history_of_self_harm_is_a_risk_factor_and_no_attempt(code: str, system: str) -> None:
    found = ask(*ready_for_program(), condition(code, system))
    assert found.verdict("danger-to-self-now") == "not-met"
    assert found.verdict("sign-of-danger-to-self") == "not-met"
    assert found.verdict("self-harm-history") == "met"
    assert found.said == ("intensive-outpatient", "supported")
    assert "risk factor" in found.detail


def test_e07_a_history_of_substance_use_is_no_active_disorder() -> None:
    found = ask(*ready_for_program(), condition("371422002", "snomed"))
    assert found.verdict("substance-use-indication") == "not-met"
    assert found.verdict("withdrawal-in-question") == "not-met"
    assert found.verdict("past-disorder") == "met"


@pytest.mark.parametrize("code", ["T14.91XD", "T14.91XS", "T43.222D", "X78.9XXS"])
def test_e08_a_later_encounter_or_sequela_is_no_new_attempt(code: str) -> None:
    found = ask(*ready_for_program(), condition(code, onsetDateTime=ago(days=2)))
    assert found.verdict("danger-to-self-now") == "not-met"
    assert found.verdict("sign-of-danger-to-self") == "not-met"
    assert found.verdict("self-harm-history") == "met"
    assert found.said == ("intensive-outpatient", "supported")


def test_e08_beside_a_new_attempt_the_attempt_decides() -> None:
    attempt = condition("T14.91XA", onsetDateTime=ago(days=2))
    found = ask(*ready_for_program(), condition("T14.91XD"), attempt)
    assert found.said == ("emergency", "emergency")
    assert found.indicator == "critical"


def test_e08_an_old_attempt_is_history_beside_a_clean_screen() -> None:
    old = condition("T14.91XA", onsetDateTime=ago(days=91))
    found = ask(*ready_for_program(), old)
    assert found.verdict("self-harm-history") == "met"
    assert found.said == ("intensive-outpatient", "supported")
