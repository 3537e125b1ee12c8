"""The page about the shelf names every word of it, and its worked example works."""

import re

import pytest
from checkout import FENCE, PROJECT, blocks, checkout

from cds.criteria.model import Kind, Verdict
from cds.criteria.parse import COMPARISONS, CRITERION_KEYS, GROUP_WORDS
from cds.criteria.parse_level import LEVEL_KEYS
from cds.shelf_codes import CODE_KEYS, VALUE_SET_KEYS
from cds.shelf_instruments import INSTRUMENT_KEYS
from cds.shelf_site import SECTIONS
from cds.shelf_words import TERM_KEYS

SHELF = PROJECT / "cds" / "knowledge"
PAGE = (SHELF / "README.md").read_text()
CODE = set(re.findall(r"[\w-]+", " ".join(re.findall(r"`([^`]+)`", FENCE.sub("", PAGE)))))
NEED = "cds/knowledge/criteria/need.toml"


@pytest.mark.parametrize(
    "words",
    [
        CRITERION_KEYS,
        GROUP_WORDS,
        COMPARISONS,
        LEVEL_KEYS,
        TERM_KEYS,
        VALUE_SET_KEYS,
        CODE_KEYS,
        INSTRUMENT_KEYS,
        SECTIONS,
        [kind.value for kind in Kind],
        [verdict.value for verdict in Verdict],
    ],
)
def test_every_word_of_the_vocabulary_is_explained(words):
    assert set(words) <= CODE


def test_every_kind_is_said_to_reassure_or_to_alarm_as_it_does():
    for kind in Kind:
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{kind.value}` |"))
        assert ("break it, never meet it" in row) == kind.reassures


def test_every_file_of_the_shelf_is_in_the_table():
    table = PAGE.partition("## A criterion")[0]
    for file in SHELF.rglob("*.toml"):
        place = file.relative_to(SHELF)
        name = place.name if place.parent == place.parent.parent else f"{place.parent}/*.toml"
        assert f"`{name}`" in table


def test_the_example_of_a_criterion_is_one_of_the_shelf():
    shown = blocks(PAGE, "toml")[0]
    assert shown in (PROJECT / NEED).read_text()


def test_the_worked_example_gives_a_shelf_that_loads(tmp_path):
    copy = checkout(tmp_path)
    for hunk in blocks(PAGE, "diff"):
        copy.edit(NEED, hunk)
    done = copy.run(".venv/bin/cds replay fixtures/fhir")
    assert done.returncode in (0, 1), done.stdout
