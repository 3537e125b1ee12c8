"""The service refuses a broken shelf, and says which file, which key and what is wrong with it."""

import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from cds.errors import KnowledgeError
from cds.shelf import SHELF, load_knowledge

HERE = Path(__file__).parent
Table = dict[str, Any]


def _mistakes(name: str) -> dict[str, Table]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def _named(entries: dict[str, Table]) -> list[Any]:
    return [pytest.param(entry, id=key) for key, entry in entries.items() if key != "base"]


CRITERION = _mistakes("criteria.toml")["base"]["text"]
LEVEL = _mistakes("levels.toml")["base"]["text"]
HANDOUT = """
[extra]
title = "Extra"
what = "More."
happens = ["This."]
suits = ["You."]
find = ["Here."]
cite = ["design"]
review = "draft"
"""


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHELF, tmp_path / "shelf"))


def _changed(text: str, change: list[str]) -> str:
    """The text with one change; a mistake that changes nothing would test nothing."""
    assert change[0] in text
    return text.replace(change[0], change[1].replace("\\n", "\n"), 1)


def _refused(shelf: Path, file: str, entry: Table) -> None:
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(shelf=shelf)
    error = caught.value
    assert (error.file, error.key) == (entry.get("file", file), entry["key"])
    assert error.reason.startswith(entry["reason"])
    place = ": ".join(part for part in (error.file, error.key) if part)
    assert str(error).startswith(f"{place}: ")


def test_the_shelf_is_sound_before_a_mistake_is_made(shelf: Path) -> None:
    (shelf / "criteria" / "wrong.toml").write_text(CRITERION, encoding="utf-8")
    with (shelf / "levels.toml").open("a", encoding="utf-8") as levels:
        levels.write(LEVEL)
    with (shelf / "handouts.toml").open("a", encoding="utf-8") as handouts:
        handouts.write(HANDOUT)
    assert "mild" in {criterion.id for criterion in load_knowledge(shelf=shelf).rules.criteria}


@pytest.mark.parametrize(
    "entry", _named(_mistakes("criteria.toml")) + _named(_mistakes("examples.toml"))
)
def test_a_criterion_with_a_mistake_is_refused(entry: Table, shelf: Path) -> None:
    text = entry["text"] if "text" in entry else _changed(CRITERION, entry["change"])
    (shelf / "criteria" / "wrong.toml").write_text(text, encoding="utf-8")
    _refused(shelf, "wrong.toml", entry)


@pytest.mark.parametrize("entry", _named(_mistakes("levels.toml")))
def test_a_level_with_a_mistake_is_refused(entry: Table, shelf: Path) -> None:
    with (shelf / "levels.toml").open("a", encoding="utf-8") as levels:
        levels.write(_changed(LEVEL, entry["change"]))
    _refused(shelf, "levels.toml", entry)


@pytest.mark.parametrize("entry", _named(_mistakes("shelf.toml")))
def test_any_other_mistake_is_refused(entry: Table, shelf: Path) -> None:
    path = shelf / entry["at"]
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    text = _changed(text, entry["change"]) if "change" in entry else text
    added = entry.get("add", "").replace("\\n", "\n")
    path.write_bytes((text + "\n" + added).encode() + bytes(entry.get("bytes", [])))
    _refused(shelf, path.name, entry)


def test_no_mistake_is_written_down_twice() -> None:
    for name in ("criteria.toml", "examples.toml", "levels.toml", "shelf.toml"):
        keys = re.findall(r"(?m)^\[([\w-]+)\]$", (HERE / name).read_text(encoding="utf-8"))
        assert len(keys) >= len(_mistakes(name))
