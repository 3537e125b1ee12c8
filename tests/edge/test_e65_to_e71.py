"""E65 to E71: function, home, language and the body."""

import pytest
from asked import SUBJECT, ask
from charts import (
    NEGATIVE,
    Json,
    ago,
    concept,
    condition,
    cssrs,
    form,
    item,
    measured,
    named,
    observation,
    patient,
    ready_for_program,
    score,
    vitals,
)

SUPPORTED = ("intensive-outpatient", "supported")
OPEN = ("undetermined", "indeterminate")
ITEMS = (
    *("group-participation", "verbal-expression", "program-motivation"),
    *("recovery-motivation", "group-comfort", "skill-learning"),
)


def _chart(*without: str) -> list[Json]:
    """Ready for a program, but for the home, of which nothing is said, and some other items."""
    answers = [item(name, valueBoolean=True) for name in ITEMS if name not in without]
    return [condition("F33.1"), score(16), cssrs(NEGATIVE), form(*answers), *vitals()]


def _housing(code: str, **members: object) -> Json:
    return observation("71802-3", valueCodeableConcept=concept(code), **members)


RELATIVE = named({"resourceType": "RelatedPerson", "patient": SUBJECT, "active": True})


def test_e65_a_low_index_from_a_bodily_cause_asks_for_the_cause_and_claims_nothing() -> None:
    found = ask(*ready_for_program(), condition("G82.50"), score(10, "96761-2"))
    assert found.said == OPEN
    assert found.verdict("basic-needs-unmet") == "not-met"
    assert found.verdict("basic-needs-in-question") == "met"
    assert "ask for the cause" in found.detail
    assert "gravely" not in found.text.casefold()


@pytest.mark.parametrize(("code", "system"), [("105529008", "snomed"), ("Z60.2", "icd")])
def test_e66_living_alone_is_neutral(code: str, system: str) -> None:
    found = ask(*_chart(), condition(code, system, onsetDateTime=ago(days=10)))
    assert found.verdict("home-or-community-support") == "unknown"
    assert found.said == ("intensive-outpatient", "provisional")


def test_e66_help_for_one_who_lives_alone_is_support() -> None:
    helped = condition("160725005", "snomed", onsetDateTime=ago(days=10))
    found = ask(*_chart(), helped, _housing("LA31993-1"))
    assert found.verdict("home-or-community-support") == "met"
    assert found.said == SUPPORTED


def test_e67_a_steady_place_of_yesterday_outweighs_an_old_entry_and_the_conflict_is_noted() -> None:
    homeless = condition("Z59.01", onsetDateTime=ago(days=3 * 365))
    steady = _housing("LA31993-1", effectiveDateTime=ago(days=1))
    found = ask(*_chart(), homeless, steady, RELATIVE)
    assert found.verdict("home-or-community-support") == "met"
    assert found.said == SUPPORTED
    assert "conflict" in found.notes


def test_e67_a_newer_homeless_entry_outweighs_an_older_steady_place() -> None:
    homeless = condition("Z59.01", onsetDateTime=ago(days=1))
    found = ask(
        *_chart(), homeless, _housing("LA31993-1", effectiveDateTime=ago(days=30)), RELATIVE
    )
    assert found.verdict("home-or-community-support") == "not-met"
    assert found.said == ("residential", "supported")


@pytest.mark.parametrize("code", ["F70", "F84.0"])
def test_e68_autism_or_a_mild_disability_excludes_nobody(code: str) -> None:
    asked = ask(*ready_for_program(), condition(code))
    assert asked.said == SUPPORTED
    assert asked.verdict("refuses-or-cannot-learn") != "met"
    assert "adapt" in asked.detail
    unasked = ask(*_chart("skill-learning"), condition(code))
    assert unasked.verdict("can-learn-skills") == "unknown"
    assert unasked.said == ("intensive-outpatient", "provisional")


@pytest.mark.parametrize("code", ["F72", "F73"])
def test_e68_a_severe_disability_rules_a_program_out(code: str) -> None:
    assert ask(*ready_for_program(), condition(code)).said == OPEN


def _speaks(code: str, **more: object) -> Json:
    tongue = {"coding": [{"system": "urn:ietf:bcp:47", "code": code}]}
    return patient(communication=[{"language": tongue, **more}])


def test_e69_another_language_suggests_an_interpreter_and_fails_nothing() -> None:
    found = ask(_speaks("es", preferred=True), *ready_for_program())
    assert found.said == SUPPORTED
    assert found.verdict("can-say-thoughts-and-feelings") == "met"
    assert "interpreter" in found.detail
    unasked = ask(_speaks("es"), *_chart("verbal-expression"))
    assert unasked.verdict("can-say-thoughts-and-feelings") == "unknown"


@pytest.mark.parametrize("code", ["en", "en-US", "EN"])
def test_e69_english_needs_no_interpreter(code: str) -> None:
    assert "interpreter" not in ask(_speaks(code), *ready_for_program()).detail


def _pulse(beats: float, *resources: Json) -> list[Json]:
    calm = [one for one in resources if one.get("valueQuantity", {}).get("value") != 72]
    return [*calm, measured("8867-4", beats, "/min")]


def test_e70_a_slow_pulse_without_an_eating_disorder_is_reviewed_and_excludes_nobody() -> None:
    found = ask(*_pulse(46, *ready_for_program()))
    assert found.said[0] == "intensive-outpatient"
    assert found.verdict("slow-pulse-for-review") == "met"
    assert "review" in found.detail


def test_e70_with_an_eating_disorder_the_same_pulse_is_instability() -> None:
    found = ask(*_pulse(46, *ready_for_program()), condition("F50.01"))
    assert found.said == ("inpatient", "supported")
    assert found.verdict("eating-disorder-unstable") == "met"


@pytest.mark.parametrize(("beats", "review"), [(49.9, "met"), (50, "not-met"), (40, "met")])
def test_e70_a_pulse_is_slow_from_40_to_50(beats: float, review: str) -> None:
    found = ask(*_pulse(beats, *ready_for_program()))
    assert found.verdict("slow-pulse-for-review") == review
    assert ask(*_pulse(39.9, *ready_for_program())).said == ("emergency", "emergency")


def test_e71_an_eating_disorder_with_normal_vitals_and_no_labs_blocks_a_program() -> None:
    found = ask(*ready_for_program(), condition("F50.01"))
    assert found.said == OPEN
    assert found.verdict("medically-stable-eating-disorder") == "unknown"
    assert {"potassium", "qtc"} <= found.missing
    assert found.indicator == "warning"


def test_e71_with_labs_and_a_heart_trace_it_is_supported() -> None:
    labs = [measured("2823-3", 4.1, "mmol/L"), measured("8636-3", 410, "ms")]
    size = [measured("29463-7", 60, "kg"), measured("8302-2", 170, "cm")]
    assert ask(*ready_for_program(), condition("F50.01"), *labs, *size).said == SUPPORTED
