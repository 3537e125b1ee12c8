"""`cds check`: our own shelf is clean, and each kind of unreachable entry is found."""

from pathlib import Path

import pytest
from charts import knowledge
from edited_shelf import STORIES, Edit, Run

from cds.check.reach import reads, unreachable
from cds.findings.answer_sets import ANSWER_SETS
from cds.shelf import load_knowledge

CRITERION = """
[lonely]
says = "PHQ-9 of 5 or more."
kind = "need"
cite = ["design"]
review = "draft"
all = [{ finding = "phq9_total", at_least = 5 }]
examples = [
  { given = { phq9_total = 5 }, then = "met" },
  { given = { phq9_total = 4 }, then = "not-met" },
  { given = { }, then = "unknown" },
]
"""
VALUE_SET = """
[lonely-set]
title = "Lonely"
source = "nowhere"
codes = [{ system = "instrument", code = "lonely", display = "Lonely" }]
review = "draft"
"""


def _found(shelf: Path) -> set[tuple[str, str]]:
    """What is unreachable in an edited shelf and was not before."""
    before = {(gap.kind, gap.name) for gap in unreachable(knowledge())}
    return {(gap.kind, gap.name) for gap in unreachable(load_knowledge(shelf=shelf))} - before


def test_nothing_of_our_shelf_is_unreachable() -> None:
    assert unreachable(knowledge()) == []


def test_every_level_of_our_shelf_has_a_story(cds: Run) -> None:
    done = cds("check", "--stories", STORIES)
    assert done.exit_code == 0, done.output
    assert "Nothing is unreachable." in done.output


def test_a_criterion_that_nothing_leads_to_is_found(shelf: Path) -> None:
    (shelf / "criteria" / "lonely.toml").write_text(CRITERION, encoding="utf-8")
    assert _found(shelf) == {("criterion", "lonely")}


def test_a_criterion_that_only_a_lonely_one_refers_to_is_found_as_well(shelf: Path) -> None:
    parts = CRITERION + CRITERION.replace("lonely", "alone").replace(
        "all = [", 'all = [{ criterion = "lonely" }, '
    )
    (shelf / "criteria" / "lonely.toml").write_text(parts, encoding="utf-8")
    assert _found(shelf) == {("criterion", "lonely"), ("criterion", "alone")}


def test_a_remark_leads_to_its_criterion(shelf: Path) -> None:
    (shelf / "criteria" / "lonely.toml").write_text(CRITERION, encoding="utf-8")
    with (shelf / "remarks.toml").open("a", encoding="utf-8") as remarks:
        remarks.write('\n[lonely]\nsays = "A word."\nreview = "draft"\n')
    assert _found(shelf) == set()


def test_a_value_set_that_no_finding_reads_is_found_unless_it_says_why(shelf: Path) -> None:
    file = shelf / "value-sets" / "lonely.toml"
    file.write_text(VALUE_SET, encoding="utf-8")
    assert _found(shelf) == {("value set", "lonely-set")}
    file.write_text(VALUE_SET + 'unused = "Kept for a reader."\n', encoding="utf-8")
    assert _found(shelf) == set()


def test_a_value_set_that_is_read_cannot_say_that_it_is_not(shelf: Path, edit: Edit) -> None:
    edit("value-sets/answers.toml", "[answer-yes]", '[answer-yes]\nunused = "Nobody asks."')
    assert _found(shelf) == {("value set", "answer-yes")}


def test_a_work_that_nothing_cites_is_found(shelf: Path) -> None:
    with (shelf / "references.toml").open("a", encoding="utf-8") as references:
        references.write('\n[lonely]\ntitle = "A"\npublisher = "B"\nuse = "C"\n')
    assert _found(shelf) == {("reference", "lonely")}


def test_a_quantity_that_no_finding_is_measured_in_is_found(shelf: Path) -> None:
    with (shelf / "units.toml").open("a", encoding="utf-8") as units:
        units.write('\n[speed]\nunit = "m/s"\nfrom = [{ units = ["m/s"] }]\n')
    assert _found(shelf) == {("quantity", "speed")}


def test_a_level_no_story_gets_to_is_found(cds: Run) -> None:
    done = cds("check", "--stories", STORIES / "omar-names-a-plan")
    assert done.exit_code == 1
    assert "no story gets there" in done.output
    assert "intensive-outpatient" in done.output


def test_a_broken_shelf_is_one_line_and_status_two(cds: Run, shelf: Path, edit: Edit) -> None:
    edit("criteria/need.toml", "at_least = 15", "at_lest = 15")
    done = cds("check", "--shelf", shelf)
    assert done.exit_code == 2
    assert "need.toml: " in done.output
    assert "nobody knows the key 'at_lest'" in done.output


def test_a_number_without_examples_on_both_sides_does_not_load(cds: Run, shelf: Path) -> None:
    text = CRITERION.replace("phq9_total = 4", "phq9_total = 3")
    (shelf / "criteria" / "lonely.toml").write_text(text, encoding="utf-8")
    done = cds("check", "--shelf", shelf)
    assert done.exit_code == 2
    assert "phq9_total needs an example at 5 and one beside it" in done.output


def test_a_site_file_is_checked_with_the_shelf(cds: Run, tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text(CRITERION.replace("[lonely]", "[criteria.lonely]"), encoding="utf-8")
    done = cds("check", "--site", site, "--stories", STORIES)
    assert done.exit_code == 1
    assert "lonely" in done.output


def test_a_folder_without_stories_is_refused(cds: Run, tmp_path: Path) -> None:
    done = cds("check", "--stories", tmp_path)
    assert done.exit_code == 2
    assert "no story" in done.output


@pytest.mark.parametrize("name", ANSWER_SETS)
def test_an_answer_set_is_looked_for_by_name_or_by_the_end_of_its_name(name: str) -> None:
    """What nobody looks for any more has to leave the list."""
    folder = Path(__file__).parents[2] / "cds" / "findings"
    sources = [path for path in folder.glob("*.py") if path.stem != "answer_sets"]
    code = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    stem = name.rpartition("-")[0]
    assert f'"{name}"' in code or f'f"{stem}-{{' in code


def test_every_value_set_named_in_a_finding_is_declared() -> None:
    """A set that is read in passing must be in @finding or in ANSWER_SETS."""
    folder = Path(__file__).parents[2] / "cds" / "findings"
    code = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    named = {name for name in knowledge().terminology.value_sets if f'"{name}"' in code}
    assert named <= reads()
