"""`cds replay` and `cds explain` as a person or a build types them."""

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner, Result
from forgetful import Forgetful
from werkzeug.serving import make_server

from cds.app import create_app
from cds.cli import main
from cds.settings import Settings
from cds.shelf import Knowledge
from cds.store.journal import Journal
from cds.stories.read import GOLDEN, REQUEST, STORY

NADIA, OMAR = "nadia-two-bad-weeks", "omar-names-a-plan"
AS_OF = "2026-11-20T10:00:00-06:00"
PATIENT = {"resourceType": "Patient", "id": "invented", "birthDate": "1990-01-01"}
DEPRESSION = {
    "resourceType": "Condition",
    "id": "depression",
    "clinicalStatus": {
        "coding": [
            {
                "system": "http://terminology.hl7.org/CodeSystem/condition-clinical",
                "code": "active",
            }
        ]
    },
    "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "F33.1"}]},
    "subject": {"reference": "Patient/invented"},
}


def cds(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def copies(stories: Path, tmp_path: Path) -> Path:
    """Two stories to change, with cards as they are answered today."""
    for name in (NADIA, OMAR):
        shutil.copytree(stories / name, tmp_path / "stories" / name)
    cds("replay", tmp_path / "stories", "--accept")
    return tmp_path / "stories"


@pytest.fixture
def nadia(copies: Path) -> Path:
    return copies / NADIA


def write(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def bundle(*resources: dict[str, object]) -> dict[str, object]:
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_all_stories_as_expected_is_exit_status_0(copies: Path) -> None:
    result = cds("replay", copies)
    assert result.exit_code == 0, result.output
    assert "2 replayed: 2 as expected." in result.output


def test_another_level_than_expected_is_told_and_is_exit_status_1(nadia: Path) -> None:
    change(nadia / STORY, '"intensive-outpatient"', '"outpatient"')
    result = cds("replay", nadia)
    assert result.exit_code == 1
    assert "outpatient, supported" in result.output
    assert "intensive-outpatient, supported" in result.output


def test_other_cards_than_accepted_are_shown_as_a_short_difference(nadia: Path) -> None:
    change(nadia / GOLDEN, '"verdict"', '"judged"')
    result = cds("replay", nadia)
    assert result.exit_code == 1
    assert "the same, with other cards" in result.output
    assert "more lines with --diff" in result.output


def test_diff_shows_a_difference_whole(nadia: Path) -> None:
    change(nadia / GOLDEN, "S9480", "S9999")
    result = cds("replay", nadia, "--diff")
    assert "more lines" not in result.output
    assert re.search(r'^  \+ +"code": "S9480"', result.output, re.MULTILINE)


def test_accept_rewrites_the_cards(nadia: Path) -> None:
    accepted = (nadia / GOLDEN).read_bytes()
    (nadia / GOLDEN).unlink()
    assert "no cards.json yet" in cds("replay", nadia).output
    assert cds("replay", nadia, "--accept").exit_code == 0
    assert (nadia / GOLDEN).read_bytes() == accepted


def test_accept_does_not_make_a_wrong_level_right(nadia: Path) -> None:
    change(nadia / STORY, '"intensive-outpatient"', '"outpatient"')
    assert cds("replay", nadia, "--accept").exit_code == 1


def test_json_is_one_document_with_counts_levels_and_answers(copies: Path) -> None:
    result = cds("replay", copies, "--json")
    document = json.loads(result.output)
    assert document["counts"]["as-expected"] == 2
    assert document["levels"] == {"intensive-outpatient": 1, "emergency": 1}
    assert document["results"][0]["got"] == {"level": "intensive-outpatient", "status": "supported"}
    assert document["results"][1]["answer"]["cards"]


def test_a_bare_bundle_is_wrapped_into_a_request(tmp_path: Path) -> None:
    file = write(tmp_path / "chart.json", bundle(PATIENT, DEPRESSION))
    result = cds("replay", file, "--as-of", AS_OF)
    assert result.exit_code == 0, result.output
    assert "outpatient, provisional" in result.output


def test_a_single_resource_is_wrapped_into_a_request(tmp_path: Path) -> None:
    result = cds("replay", write(tmp_path / "patient.json", PATIENT))
    assert "none, no-indication" in result.output


def test_of_several_patients_the_first_is_meant_and_the_table_says_so(tmp_path: Path) -> None:
    other = {"resourceType": "Patient", "id": "other"}
    result = cds("replay", write(tmp_path / "two.json", bundle(PATIENT, other)))
    assert "2 patients, the first is meant" in result.output


def test_a_request_without_a_story_is_answered_at_its_own_instant(stories: Path) -> None:
    result = cds("replay", stories / NADIA / REQUEST)
    assert result.exit_code == 0
    assert "intensive-outpatient, supported" in result.output


def test_a_folder_of_files_is_replayed_without_hidden_folders(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    write(tmp_path / ".venv" / "hidden.json", {})
    write(tmp_path / "patient.json", PATIENT)
    (tmp_path / "README.md").write_text("not for us", encoding="utf-8")
    assert "1 replayed: 1 answered." in cds("replay", tmp_path).output


def test_a_refused_request_is_an_error_with_its_place(tmp_path: Path) -> None:
    file = write(tmp_path / "refused.json", {"hook": "patient-view", "hookInstance": "x"})
    result = cds("replay", file)
    assert result.exit_code == 1
    assert "400: $.context: context is required" in result.output


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "is not JSON (line 1, column 2)"),
        ("[]", "is not a JSON object"),
        ('{"name": "package"}', "is neither a hook request nor FHIR JSON"),
        (
            '{"hook": "patient-view", "extension": {"example.careladder.asOf": "today"}}',
            "its example.careladder.asOf is no instant with a zone",
        ),
    ],
)
def test_an_unreadable_file_is_told_in_one_line_and_the_rest_goes_on(
    tmp_path: Path, content: str, reason: str
) -> None:
    (tmp_path / "broken.json").write_text(content, encoding="utf-8")
    write(tmp_path / "patient.json", PATIENT)
    result = cds("replay", tmp_path)
    assert result.exit_code == 1
    assert reason in result.output
    assert "1 answered, 1 could not be replayed" in result.output


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("as_of = 2026-11-20T09:30:00-06:00", "as_of = 2026-11-20T09:30:00", "needs a zone"),
        ("as_of = 2026-11-20T09:30", "as_of = 2026-11-20T09:31", "is not the as_of of story.toml"),
        ('hook = "patient-view"', 'hook = "order-sign"', "name different hooks"),
        ("hook =", "hok =", "nobody knows the key 'hok'"),
        ("status =", "state =", "is a table of level and status"),
        ("title =", "title", "is not TOML"),
        ('title = "Nadia, two bad weeks"', "title = 7", "'title' is missing or of the wrong type"),
    ],
)
def test_a_wrong_story_says_what_is_wrong(nadia: Path, old: str, new: str, reason: str) -> None:
    change(nadia / STORY, old, new)
    result = cds("replay", nadia)
    assert result.exit_code == 1
    assert reason in result.output


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("no-such-file.json",),
        (".", "--as-of", "yesterday"),
    ],
)
def test_a_wrong_command_is_exit_status_2(words: tuple[str, ...]) -> None:
    assert cds("replay", *words).exit_code == 2


