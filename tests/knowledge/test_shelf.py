"""The shelf as it ships: it loads, and every entry says where it comes from and who reviewed it."""

import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
from charts import knowledge

from cds.criteria.model import Verdict
from cds.errors import KnowledgeError
from cds.findings import FINDINGS
from cds.findings.registry import Entry
from cds.shelf import SHELF, load_knowledge

REVIEWED = ("levels.toml", "windows.toml")
OVERRIDE_REASONS = [
    *("patient-declines", "clinical-judgement", "data-outdated"),
    *("already-arranged", "not-available", "not-my-patient"),
]


def _tables(file: str) -> dict[str, Any]:
    return tomllib.loads((SHELF / file).read_text(encoding="utf-8"))


def _criteria_files() -> list[str]:
    return sorted(f"criteria/{path.name}" for path in (SHELF / "criteria").glob("*.toml"))


def test_the_shelf_loads_and_names_its_edition() -> None:
    shelf = knowledge()
    assert re.fullmatch(r"\d{4}\.\d+\.\d+", shelf.version)
    assert re.fullmatch(r"[0-9a-f]{12}", shelf.hash)
    assert {"title", "review", "use", "misuse", "licence"} <= set(shelf.about)


def test_the_shelf_says_what_it_is_not_for() -> None:
    assert "coverage" in knowledge().about["misuse"]
    assert "not for patients" in knowledge().about["misuse"]


@pytest.mark.parametrize("file", [*_criteria_files(), *REVIEWED])
def test_every_entry_says_how_far_its_review_is(file: str) -> None:
    for key, table in _tables(file).items():
        assert table["review"] in ("draft", "reviewed"), key


@pytest.mark.parametrize("file", _criteria_files())
def test_every_criterion_is_cited_and_says_one_sentence(file: str) -> None:
    for key, table in _tables(file).items():
        assert table["cite"], key
        assert table["says"].endswith("."), key
        assert "\n" not in table["says"], key


def test_every_design_decision_is_still_a_draft() -> None:
    """What no source claims awaits clinical sign-off, and may not look as if it had it."""
    for criterion in knowledge().rules.criteria:
        if criterion.cite == ("design",):
            assert criterion.review == "draft", criterion.id


def test_every_criterion_shows_all_three_verdicts() -> None:
    for criterion in knowledge().rules.criteria:
        assert {example.then for example in criterion.examples} == set(Verdict), criterion.id


def test_every_file_of_criteria_opens_with_what_it_is_about() -> None:
    for file in _criteria_files():
        assert (SHELF / file).read_text(encoding="utf-8").startswith("# "), file


@pytest.mark.parametrize(("name", "entry"), FINDINGS.items(), ids=FINDINGS)
def test_every_finding_has_a_docstring_and_an_entry(name: str, entry: Entry) -> None:
    assert (entry.read.__doc__ or "").strip()
    term = knowledge().terms[name]
    assert term.label
    assert term.ask.endswith(".")


def test_every_finding_that_names_a_window_says_so_in_words_a_clinician_reads() -> None:
    for term in knowledge().terms.values():
        assert term.label[0].isupper(), term.name
        assert len(term.label) <= 80, term.name


def test_every_value_set_a_finding_reads_has_codes_or_texts() -> None:
    value_sets = knowledge().terminology.value_sets
    for entry in FINDINGS.values():
        for name in entry.reads:
            assert value_sets[name].codes or value_sets[name].text, name


def test_override_reasons_keep_their_codes() -> None:
    """Feedback of years is counted by these codes: add some, but never change or drop one."""
    assert list(knowledge().override_reasons)[: len(OVERRIDE_REASONS)] == OVERRIDE_REASONS


def test_no_licensed_rule_is_on_the_shelf() -> None:
    names = "LOCUS|CALOCUS|InterQual|MCG|ASAM"
    for file in _criteria_files():
        for key, table in _tables(file).items():
            assert not re.search(rf"\b({names})\b", table["says"]), key


def test_every_level_of_care_has_a_handout_and_no_other() -> None:
    shelf = knowledge()
    assert set(shelf.handouts) == {one.code for one in shelf.rules.levels if one.intensity}


def test_every_handout_says_what_to_do_in_a_crisis() -> None:
    for handout in knowledge().handouts.values():
        assert any("988" in step for step in handout.crisis)
        assert any("911" in step for step in handout.crisis)


def test_what_a_screen_means_for_the_aggregate_is_what_the_code_says() -> None:
    """A C-SSRS that computes to low does not clear; only a complete negative one does."""
    term = knowledge().terms["suicide_screen"]
    assert [said for said, means in term.told if means == "clear"] == ["negative"]


BROKEN = [
    ("findings.toml", "phq9_total.bands", "minimal = 0", "minimal = 1"),
    ("findings.toml", "phq9_total.bands", "severe = 20 }", "severe = 30 }"),
    ("findings.toml", "phq9_total.bands", "mild = 5", "mild = 12"),
    ("findings.toml", "phq9_total.bands_from", '"phq9-bands"', '"hearsay"'),
    ("findings.toml", "suicide_screen.told", 'low = "alarming"', 'low = "calm"'),
    ("findings.toml", "suicide_screen.told", 'negative = "clear", ', ""),
    ("handouts.toml", "outpatient", "[outpatient]", "[nowhere]"),
    ("handouts.toml", "outpatient.cite", 'cite = ["S12"]', 'cite = ["S99"]'),
    ("handouts.toml", "in-a-crisis.more", "steps = [", "steps = []\nmore = ["),
]


@pytest.mark.parametrize(("file", "key", "was", "becomes"), BROKEN)
def test_a_mistake_in_bands_screens_or_handouts_is_named(
    file: str, key: str, was: str, becomes: str, tmp_path: Path
) -> None:
    shelf = tmp_path / "knowledge"
    shutil.copytree(SHELF, shelf)
    text = (shelf / file).read_text(encoding="utf-8")
    assert was in text
    (shelf / file).write_text(text.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(shelf=shelf)
    assert str(caught.value).startswith(f"{file}: {key}")
