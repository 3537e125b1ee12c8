"""A broken shelf stops the start, not the first call."""

import shutil
from pathlib import Path

import pytest

from cds import shelf as shelf_module
from cds.app import create_app
from cds.errors import KnowledgeError
from cds.settings import Settings
from cds.shelf import SHELF, load_knowledge


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHELF, tmp_path / "shelf"))


@pytest.mark.parametrize(
    "file",
    [
        *("about.toml", "statements.toml", "references.toml", "windows.toml"),
        *("findings.toml", "code-systems.toml", "levels.toml", "override-reasons.toml"),
    ],
)
def test_a_missing_file_is_refused_by_name(file: str, shelf: Path) -> None:
    (shelf / file).unlink()
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(shelf=shelf)
    assert caught.value.file == file


def test_the_web_application_is_not_made_from_a_broken_shelf(
    shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shelf / "levels.toml").write_text("[emergency", encoding="utf-8")
    monkeypatch.setattr(shelf_module.load_knowledge, "__defaults__", (None, shelf))
    with pytest.raises(KnowledgeError) as caught:
        create_app(Settings())
    assert caught.value.file == "levels.toml"


def test_the_hash_names_the_shelf_an_answer_comes_from(shelf: Path) -> None:
    before = load_knowledge(shelf=shelf).hash
    assert before == load_knowledge(shelf=SHELF).hash
    with (shelf / "windows.toml").open("a", encoding="utf-8") as windows:
        windows.write("\n# a remark\n")
    assert load_knowledge(shelf=shelf).hash != before
