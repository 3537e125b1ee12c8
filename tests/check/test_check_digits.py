"""Check digits of LOINC and SNOMED CT, on codes from their own publications."""

import pytest

from cds.shelf_digits import fault


@pytest.mark.parametrize(
    ("system", "code"),
    [
        *(("loinc", "44261-6"), ("loinc", "93373-9"), ("loinc", "LA33-6"), ("loinc", "LA6568-5")),
        *(("snomed", "404684003"), ("snomed", "428171000124102"), ("icd-10-cm", "F33.1")),
    ],
)
def test_a_right_code_has_no_fault(system: str, code: str) -> None:
    assert fault(system, code) is None


@pytest.mark.parametrize("code", ["44261-6", "93373-9", "LA33-6"])
def test_any_other_check_digit_of_a_loinc_code_is_a_fault(code: str) -> None:
    others = [code[:-1] + digit for digit in "0123456789" if digit != code[-1]]
    assert all(fault("loinc", other) for other in others)


def test_swapped_and_mistyped_digits_of_a_snomed_code_are_faults() -> None:
    assert fault("snomed", "406484003")
    assert fault("snomed", "404684013")


@pytest.mark.parametrize("code", ["", "44261", "44261-66", "LP1-2", " 44261-6", "٤٤٢٦١-6"])
def test_what_is_no_loinc_code_is_a_fault(code: str) -> None:
    assert fault("loinc", code) == "is no LOINC code"


@pytest.mark.parametrize("code", ["", "12345", "0404684003", "1" * 19, "40468400x"])
def test_what_is_no_snomed_identifier_is_a_fault(code: str) -> None:
    assert fault("snomed", code) == "is no SNOMED CT identifier"
