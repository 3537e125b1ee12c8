"""A store in trouble: answers go out all the same, feedback is not thanked for, nothing is lost."""

import logging
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from real_postgresql import Cluster
from real_valkey import until
from sqlalchemy.exc import DataError
from store_calls import NOW, Kept, answer, held, keep, tell, told

from cds.answer import Reply
from cds.errors import SettingsError, StoreUnavailable
from cds.settings import Settings
from cds.store.journal import Journal
from cds.store.outbox import FOLDER, Outbox
from cds.store.records import Record

HERE = Path(__file__).parent


def processes(settings: Settings, word: str, count: int = 1) -> list[str]:
    """What so many processes print that start at once on one database."""
    env = {**os.environ, **settings.environment(), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(HERE / "one_process.py"), word]
    started = [
        subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) for _ in range(count)
    ]
    printed = [one.communicate(timeout=60)[0] for one in started]
    assert [one.returncode for one in started] == [0] * count
    return printed


def test_several_processes_may_start_at_once_on_an_empty_database(
    settings: Settings, kept: Kept
) -> None:
    processes(settings, "0", 4)
    assert kept.decisions == []


def test_two_processes_write_side_by_side_and_a_repeat_in_both_is_one(
    settings: Settings, kept: Kept
) -> None:
    processes(settings, "10", 2)
    assert len(kept.decisions) == len(kept.cards) == 20
    assert len(kept.feedback) == 11
    assert len({row.patient for row in kept.decisions}) == 1


