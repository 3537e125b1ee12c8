"""Codes: a coding belongs to a value set by system and code, however a system writes them."""

import pytest
from charts import SYSTEMS, knowledge
from hypothesis import given
from hypothesis import strategies as st
from properties import modest

from cds.fhir.codes import Code, CodeSystem, Terminology, ValueSet
from cds.fhir.reading import sets_of

ICD, LOINC = SYSTEMS["icd"], SYSTEMS["loinc"]
SYSTEM_LIST = (
    CodeSystem("icd", ICD, ("urn:oid:2.16.840.1.113883.6.90",), dotless=True),
    CodeSystem("loinc", LOINC),
)
SETS = (
    ValueSet(
        "depression",
        "Depression",
        (Code("icd", "Depression", prefix="F32", excluded=("F32.4", "F32.81")),),
    ),
    ValueSet("severe", "Severe", (Code("icd", "Severe depression", code="F32.2"),)),
    ValueSet("new", "New", (Code("icd", "New event", pattern="T4[0-9].{3}A"),)),
    ValueSet("score", "Score", (Code("loinc", "Score", code="44261-6"),), ("PHQ-9 total",)),
)
TERMS = Terminology(SYSTEM_LIST, SETS)


@pytest.mark.parametrize(
    ("system", "code", "names"),
    [
        (ICD, "F32.2", {"depression", "severe"}),
        (ICD, "F322", {"depression", "severe"}),
        (ICD, "f32.2", {"depression", "severe"}),
        (ICD, " F32.2 ", {"depression", "severe"}),
        (ICD, "F32", {"depression"}),
        (ICD, "F32.A", {"depression"}),
        (ICD, "F32.4", set()),
        (ICD, "f3240", set()),
        (ICD, "F32.81", set()),
        (ICD, "F32.8", {"depression"}),
        (ICD, "F3", set()),
        (ICD, "F33.2", set()),
        ("urn:oid:2.16.840.1.113883.6.90", "F32.2", {"depression", "severe"}),
        (f"{ICD}|2026", "F32.2", {"depression", "severe"}),
        (ICD, "T40.1X2A", {"new"}),
        (ICD, "t401x2a", {"new"}),
        (ICD, "T40.1X2D", set()),
        (ICD, "T40.1X2AB", set()),
        (LOINC, "44261-6", {"score"}),
        (LOINC, "44261-60", set()),
        (LOINC, "442616", set()),
        ("http://hl7.org/fhir/sid/icd-9-cm", "F32.2", set()),
        ("https://lab.example/codes", "44261-6", set()),
        ("loinc.org", "44261-6", set()),
        ("", "44261-6", set()),
    ],
)
def test_a_coding_belongs_to(system: str, code: str, names: set[str]) -> None:
    assert set(TERMS.classify(system, code)) == names


def test_the_display_is_ours_and_not_the_charts() -> None:
    coding = {"system": ICD, "code": "F32.2", "display": "<b>anything</b>"}
    assert sets_of({"coding": [coding]}, TERMS)["severe"] == "Severe depression"


def test_a_text_counts_only_as_a_whole() -> None:
    assert set(TERMS.classify_text(" phq-9 TOTAL ")) == {"score"}
    assert not TERMS.classify_text("PHQ-9 total, mother")
    assert not TERMS.classify_text("")


def test_any_of_several_codings_is_enough() -> None:
    codings = [{"system": "https://local.example", "code": "X"}, {"system": ICD, "code": "F32.9"}]
    assert set(sets_of({"coding": codings}, TERMS)) == {"depression"}


@pytest.mark.parametrize(
    "coding",
    [
        *({"code": "F32.2"}, {"system": ICD}, {"system": ICD, "code": 32}, "F32.2", None),
        {"system": ICD, "code": "F32.2" * 100},
    ],
)
def test_a_coding_without_system_or_a_sensible_code_is_nothing(coding: object) -> None:
    assert sets_of({"coding": [coding]}, TERMS) == {}


@pytest.mark.parametrize(
    ("code", "value_set"),
    [("F33.1", "depressive-disorder"), ("R45.851", "suicidal-ideation"), ("F10.20", "sud-alcohol")],
)
def test_the_shelf_knows_icd_by_each_of_its_addresses(code: str, value_set: str) -> None:
    terminology = knowledge().terminology
    system = terminology.systems["icd-10-cm"]
    for address in (system.uri, *system.aliases):
        assert value_set in terminology.classify(address, code.lower())


def test_a_loinc_number_with_a_wrong_check_digit_is_not_mapped() -> None:
    assert not knowledge().terminology.classify(LOINC, "72109-3")


@modest
@given(st.text(max_size=30), st.text(max_size=30))
def test_no_coding_ever_raises(system: str, code: str) -> None:
    assert isinstance(TERMS.classify(system, code), dict)
    assert isinstance(TERMS.classify(ICD, code), dict)
    assert isinstance(TERMS.classify_text(code), dict)
