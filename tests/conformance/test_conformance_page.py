"""Each row has a test or a reason, and docs/conformance.md says which."""

import re

from table import PAGE, ROWS, carriers, rows_of


def test_each_row_has_a_test_or_says_why_not() -> None:
    without = {row for row, tests in carriers().items() if not tests}
    assert without == set(ROWS["untested"])


def test_the_page_names_every_row_with_its_tests_and_nothing_failed() -> None:
    page = PAGE.read_text(encoding="utf-8")
    told = dict(
        re.findall(r"^\| ([A-Z]+-\d\d) \| .* \| (.*) \| (?:passed|no test) \|$", page, re.MULTILINE)
    )
    assert {row: re.findall(r"`(.*?)`", text) for row, text in told.items()} == carriers()


def test_a_name_may_carry_rows_of_several_sections() -> None:
    assert list(rows_of("test_card_03_04_sug_01_of_42_x")) == ["CARD-03", "CARD-04", "SUG-01"]
    assert list(rows_of("test_card_is_sound")) == []
