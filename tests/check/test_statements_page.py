"""docs/statements.md: every source statement has a home, and the page says what the shelf says."""

from pathlib import Path

import pytest
from charts import knowledge
from edited_shelf import Edit, Run

from cds.check.homes import false_homes, homes
from cds.check.reach import unreachable
from cds.check.statements import PAGE, page
from cds.shelf import load_knowledge

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", knowledge().statements)
def test_a_statement_has_a_home(name: str) -> None:
    assert homes(name, knowledge())
    assert false_homes(name, knowledge()) == []


def test_the_page_is_as_the_shelf_says() -> None:
    told = (ROOT / PAGE).read_text(encoding="utf-8")
    assert told == page(knowledge()), "write it anew: cds check --write-docs"


def test_the_page_has_a_line_for_every_statement() -> None:
    lines = [line for line in page(knowledge()).splitlines() if line.startswith("| S")]
    assert len(lines) == len(knowledge().statements) == 62


def test_the_page_is_written_where_the_command_is_run(
    cds: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path)
    assert cds("check", "--write-docs").exit_code == 0
    assert (tmp_path / PAGE).read_text(encoding="utf-8") == page(knowledge())


@pytest.mark.parametrize(
    "home",
    [
        *("level nowhere next: home", "level emergency hours", "level intensive-outpatient next"),
        *("level intensive-outpatient next: words that are not there", "link https://x.example"),
        *("remark in-hospital-now: words that are not there", "remark nowhere: it", "card x"),
        *("level intensive-outpatient cite: S1", "level intensive-outpatient hours: 9"),
    ],
)
def test_a_home_that_is_not_there_is_found(home: str, shelf: Path, edit: Edit) -> None:
    edit("statements.toml", 'home = ["link https://findtreatment.gov"]', f'home = ["{home}"]')
    found = [gap for gap in unreachable(load_knowledge(shelf=shelf)) if gap.name == "S62"]
    assert [gap.why for gap in found] == [f"its home is not there: {home}"]


def test_a_statement_without_a_home_is_found(shelf: Path, edit: Edit) -> None:
    edit("statements.toml", '\nhome = ["link https://findtreatment.gov"]', "")
    levels = shelf / "levels.toml"
    levels.write_text(levels.read_text(encoding="utf-8").replace(', "S62"', ""), encoding="utf-8")
    gaps = {(gap.kind, gap.name) for gap in unreachable(load_knowledge(shelf=shelf))}
    assert ("statement", "S62") in gaps
