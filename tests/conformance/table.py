"""Write docs/conformance.md from the results of a whole run: `make conformance`."""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "conformance.md"
ROWS: dict[str, dict[str, str]] = tomllib.loads(
    (Path(__file__).parent / "rows.toml").read_text(encoding="utf-8")
)
SECTIONS = {row.partition("-")[0] for row in ROWS["rows"]}
OUTCOMES = ("failure", "error", "skipped")
TEST = re.compile(r"^ *(?:async )?def (test_\w+)", re.MULTILINE)
HEAD = """\
# Conformance

What CDS Hooks 2.0.1 asks of a service, with the compatible additions of 3.0, and the tests that
carry each row's id in their name. Written by `make conformance` from the results of a whole run;
a test keeps rows and tests in step, and `make test` fails when one of them does.

| row | what | test | result |
|---|---|---|---|
"""


def rows_of(name: str) -> Iterator[str]:
    """The rows that a test's name begins with: test_card_03_04_sug_01_x is of three."""
    section = ""
    for word in name.removeprefix("test_").upper().split("_"):
        if word in SECTIONS:
            section = word
        elif section and re.fullmatch(r"\d\d", word):
            yield f"{section}-{word}"
        else:
            return


def carriers() -> dict[str, list[str]]:
    """File and name of every test, by row."""
    found: dict[str, list[str]] = {row: [] for row in ROWS["rows"]}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name in TEST.findall(path.read_text(encoding="utf-8")):
            for row in rows_of(name):
                found[row].append(f"{path.relative_to(ROOT / 'tests')}::{name}")
    return found


def results(junit: Path) -> dict[str, set[str]]:
    """Outcomes by file and name of the test, of all its parameters together."""
    found: dict[str, set[str]] = {}
    for case in ET.parse(junit).getroot().iter("testcase"):  # noqa: S314  of our own run
        outcome = next((child.tag for child in case if child.tag in OUTCOMES), "passed")
        file, name = case.get("classname", "").rpartition(".")[2], case.get("name", "")
        found.setdefault(f"{file}::{name.partition('[')[0]}", set()).add(outcome)
    return found


def lines(outcomes: dict[str, set[str]]) -> Iterator[str]:
    """The table, one line a row."""
    for row, tests in carriers().items():
        runs = [outcomes.get(test.rpartition("/")[2].replace(".py", "")) for test in tests]
        told = {one for run in runs for one in run or {"not run"}}
        result = ", ".join(sorted(told)) if tests else "no test"
        shown = "<br>".join(f"`{test}`" for test in tests) or ROWS["untested"][row]
        yield f"| {row} | {ROWS['rows'][row]} | {shown} | {result} |\n"


def main() -> None:
    """Argument: the JUnit file of a run."""
    PAGE.write_text(HEAD + "".join(lines(results(Path(sys.argv[1])))), encoding="utf-8")


if __name__ == "__main__":
    main()
