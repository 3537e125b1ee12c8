"""Retention: what is older than a date is deleted, in small steps beside a service at work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Delete, Select, delete, func, select, update

from cds.store.database import Database
from cds.store.report import counted
from cds.store.tables import cards, decisions, feedback

STEP = 500  # rows a transaction: well within what a statement, and a writer in line, may take


@dataclass
class Purged:
    """How many rows of each kind."""

    decisions: int = 0
    cards: int = 0
    feedback: int = 0
    unwritten: int = 0

    def __str__(self) -> str:
        rows = f"{self.decisions} decisions, {self.cards} cards, {self.feedback} feedback entries"
        return f"{rows}, {self.unwritten} unwritten records" if self.unwritten else rows


def count(database: Database, folder: Path, before: datetime) -> Purged:
    """What `purge` would delete."""
    old, heard = decisions.c.at < before, feedback.c.received_at < before
    queries = (
        select(func.count()).select_from(decisions).where(old),
        select(func.count()).select_from(cards.join(decisions)).where(old),
        select(func.count()).select_from(feedback).where(heard),
    )
    with database.read() as connection:
        found = Purged(*(counted(connection, query) for query in queries))
    found.unwritten = len(unwritten(folder, before))
    return found


def purge(database: Database, folder: Path, before: datetime) -> Purged:
    """Delete answers given, and feedback received, before then, and records that never got there.

    `folder` is the outbox, from which records of then would come back.
    Later feedback on an older answer stays, without the answer. Each step is durable on its own,
    so a purge that is stopped can be run again.
    """
    done = Purged()
    for path in unwritten(folder, before):
        path.unlink(missing_ok=True)
        done.unwritten += 1
    for ids in steps(database, select(feedback.c.id).where(feedback.c.received_at < before)):
        with database.write() as connection:
            done.feedback += gone(connection, delete(feedback).where(feedback.c.id.in_(ids)))
    for ids in steps(database, select(decisions.c.id).where(decisions.c.at < before)):
        with database.write() as connection:
            take_out(connection, ids, done)
    database.settle()
    return done


def unwritten(folder: Path, before: datetime) -> list[Path]:
    """The records in the outbox, waiting or refused, that were last touched before then."""
    found = []
    for path in folder.glob("*"):
        with suppress(FileNotFoundError):  # delivered meanwhile
            if path.stat().st_mtime < before.timestamp():
                found.append(path)
    return found


def take_out(connection: Connection, ids: list[str], done: Purged) -> None:
    """Delete answers with their cards; feedback that points at them lets go."""
    pointing = update(feedback).where(feedback.c.decision.in_(ids)).values(decision=None)
    connection.execute(pointing)
    done.cards += gone(connection, delete(cards).where(cards.c.decision.in_(ids)))
    done.decisions += gone(connection, delete(decisions).where(decisions.c.id.in_(ids)))


def gone(connection: Connection, statement: Delete) -> int:
    """How many rows it took away."""
    return connection.execute(statement).rowcount


def steps(database: Database, query: Select[Any]) -> Iterator[list[str]]:
    """The ids a query finds, a step at a time; each is gone before the next is looked for."""
    while True:
        with database.read() as connection:
            ids = list(connection.scalars(query.limit(STEP)))
        if not ids:
            return
        yield ids
