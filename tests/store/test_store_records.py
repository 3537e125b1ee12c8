"""Decision records: what they say, what they must not, and the tables they stand in."""

import json
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from store_calls import (
    INSTANCE,
    NOW,
    OTHER_SERVICE,
    REASON,
    Client,
    Kept,
    answer,
    call,
    card_uuid,
    keep,
    tell,
    told,
)

from cds.answer import Reply
from cds.settings import Settings
from cds.store.database import MIGRATIONS
from cds.store.engines import engine
from cds.store.journal import Journal
from cds.store.tables import metadata

CANARY = "Zuzanna-Canary"


def test_gov_02_a_record_says_who_asked_what_and_what_was_answered(
    journal: Journal, kept: Kept
) -> None:
    keep(journal, answer("moderate", "severe"), caller=Client("A", "north"), service=OTHER_SERVICE)
    (row,) = kept.decisions
    assert (row.at, row.as_of) == (NOW, NOW)
    assert (row.client, row.tenant, row.hook) == ("A", "north", "patient-view")
    assert (row.hook_instance, row.service) == (INSTANCE, OTHER_SERVICE.id)
    assert (row.knowledge_version, row.knowledge_hash) == ("2024.1.0", "abcdef012345")
    assert (row.level, row.status, row.indicator) == ("intensive-outpatient", "supported", "info")
    assert set(row.met) == {"moderate", "severe"}
    assert row.unknown == ["home"]
    assert (row.http_status, row.who, row.milliseconds) == (200, "worker", 12.5)
    assert not row.held
    assert [(card.decision, card.uuid) for card in kept.cards] == [(row.id, card_uuid())]


def test_a_record_is_there_when_the_answer_leaves(journal: Journal, kept: Kept) -> None:
    for number in range(1, 4):
        keep(journal)
        assert len(kept.decisions) == number
    assert journal.failures == 0


def test_silence_and_refusal_are_recorded_too(journal: Journal, kept: Kept) -> None:
    silent = {**json.loads(answer().body), "cards": []}
    keep(journal, Reply(200, json.dumps(silent).encode()))
    keep(journal, Reply(412, b'{"resourceType":"OperationOutcome"}'))
    found = [(row.http_status, row.level, row.indicator) for row in kept.decisions]
    assert sorted(found, key=str) == [(200, "intensive-outpatient", None), (412, None, None)]
    assert kept.cards == []


def test_one_patient_is_told_from_another_and_from_the_same_id_elsewhere(
    journal: Journal, kept: Kept
) -> None:
    for caller, patient in [(Client("A"), "p1"), (Client("A"), "p1"), (Client("A"), "p2")]:
        keep(journal, caller=caller, request=call(patient))
    keep(journal, caller=Client("B"))
    keep(journal, caller=Client("A", "north"))
    hashes = [row.patient for row in kept.decisions]
    assert (len(hashes), len(set(hashes))) == (5, 4)


def test_the_hash_of_a_patient_depends_on_the_key(
    settings: Settings, open_journal: Callable[[Settings], Journal], kept: Kept
) -> None:
    for key in ("the first passphrase", "the second passphrase"):
        keep(open_journal(settings.model_copy(update={"secret_key": key})))
    assert len({row.patient for row in kept.decisions}) == 2


def test_nothing_of_a_chart_or_a_clinician_can_be_read_in_the_database_or_the_log(
    settings: Settings,
    open_journal: Callable[[Settings], Journal],
    kept: Kept,
    caplog: pytest.LogCaptureFixture,
) -> None:
    reason = {"reason": {**REASON, "display": CANARY}, "userComment": CANARY}
    with caplog.at_level(logging.DEBUG):
        journal = open_journal(settings)
        request = call(patient=CANARY, instance=CANARY)
        keep(journal, answer("moderate", text=CANARY), request=request)
        tell(journal, told(overrideReason=reason, note=CANARY), {**told(), "card": CANARY})
        tell(journal, told("accepted", acceptedSuggestions=[{"id": CANARY}]))
        with kept.locked():
            keep(journal, answer("moderate", text=CANARY), request=request)
    rows = [*kept.decisions, *kept.cards, *kept.feedback]
    assert len(kept.feedback) == 3
    assert CANARY not in str(rows)
    assert CANARY not in caplog.text
    written = [path.read_bytes() for path in settings.data_dir.rglob("*") if path.is_file()]
    assert written
    assert CANARY.encode() not in b"".join(written)


def test_the_migrations_make_the_tables_as_they_are_declared(
    settings: Settings, journal: Journal, kept: Kept
) -> None:
    keep(journal)
    made = engine(kept.url)
    with made.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == ScriptDirectory(str(MIGRATIONS)).get_current_head()
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}
    made.dispose()
    assert settings.database_url or settings.data_dir.exists()


def test_sqlite_keeps_a_log_and_syncs_each_commit(
    tmp_path: Path, open_journal: Callable[[Settings], Journal]
) -> None:
    settings = Settings(data_dir=tmp_path)
    open_journal(settings)
    with Kept(settings) as kept:
        made = engine(kept.url)
    with made.connect() as connection:
        modes = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    made.dispose()
    assert modes == ["wal", 2, 1]


@pytest.mark.parametrize("module", ["workers", "workers.worker", "cds.cli", "cds.serve.run"])
def test_who_keeps_nothing_does_not_wait_for_the_database_library(module: str) -> None:
    program = f"import {module}, sys; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
