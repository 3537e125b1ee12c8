"""What the tests of check and diff share: a copy of the shelf to edit, and the command line."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from edited_shelf import Edit, Run

from cds.cli import main
from cds.shelf import SHELF


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHELF, tmp_path / "shelf"))


@pytest.fixture
def edit(shelf: Path) -> Edit:
    """Change a text of a file of the copied shelf; one that is not there would change nothing."""

    def edit(file: str, old: str, new: str) -> None:
        text = (shelf / file).read_text(encoding="utf-8")
        assert old in text
        (shelf / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


@pytest.fixture
def cds() -> Run:
    return lambda *arguments: CliRunner().invoke(main, [str(one) for one in arguments])