def test_a_locked_store_does_not_stop_an_answer_and_gets_its_record_later(
    journal: Journal,
    kept: Kept,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = answer("moderate")
    keep(journal)
    with kept.locked():
        monkeypatch.setattr("cds.store.journal.PATIENCE", 0.3)
        assert keep(journal, given) is given
        reasons = [line.partition(" (")[0] for line in caplog.messages]
        assert reasons == ["the store cannot be written: TimeoutError"]
        assert journal.failures == 1
    until(lambda: len(kept.decisions) == len(kept.cards) == 2)


def test_what_a_locked_store_owes_survives_the_process_and_is_written_by_the_next(
    settings: Settings,
    open_journal: Callable[[Settings], Journal],
    kept: Kept,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cds.store.journal.PATIENCE", 0.0)
    first = open_journal(settings)
    with kept.locked():
        for number in range(300):
            keep(first, answer("moderate", card=f"card {number}"))
        waiting = set((settings.data_dir / FOLDER).glob("*.json"))
        assert {stat.S_IMODE(path.stat().st_mode) for path in waiting} == {0o600}
        assert len(waiting) == 300
        processes(settings, "0")
        first.close()
    processes(settings, "1")
    until(lambda: not any(path.exists() for path in waiting))
    assert len(kept.decisions) == len(kept.cards) == 301


def test_records_that_no_file_can_be_written_for_wait_in_memory_and_have_their_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cds.store.outbox.MOST_IN_MEMORY", 2)
    taken: list[Record] = []
    outbox = Outbox(tmp_path / "nowhere", taken.extend)
    monkeypatch.setattr(outbox, "start", lambda: None)
    assert [outbox.put(Record({"id": name}, [])) for name in "abc"] == [True, True, False]
    assert outbox.deliver() == 2
    assert [record.id for record in taken] == ["a", "b"]


def test_a_record_that_no_database_takes_holds_up_no_other(tmp_path: Path) -> None:
    taken: list[str] = []

    def write(records: list[Record]) -> None:
        if any(record.id == "bad" for record in records):
            raise DataError(None, None, ValueError())
        taken.extend(record.id for record in records)

    outbox = Outbox(tmp_path, write)
    (tmp_path / FOLDER).mkdir()
    for name in ("good", "bad", "fine"):
        row = {"id": name, "at": NOW, "as_of": NOW}
        (tmp_path / FOLDER / f"{name}.json").write_bytes(Record(row, []).to_bytes())
    (tmp_path / FOLDER / "torn.json").write_text("[")
    outbox.deliver()
    assert sorted(taken) == ["fine", "good"]
    left = {path.name for path in (tmp_path / FOLDER).iterdir()}
    assert left == {"bad.refused", "torn.refused"}


def test_a_file_that_was_deleted_is_made_again_and_written_to(
    tmp_path: Path, open_journal: Callable[[Settings], Journal]
) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    journal = open_journal(settings)
    keep(journal)
    for path in (tmp_path / "data").glob("careladder.db*"):
        path.unlink()
    tell(journal, told())
    with Kept(settings) as kept:
        assert len(kept.feedback) == 1


@pytest.mark.parametrize("place", ["a file", "not writable", "no server"])
def test_without_a_store_answers_go_out_and_feedback_is_refused(
    tmp_path: Path,
    open_journal: Callable[[Settings], Journal],
    caplog: pytest.LogCaptureFixture,
    place: str,
) -> None:
    (tmp_path / "file").touch()
    journal = open_journal(
        {
            "a file": Settings(data_dir=tmp_path / "file" / "data"),
            "not writable": Settings(data_dir="/proc/self"),
            "no server": Settings(
                database_url=f"postgresql://u:hidden@/db?host={tmp_path}", data_dir=tmp_path
            ),
        }[place]
    )
    assert len(caplog.messages) == journal.failures == 1
    given = answer("moderate")
    assert keep(journal, given) is given
    with pytest.raises(StoreUnavailable):
        tell(journal, told())
    assert "hidden" not in caplog.text
    assert str(tmp_path) not in caplog.text


def test_a_full_disk_stops_no_answer(tmp_path: Path) -> None:
    (printed,) = processes(Settings(data_dir=tmp_path), "full")
    assert printed.splitlines()[0] == "True"
    assert printed.splitlines()[1].startswith("unavailable")


def test_a_store_that_comes_back_is_used_again(
    tmp_path: Path, open_journal: Callable[[Settings], Journal], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cds.store.database.REST", 0.0)
    (tmp_path / "data").touch()
    settings = Settings(data_dir=tmp_path / "data")
    journal = open_journal(settings)
    keep(journal)
    (tmp_path / "data").unlink()
    tell(journal, told())
    with Kept(settings) as kept:
        assert len(kept.feedback) == 1


def test_a_server_that_was_restarted_is_called_again(
    cluster: Cluster, open_journal: Callable[[Settings], Journal], tmp_path: Path
) -> None:
    url = cluster.new_database()
    settings = Settings(database_url=url, data_dir=tmp_path)
    journal = open_journal(settings)
    tell(journal, told(card="before"))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    tell(journal, told(card="after"))
    with Kept(settings) as kept:
        assert len(kept.feedback) == 2


def test_a_restart_keeps_everything(
    settings: Settings, open_journal: Callable[[Settings], Journal], kept: Kept
) -> None:
    first = open_journal(settings)
    keep(first)
    tell(first, told(overrideReason={"userComment": "no"}))
    before = [*kept.decisions, *kept.cards, *kept.feedback]
    first.close()
    again = open_journal(settings)
    assert [*kept.decisions, *kept.cards, *kept.feedback] == before
    assert held(keep(again)) is not None


def test_an_answer_without_our_codes_is_recorded_and_leaves_as_it_is(
    journal: Journal, kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    for reply in (Reply(200, b'{"cards":[]}'), Reply(412, b"{}"), Reply(200, b"not JSON")):
        with caplog.at_level(logging.ERROR):
            assert keep(journal, reply) is reply
    assert sorted((row.http_status, row.level) for row in kept.decisions) == [
        (200, None),
        (412, None),
    ]
    assert journal.failures == 1


def test_the_files_belong_to_this_user_alone(
    tmp_path: Path, open_journal: Callable[[Settings], Journal]
) -> None:
    journal = open_journal(Settings(data_dir=tmp_path / "data"))
    keep(journal)
    found = [tmp_path / "data", *(tmp_path / "data").iterdir()]
    modes = {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in found}
    assert modes == {(True, 0o700), (False, 0o600)}


@pytest.mark.parametrize("url", ["mysql://a/b", "careladder.db", "sqlite:///x"])
def test_another_kind_of_database_is_refused_by_name(url: str) -> None:
    with pytest.raises(SettingsError, match="CDS_DATABASE_URL") as caught:
        Settings(database_url=url)
    assert url not in str(caught.value)


def test_an_address_that_cannot_be_read_is_refused_without_an_echo() -> None:
    settings = Settings(database_url="postgresql://u:hidden@h:port/db")
    with pytest.raises(SettingsError, match="CDS_DATABASE_URL") as caught:
        Kept(settings)
    assert "hidden" not in str(caught.value)
