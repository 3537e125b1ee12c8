"""`cds replay --html`: one file that shows everything and asks nobody for anything."""

import json
import re
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cds.cli import main
from cds.replay.golden import settled
from cds.stories.read import GOLDEN, STORY

NADIA, OMAR = "nadia-two-bad-weeks", "omar-names-a-plan"
SCRIPT = "<script>alert(1)</script>"


def replay(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["replay", *map(str, words)])


@pytest.fixture
def copies(stories: Path, tmp_path: Path) -> Path:
    for name in (NADIA, OMAR):
        shutil.copytree(stories / name, tmp_path / "stories" / name)
    replay(tmp_path / "stories", "--accept")
    return tmp_path / "stories"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "report.html"


def rows(html: str) -> list[tuple[str, str]]:
    """Level and result of each row of the table."""
    return re.findall(r'data-row data-level="([^"]*)" data-result="([^"]*)"', html)


def test_it_has_a_row_for_each_story_and_totals_by_level(copies: Path, file: Path) -> None:
    assert replay(copies, "--html", file).exit_code == 0
    html = file.read_text()
    assert rows(html) == [("intensive-outpatient", "as-expected"), ("emergency", "as-expected")]
    assert "<span>Emergency evaluation</span> <strong>1</strong>" in html


def test_it_shows_the_words_and_the_cards_of_a_story(copies: Path, file: Path) -> None:
    replay(copies, "--html", file)
    html = file.read_text()
    assert "she lives with her sister" in html.lower()
    assert html.count('<article class="card ') == 2
    assert "<h3>Data support referral to an intensive outpatient program (IOP)</h3>" in html


def test_a_difference_is_shown_line_by_line_and_is_open(copies: Path, file: Path) -> None:
    golden = copies / NADIA / GOLDEN
    golden.write_text(golden.read_text().replace("PHQ-9 16", f"PHQ-9 15 {SCRIPT}"))
    assert replay(copies, "--html", file).exit_code == 1
    html = file.read_text()
    assert rows(html)[0] == ("intensive-outpatient", "differs")
    assert html.count("data-open") == 1
    assert '<span class="less-line">-' in html
    assert '<span class="more-line">+' in html


def test_what_was_expected_stands_beside_what_came(copies: Path, file: Path) -> None:
    table = copies / OMAR / STORY
    table.write_text(table.read_text().replace('level = "emergency"', 'level = "outpatient"'))
    replay(copies, "--html", file)
    row = file.read_text().partition("Omar names a plan")[2].partition("</tr>")[0]
    assert re.findall(r"<td>(\w+ \w+)", row) == ["Outpatient care", "Emergency evaluation"]


def test_what_cannot_be_replayed_is_told(copies: Path, file: Path) -> None:
    (copies / "bad.json").write_text("{")
    assert replay(copies, "--html", file).exit_code == 1
    html = file.read_text()
    assert ("", "error") in rows(html)
    assert "is not JSON (line " in html


def test_text_of_stories_and_charts_is_text(copies: Path, file: Path) -> None:
    table, golden = copies / NADIA / STORY, copies / NADIA / GOLDEN
    table.write_text(table.read_text().replace("Nadia, two", f"{SCRIPT} two"))
    golden.write_text(golden.read_text().replace("PHQ-9", SCRIPT))
    (copies / f"{SCRIPT.replace('/', '-')}.json").write_text("[]")
    replay(copies, "--html", file)
    html = file.read_text()
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html


def test_nothing_is_loaded_when_it_is_opened(copies: Path, file: Path) -> None:
    replay(copies, "--html", file)
    html = file.read_text()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    assert policy.startswith("default-src &#39;none&#39;")
    assert "connect-src" not in policy
    assert not re.findall(r'(?:src|srcset|action)="|<link rel="stylesheet|@import|url\(', html)


def test_it_is_for_its_owner_alone_since_charts_may_be_in_it(copies: Path, file: Path) -> None:
    replay(copies, "--html", file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_terminal_says_the_same_as_without_it(copies: Path, file: Path) -> None:
    assert replay(copies, "--html", file).output == replay(copies).output
    assert json.loads(replay(copies, "--html", file, "--json").output)["counts"]


@pytest.mark.parametrize("place", ["no-such-folder/report.html", "."])
def test_a_place_that_cannot_be_written_to_is_told(
    copies: Path, tmp_path: Path, place: str
) -> None:
    result = replay(copies, "--html", tmp_path / place)
    assert (result.exit_code, "Traceback" in result.output) == (2, False)


def test_cards_that_break_the_rules_do_not_sink_it(
    copies: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hostile(body: bytes) -> dict[str, Any]:
        answer = settled(body)
        answer["cards"][0]["source"]["url"] = "javascript:alert(1)"
        return answer

    monkeypatch.setattr("cds.replay.run.settled", hostile)
    replay(copies, "--html", file)
    html = file.read_text()
    assert "Its cards break the rules of CDS Hooks" in html
    assert 'href="javascript' not in html
