"""The source statements are complete, and each names its source and its group."""

import tomllib
from pathlib import Path

STATEMENTS = Path(__file__).parents[2] / "cds" / "knowledge" / "statements.toml"
GROUPS = {"programme", "indication", "requirement", "exclusion", "addition"}


def test_statements_are_complete_and_name_their_source() -> None:
    told = tomllib.loads(STATEMENTS.read_text(encoding="utf-8"))
    sources = told.pop("sources")
    assert list(told) == [f"S{number}" for number in range(1, 63)]
    for statement in told.values():
        assert set(statement) - {"home"} == {"source", "says", "group"}
        assert statement["source"] in sources
        assert statement["says"].endswith(".")
    assert {statement["group"] for statement in told.values()} == GROUPS
