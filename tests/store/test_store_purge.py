"""`cds purge`: what is older than a date goes, nothing else does, and it says what it did."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from store_calls import KINDS, NOW, Kept, answer, held, keep, shelf, tell, told

from cds.cli import main
from cds.settings import Settings
from cds.store.journal import Journal
from cds.store.outbox import FOLDER
from cds.store.purge import STEP

OLD = NOW - timedelta(days=400)
BETWEEN = NOW - timedelta(days=100)
COMMENT = "Zuzanna-Canary said no"


@pytest.fixture
def purge(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["purge", *words])

    return run


def at(settings: Settings, when: datetime, *names: str) -> None:
    """A day on which each card was shown and overridden."""
    journal = Journal(settings, lambda: when, shelf(KINDS))
    for name in names:
        keep(journal, answer("moderate", card=name))
        tell(journal, told(card=name, overrideReason={"userComment": COMMENT}))
    journal.close()


def test_what_is_older_goes_and_the_rest_stays(
    settings: Settings, kept: Kept, purge: Callable[..., Result]
) -> None:
    at(settings, OLD, "first", "second")
    at(settings, NOW, "third")
    done = purge("--before", BETWEEN.isoformat())
    assert done.exit_code == 0
    assert "Deleted" in done.output
    assert "2 decisions, 2 cards, 2 feedback entries" in done.output
    assert [row.at for row in kept.decisions] == [NOW]
    assert len(kept.cards) == len(kept.feedback) == 1
    again = purge("--before", BETWEEN.isoformat())
    assert "0 decisions, 0 cards, 0 feedback entries" in again.output


def test_a_dry_run_says_the_same_and_deletes_nothing(
    settings: Settings, kept: Kept, purge: Callable[..., Result]
) -> None:
    at(settings, OLD, "first", "second")
    done = purge("--before", BETWEEN.isoformat(), "--dry-run")
    assert "Would delete" in done.output
    assert "2 decisions, 2 cards, 2 feedback entries" in done.output
    assert len(kept.decisions) == len(kept.cards) == len(kept.feedback) == 2


def test_later_feedback_outlives_the_answer_it_speaks_of(
    settings: Settings, kept: Kept, purge: Callable[..., Result]
) -> None:
    first = Journal(settings, lambda: OLD, shelf(KINDS))
    keep(first, answer("moderate"))
    first.close()
    later = Journal(settings, lambda: NOW, shelf(KINDS))
    tell(later, told())
    purge("--before", BETWEEN.isoformat())
    assert kept.decisions == kept.cards == []
    assert [(row.matched, row.decision) for row in kept.feedback] == [(True, None)]
    assert held(keep(later, answer("moderate"))) is None
    later.close()


def test_the_instant_itself_is_not_before_it(
    settings: Settings, kept: Kept, purge: Callable[..., Result]
) -> None:
    at(settings, NOW, "first")
    assert "0 decisions" in purge("--before", NOW.isoformat()).output
    assert "1 decisions" in purge("--before", (NOW + timedelta(seconds=1)).isoformat()).output
    assert kept.decisions == []


def test_more_than_one_step_goes_too(
    settings: Settings,
    kept: Kept,
    purge: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert STEP > 3
    monkeypatch.setattr("cds.store.purge.STEP", 3)
    at(settings, OLD, *(f"card {number}" for number in range(8)))
    assert "8 decisions, 8 cards, 8 feedback" in purge("--before", BETWEEN.isoformat()).output
    assert kept.decisions == []


def test_a_service_at_work_goes_on_writing(
    settings: Settings, kept: Kept, journal: Journal, purge: Callable[..., Result]
) -> None:
    at(settings, OLD, "first")
    keep(journal)
    assert purge("--before", BETWEEN.isoformat()).exit_code == 0
    keep(journal)
    tell(journal, told())
    assert len(kept.decisions) == 2


def test_of_a_file_nothing_that_was_purged_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    monkeypatch.setenv("CDS_DATA_DIR", str(settings.data_dir))
    at(settings, OLD, *(f"card {number}" for number in range(50)))
    with Kept(settings) as kept:
        names = [row.patient.encode() for row in kept.decisions]
    assert CliRunner().invoke(main, ["purge", "--before", BETWEEN.isoformat()]).exit_code == 0
    left = b"".join(path.read_bytes() for path in settings.data_dir.glob("careladder.db*"))
    assert not [name for name in names if name in left]


@pytest.mark.parametrize(
    ("date", "says"),
    [
        ("yesterday", "write a date such as"),
        ("2024-13-01", "write a date such as"),
        ("", "write a date such as"),
        ("0001-01-01T00:00:00+14:00", "write a date such as"),
        ("2999-01-01", "has not come yet"),
    ],
)
def test_a_date_that_is_none_or_is_to_come_is_refused(
    settings: Settings, kept: Kept, purge: Callable[..., Result], date: str, says: str
) -> None:
    at(settings, OLD, "first")
    refused = purge("--before", date)
    assert refused.exit_code == 2
    assert says in refused.output
    assert len(kept.decisions) == 1


def test_a_date_must_be_named(purge: Callable[..., Result]) -> None:
    assert purge().exit_code == 2


def test_a_date_begins_in_the_zone_of_the_service(
    settings: Settings,
    kept: Kept,
    purge: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CDS_TIMEZONE", "America/Chicago")
    at(settings, datetime(2024, 2, 28, 5, 59, tzinfo=UTC), "the day before")
    at(settings, datetime(2024, 2, 28, 6, 0, tzinfo=UTC), "the day itself")
    assert "1 decisions" in purge("--before", "2024-02-28").output
    assert len(kept.decisions) == 1


def test_a_database_that_cannot_be_had_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CDS_DATA_DIR", str(tmp_path / "file" / "data"))
    done = CliRunner().invoke(main, ["purge", "--before", "2024-01-01"])
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert "cannot be purged" in done.output


def test_a_record_that_waits_for_the_database_goes_too(
    settings: Settings, purge: Callable[..., Result]
) -> None:
    waiting, refused, new = (
        settings.data_dir / FOLDER / name for name in ("1.json", "2.refused", "3.json")
    )
    waiting.parent.mkdir(parents=True)
    for path, day in ((waiting, OLD), (refused, OLD), (new, NOW)):
        path.touch()
        os.utime(path, (day.timestamp(), day.timestamp()))
    for words in (("--dry-run",), ()):
        assert "2 unwritten records" in purge("--before", BETWEEN.isoformat(), *words).output
    assert list(waiting.parent.iterdir()) == [new]
