"""The call to try can be pasted into a shell, wherever the stories lie."""

import shlex
from pathlib import Path

import pytest

from cds.serve.welcome import SERVICE, STORY, welcome
from cds.settings import Settings


def test_a_folder_with_blanks_and_quotes_is_one_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "it's a; folder"
    story = home / "fixtures" / "fhir" / STORY / "request.json"
    story.parent.mkdir(parents=True)
    story.write_text("{}")
    monkeypatch.setattr("cds.serve.welcome._CHECKOUT", home)
    monkeypatch.chdir(tmp_path)
    said = welcome(Settings(base_url="http://127.0.0.1:8080/$(x)"), 1)
    words = shlex.split(said.splitlines()[-1])
    assert words[2] == f"http://127.0.0.1:8080/$(x)/cds-services/{SERVICE}"
    assert words[-2:] == ["-d", f"@{story}"]