def test_a_folder_with_nothing_to_replay_is_exit_status_2(tmp_path: Path) -> None:
    result = cds("replay", tmp_path)
    assert result.exit_code == 2
    assert "no story and no JSON file" in result.output


def test_a_wrong_setting_is_one_line_and_exit_status_2(
    stories: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CDS_TIMEZONE", "Mars/Olympus")
    result = cds("replay", stories / NADIA)
    assert result.exit_code == 2
    assert result.output.startswith("Error: CDS_TIMEZONE:")


@pytest.fixture
def server(request: pytest.FixtureRequest, knowledge: Knowledge) -> Iterator[str]:
    """A server on a free port; its parameter says whether it takes an instant from a request."""
    settings = Settings(allow_as_of=getattr(request, "param", True))
    with make_server(
        "127.0.0.1", 0, create_app(settings, knowledge, journal=Forgetful()), threaded=True
    ) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.port}"
        server.shutdown()
        thread.join()


def test_a_server_is_asked_with_the_same_result(server: str, copies: Path) -> None:
    result = cds("replay", copies, "--url", server)
    assert result.exit_code == 0, result.output


def test_the_link_to_the_evidence_is_no_difference(
    knowledge: Knowledge, copies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cds.store.journal.PATIENCE", 30.0)
    settings = Settings(data_dir=tmp_path / "data")
    journal = Journal(settings, lambda: datetime.now(UTC), knowledge)
    app = create_app(settings, knowledge, journal=journal)
    with make_server("127.0.0.1", 0, app, threaded=True) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        result = cds("replay", copies, "--url", f"http://127.0.0.1:{server.port}")
        server.shutdown()
        thread.join()
    journal.close()
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("server", [False], indirect=True)
def test_a_server_that_speaks_about_now_is_found_out(server: str, stories: Path) -> None:
    result = cds("replay", stories / NADIA, "--url", server)
    assert result.exit_code == 1
    assert "is CDS_ALLOW_AS_OF on there?" in result.output


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "ftp://127.0.0.1", "http://127.0.0.1:x"])
def test_a_server_that_is_not_there_is_one_line(url: str, stories: Path) -> None:
    result = cds("replay", stories / NADIA, "--url", url)
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: {url}: ")
    assert result.output.count("\n") == 1


