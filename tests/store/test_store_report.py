"""`cds report`: each card once, by its last word, in a table or as JSON."""

import json
from datetime import UTC, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from store_calls import NOW, OTHER_SERVICE, REASON, Client, answer, call, held, keep, tell, told

from cds.cli import main
from cds.errors import StoreUnavailable
from cds.settings import Settings
from cds.store.journal import Journal
from cds.store.report import NO_REASON, OWN_SYSTEM, Scope

OURS = {"reason": {"code": "already-arranged", "system": OWN_SYSTEM}}
THEIRS = f"{REASON['system']}|{REASON['code']}"


def run(settings: Settings, *words: str) -> Result:
    return CliRunner(env=settings.environment()).invoke(main, ["report", *words])


def counted(settings: Settings, *words: str) -> dict[str, Any]:
    result = run(settings, "--json", *words)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.output)
    return found


@pytest.fixture
def used(journal: Journal) -> Journal:
    """Five cards for five patients: accepted, overridden three times, and one nobody told us of."""
    names = ("yes", "ours", "theirs", "unsaid", "silent")
    for name in names:
        keep(journal, answer("moderate", card=name), request=call(name))
    tell(journal, told("accepted", card="yes"), told(card="ours", overrideReason=OURS))
    tell(journal, told(card="theirs", overrideReason={"reason": REASON}), told(card="unsaid"))
    return journal


def test_gov_06_cards_are_counted_by_what_became_of_them(used: Journal, settings: Settings) -> None:
    assert counted(settings)["total"] == {
        "fired": 5,
        "accepted": 1,
        "overridden": 3,
        "noSignal": 1,
        "reasons": {"already-arranged": 1, THEIRS: 1, NO_REASON: 1},
    }
    assert used.failures == 0


def test_gov_05_counts_are_there_per_level_hook_and_criterion(
    used: Journal, settings: Settings
) -> None:
    keep(used, answer("moderate", "severe", level="residential", card="r"), service=OTHER_SERVICE)
    found = counted(settings)
    fired = {
        name: {key: one["fired"] for key, one in found[name].items()}
        for name in ("levels", "hooks", "criteria")
    }
    assert fired == {
        "levels": {"intensive-outpatient": 5, "residential": 1},
        "hooks": {"patient-view": 6},
        "criteria": {"moderate": 6, "severe": 1},
    }


def test_fb_11_a_card_nobody_told_us_of_is_no_rejection(
    journal: Journal, settings: Settings
) -> None:
    keep(journal)
    total = counted(settings)["total"]
    assert (total["overridden"], total["noSignal"]) == (0, 1)


def test_a_card_that_was_shown_twice_is_one_and_its_last_word_counts(
    journal: Journal, settings: Settings
) -> None:
    keep(journal)
    keep(journal)
    tell(journal, told(), told("accepted", outcomeTimestamp="2024-02-29T19:00:00Z"))
    total = counted(settings)["total"]
    assert (total["fired"], total["accepted"], total["overridden"]) == (1, 1, 0)


def test_what_was_held_back_did_not_fire(journal: Journal, settings: Settings) -> None:
    keep(journal)
    tell(journal, told())
    assert held(keep(journal, answer("moderate", card="held")))
    found = counted(settings)
    assert (found["answers"], found["held"], found["total"]["fired"]) == (2, 1, 1)


def test_feedback_on_cards_we_do_not_know_is_counted_apart(
    journal: Journal, settings: Settings
) -> None:
    tell(journal, told())
    found = counted(settings)
    assert (found["unmatchedFeedback"], found["total"]["fired"]) == (1, 0)


def test_the_same_card_of_two_clients_is_two(journal: Journal, settings: Settings) -> None:
    for name in ("A", "B"):
        keep(journal, caller=Client(name))
    tell(journal, told(), caller=Client("A"))
    total = counted(settings)["total"]
    assert (total["fired"], total["overridden"], total["noSignal"]) == (2, 1, 1)


@pytest.mark.parametrize(
    ("since", "answers"),
    [
        ("2024-02-29", 5),
        ("2024-03-01", 0),
        ("2024-02-29T12:00:00-06:00", 5),
        ("2024-02-29T18:00:01Z", 0),
    ],
)
def test_it_may_begin_at_a_date_or_an_instant(
    used: Journal, settings: Settings, since: str, answers: int
) -> None:
    assert used
    assert counted(settings, "--since", since)["answers"] == answers


@pytest.mark.parametrize(
    ("scope", "fired"),
    [
        (Scope(), 6),
        (Scope(until=NOW), 0),
        (Scope(since=NOW, until=NOW + timedelta(seconds=1)), 6),
        (Scope(since=NOW + timedelta(seconds=1)), 0),
        (Scope(level="residential"), 1),
        (Scope(level="intensive-outpatient", hook="patient-view"), 5),
        (Scope(hook="order-sign"), 0),
    ],
)
def test_it_can_be_narrowed(used: Journal, scope: Scope, fired: int) -> None:
    keep(used, answer("severe", level="residential", card="r"), request=call("r"))
    found = used.report(scope)
    assert (found.total.fired, found.answers) == (fired, fired)
    assert sum(one.fired for one in found.levels.values()) == fired


def test_a_card_counts_on_the_day_it_was_first_shown_in_the_zone_of_the_service(
    used: Journal,
) -> None:
    def days(zone: tzinfo) -> dict[str, int]:
        found = used.report(Scope(zone=zone)).days
        return {str(day): one.fired for day, one in found.items()}

    assert days(UTC) == {"2024-02-29": 5}
    assert days(ZoneInfo("Pacific/Auckland")) == {"2024-03-01": 5}


def test_a_store_that_cannot_be_read_is_told_as_such(
    used: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr("cds.store.journal.report", broken)
    with pytest.raises(StoreUnavailable):
        used.report(Scope())
    assert used.failures == 1


def test_the_table_says_the_same(used: Journal, settings: Settings) -> None:
    assert used
    lines = run(settings).output.splitlines()
    assert lines[1] == "5 answers, 0 held back"
    (row,) = [line.split() for line in lines if line.startswith("intensive-outpatient")]
    assert row[1:5] == ["5", "1", "3", "1"]
    assert any("1 already-arranged" in line for line in lines)


def test_an_empty_database_is_no_mistake(settings: Settings) -> None:
    assert counted(settings)["answers"] == 0


def test_a_date_that_is_none_is_refused(settings: Settings) -> None:
    result = run(settings, "--since", "lately")
    assert (result.exit_code, "--since" in result.output) == (2, True)


def test_where_there_is_no_database_one_line_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = run(Settings(data_dir=tmp_path / "file"))
    assert result.exit_code == 1
    assert result.output.startswith("Error: the database cannot be read")
