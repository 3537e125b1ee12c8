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
from store_calls import Kept, answer, held, keep, tell, told

from cds.answer import Reply
from cds.errors import SettingsError, StoreUnavailable
from cds.settings import Settings
from cds.store.journal import MOST_WAITING, Journal

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
    with kept.locked():
        monkeypatch.setattr("cds.store.journal.PATIENCE", 0.05)
        assert keep(journal, given) is given
        assert [line.partition(":")[0] for line in caplog.messages] == ["the store is slow"]
        assert journal.failures == 1
    journal.close()
    assert len(kept.decisions) == 1


def test_a_store_that_stays_locked_costs_records_but_no_answer_and_no_memory(
    journal: Journal, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cds.store.journal.PATIENCE", 0.0)
    given = answer("moderate")
    with kept.locked():
        for _ in range(MOST_WAITING + 10):
            assert keep(journal, given) is given
        assert journal.failures > 0
    journal.close()
    assert 0 < len(kept.decisions) <= MOST_WAITING


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
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


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