def test_an_address_without_the_services_is_an_error(server: str, stories: Path) -> None:
    result = cds("replay", stories / NADIA, "--url", f"{server}/elsewhere")
    assert result.exit_code == 1
    assert "404: Nothing is served here" in result.output


def test_explain_shows_the_tree_from_the_level_to_the_chart(stories: Path) -> None:
    result = cds("explain", stories / NADIA)
    assert result.exit_code == 0
    assert "intensive-outpatient: supported, info" in result.output
    assert "✓ phq9-moderately-severe: PHQ-9 of 15 or more. [S12" in result.output
    assert "PHQ-9 16 points, 2026-11-18 (2 days ago), Observation/phq9" in result.output
    assert max(map(len, result.output.splitlines())) <= 100


def test_explain_says_what_an_open_answer_waits_for(stories: Path) -> None:
    said = cds("explain", stories / "gareth-nobody-asked").output
    assert "Waits for: no-danger-to-self" in said
    assert "? no-danger-to-self" in said
    assert "Missing, and could change the level\n  Suicide screen: Complete a C-SSRS" in said


def test_explain_names_what_was_left_out_of_the_chart(stories: Path) -> None:
    said = cds("explain", stories / "priya-a-tangled-chart").output
    assert "other-patient (Observation/stray-q5)" in said
    assert "unreadable (Observation/gad7)" in said


def test_explain_all_shows_every_criterion(stories: Path, knowledge: Knowledge) -> None:
    said = cds("explain", stories / NADIA, "--all").output
    missing = [c.id for c in knowledge.rules.criteria if f"{c.id}:" not in said]
    assert missing == []


def test_explain_takes_a_bare_bundle_at_an_instant(tmp_path: Path) -> None:
    file = write(tmp_path / "chart.json", bundle(PATIENT, DEPRESSION))
    result = cds("explain", file, "--as-of", AS_OF)
    assert "chart.json (as of 2026-11-20 16:00 UTC)" in result.output
    assert "Condition/depression" in result.output


def test_explain_tells_a_refusal_in_one_line(tmp_path: Path) -> None:
    file = write(tmp_path / "refused.json", {"hook": "patient-view", "hookInstance": "x"})
    result = cds("explain", file)
    assert result.exit_code == 1
    assert result.output.count("\n") == 1
    assert "$.context: context is required" in result.output


def test_explain_prints_no_control_characters_of_a_chart(tmp_path: Path) -> None:
    forged = {**DEPRESSION, "id": "x\u001b[2J"}
    file = write(tmp_path / "forged.json", bundle(PATIENT, forged))
    assert "\u001b" not in cds("explain", file, "--as-of", AS_OF).output
