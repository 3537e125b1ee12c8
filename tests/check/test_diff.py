"""`cds diff`: which stories change level under an edited shelf, and why."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from edited_shelf import STORIES, Edit, Run

from cds.check import shelves
from cds.shelf import SHELF

MOVED = "nadia-two-bad-weeks"  # PHQ-9 16, and an IOP by it
SITE = """
[criteria.north-moderate]
says = "PHQ-9 of 12 or more."
kind = "need"
cite = ["design"]
review = "draft"
all = [{ finding = "phq9_total", at_least = 12 }]
examples = [
  { given = { phq9_total = 12 }, then = "met" },
  { given = { phq9_total = 11 }, then = "not-met" },
  { given = { }, then = "unknown" },
]

[levels.partial-hospitalization]
called_by = ["north-moderate"]
"""


@pytest.fixture
def lowered(shelf: Path, edit: Edit) -> Path:
    """A shelf where PHQ-9 calls for partial hospitalization from 16, not from 20."""
    file = "criteria/need.toml"
    edit(file, '"phq9_total", at_least = 20', '"phq9_total", at_least = 16')
    edit(file, "{ given = { phq9_total = 20 }", "{ given = { phq9_total = 16 }")
    edit(file, "{ given = { phq9_total = 19 }", "{ given = { phq9_total = 15 }")
    edit(file, "value = 19, stale", "value = 15, stale")
    edit(file, 'says = "PHQ-9 of 20 or more."', 'says = "PHQ-9 of 16 or more."')
    return shelf


def test_a_shelf_beside_itself_changes_nothing(cds: Run) -> None:
    done = cds("diff", "-", SHELF, "--on", STORIES / MOVED)
    assert (done.exit_code, done.output) == (0, "0 changed, 1 unchanged.\n")


def test_a_moved_threshold_names_the_story_the_criterion_and_both_numbers(
    cds: Run, lowered: Path
) -> None:
    done = cds("diff", "-", lowered, "--on", STORIES / MOVED)
    assert done.exit_code == 1
    assert (
        f"{MOVED}: intensive-outpatient, supported -> partial-hospitalization, supported"
        in done.output
    )
    assert "criterion phq9-severe: not-met -> met" in done.output
    assert "was: PHQ-9 of 20 or more. (This must hold: PHQ-9: 20 points or more)" in done.output
    assert "now: PHQ-9 of 16 or more. (This must hold: PHQ-9: 16 points or more)" in done.output
    assert "1 changed, 0 unchanged." in done.output


def test_stories_the_edit_does_not_touch_are_only_counted(cds: Run, lowered: Path) -> None:
    done = cds("diff", "-", lowered, "--on", STORIES)
    assert done.exit_code == 1
    assert "omar-names-a-plan" not in done.output


def test_a_machine_gets_one_document(cds: Run, lowered: Path) -> None:
    done = cds("diff", "-", lowered, "--on", STORIES / MOVED, "--json")
    told = json.loads(done.output)
    assert told["old"]["hash"] != told["new"]["hash"]
    assert told["unchanged"] == 0
    (change,) = told["changed"]
    assert change["new"] == {"level": "partial-hospitalization", "status": "supported"}
    names = [why["name"] for why in change["why"] if why["kind"] == "criterion"]
    assert "phq9-severe" in names


def test_a_narrower_window_shows_the_finding_it_took_away(
    cds: Run, shelf: Path, edit: Edit
) -> None:
    edit(
        "windows.toml",
        '14 d"\nalarms = "30 d"\nreview = "draft"\n\n[support]',
        '1 d"\nalarms = "1 d"\nreview = "draft"\n\n[support]',
    )
    done = cds("diff", "-", shelf, "--on", STORIES / MOVED)
    assert done.exit_code == 1
    assert "finding phq9_total: 16 -> not known" in done.output


def test_an_edited_ladder_is_named(cds: Run, shelf: Path, edit: Edit) -> None:
    edit("levels.toml", '"intensive-outpatient-need", "step-down', '"step-down')
    done = cds("diff", "-", shelf, "--on", STORIES / MOVED)
    assert done.exit_code == 1
    assert "level intensive-outpatient.called_by: intensive-outpatient-need, step-down" in " ".join(
        done.output.split()
    )


def test_a_site_file_is_compared_with_the_shelf_it_adds_to(cds: Run, tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text(SITE, encoding="utf-8")
    done = cds("diff", "-", site, "--on", STORIES / MOVED)
    assert done.exit_code == 1
    assert "criterion north-moderate: absent -> met" in done.output


def test_a_revision_gives_the_shelf_it_had(
    cds: Run, shelf: Path, edit: Edit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a project of its own, so that the test does not need ours to have a history."""
    _git(shelf.parent, "init", "--quiet")
    _git(shelf.parent, "add", ".")
    identity = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org")
    _git(shelf.parent, *identity, "commit", "--quiet", "--message", "The shelf")
    edit("criteria/need.toml", "PHQ-9 of 20 or more.", "PHQ-9 of twenty or more.")
    monkeypatch.setattr(shelves, "SHELF", shelf)
    assert shelves.shelf_of("HEAD").hash != shelves.shelf_of(str(shelf)).hash
    assert shelves.shelf_of("HEAD").hash == shelves.shelf_of("-").hash
    assert cds("diff", "HEAD", shelf, "--on", STORIES / MOVED).exit_code == 0


def _git(folder: Path, *arguments: str) -> None:
    git = shutil.which("git") or "git"
    subprocess.run([git, "-C", str(folder), *arguments], check=True)


@pytest.mark.parametrize("name", ["no-such-revision", "--output=x", "no/such/folder"])
def test_what_is_no_shelf_is_one_line_and_status_two(cds: Run, name: str) -> None:
    done = cds("diff", "--on", STORIES / MOVED, "--", name, "-")
    assert done.exit_code == 2
    assert f"{name}: is no folder, no file and no git revision" in done.output


def test_a_broken_shelf_is_named_with_file_and_key(cds: Run, shelf: Path, edit: Edit) -> None:
    edit("levels.toml", "[undetermined]", "[undecided]")
    done = cds("diff", "-", shelf, "--on", STORIES / MOVED)
    assert done.exit_code == 2
    assert "levels.toml: undetermined: is missing" in done.output
