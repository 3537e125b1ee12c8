"""SECURITY.md: each threat is answered by tests that exist and run."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "SECURITY.md").read_text()
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and "| threat |" not in line]
NAMED = sorted(set(TEST.findall(PAGE)))


@cache
def claims_of(file: str) -> dict[str, bool]:
    """The test functions of a file, and whether a decorator keeps them from running at all."""
    tree = ast.parse((ROOT / file).read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return {
        one.name: any(
            re.search(r"\bmark\.(skip|xfail)\b", ast.unparse(decorator))
            for decorator in one.decorator_list
        )
        for one in functions
        if one.name.startswith("test_")
    }


@pytest.mark.parametrize(("file", "name"), NAMED, ids=lambda part: part.rpartition("/")[2])
def test_a_test_that_is_named_exists_and_is_not_switched_off(file, name):
    assert name in claims_of(file)
    assert not claims_of(file)[name]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_every_threat_has_an_answer_and_a_test(row):
    threat, answer, tests = [cell.strip() for cell in row.strip("|").split("|")]
    assert threat
    assert answer
    assert TEST.findall(tests)


def test_all_four_kinds_of_enemy_are_thought_of():
    assert re.findall(r"^### Who could (\w+)", PAGE, re.MULTILINE) == [
        "lie",
        "read",
        "replay",
        "drown",
    ]
