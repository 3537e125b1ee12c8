"""The database: short transactions on tables that are brought up to date on first use."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Hashable, Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from cds.errors import StoreUnavailable
from cds.settings import Settings
from cds.store.engines import PATIENCE, address, engine, is_file

REST = 1.0  # second between two attempts at a database that cannot be had
MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 0x63617265  # "care": the advisory lock that those who migrate wait for


class Database:
    """Opened on first use, by whichever thread comes first; safe across a fork until then."""

    def __init__(self, settings: Settings) -> None:
        self.url = address(settings)
        self._lock = threading.Lock()
        self._current: Hashable = None
        self._not_before = 0.0

    @property
    def writers(self) -> int:
        """How many may write at a time; with SQLite it is one, and others only get in its way."""
        return 1 if is_file(self.url) else 4

    @cached_property
    def _engine(self) -> Engine:
        return engine(self.url)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads; raises StoreUnavailable and what SQLAlchemy raises."""
        self.migrate()
        with self._engine.execution_options(begin="BEGIN").begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is on the disk when the block is left, or undone."""
        self.migrate()
        with self._engine.begin() as connection:
            yield connection

    def insert(self, table: Table) -> Insert:
        """An insert that passes over a row that is there already."""
        if is_file(self.url):
            return sqlite.insert(table).on_conflict_do_nothing()
        return postgresql.insert(table).on_conflict_do_nothing()

    @property
    def reached(self) -> bool:
        """Whether this process, or the one it was forked from, ever had the tables it needs."""
        return bool(self._current)

    def touch(self) -> None:
        """Write and commit, changing nothing: a lock, a lost server or a full disk show here.

        Raises StoreUnavailable and what SQLAlchemy raises.
        """
        with self.write() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")

    def migrate(self) -> None:
        """Bring the tables up to date, once in a process. Raises StoreUnavailable.

        Several processes may do it at once: one migrates, the others wait and find it done. A
        file that was replaced is another database: our connections would write into the old one.
        """
        with self._lock:
            if self._current and self._current == self._present():
                return
            if self._current:
                self.close()
            if time.monotonic() < self._not_before:
                raise StoreUnavailable
            try:
                upgrade(self.url, folder_too=self._current is None)
                self._current = self._present()
            except (SQLAlchemyError, sqlite3.Error, CommandError, OSError) as error:
                self._not_before = time.monotonic() + REST
                raise StoreUnavailable from error

    def _present(self) -> Hashable:
        """What tells this database from another in the same place; None for a file that is not."""
        if self.url.database is None or not is_file(self.url):
            return self.url
        try:
            found = Path(self.url.database).stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def settle(self) -> None:
        """With SQLite: no earlier state of a row is left in the write-ahead log.

        While somebody reads that has to wait for a later checkpoint.
        """
        if self.url.database is not None and is_file(self.url):
            with closing(sqlite3.connect(self.url.database, timeout=PATIENCE)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()


def upgrade(url: URL, *, folder_too: bool) -> None:
    """Migrate to the newest version under a lock, all of it or nothing.

    A file's folder is made on the first day only: one that vanished later is a lost mount.
    """
    made = engine(url)
    try:
        with turn(url, folder_too=folder_too), made.begin() as connection:
            if not is_file(url):
                # Another process may take its time with a large table.
                connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            command.upgrade(config, "head")
    finally:
        made.dispose()


@contextmanager
def turn(url: URL, *, folder_too: bool) -> Iterator[None]:
    """With SQLite: a private file in WAL mode, and nobody else migrating it."""
    if url.database is None or not is_file(url):
        yield
        return
    file = Path(url.database)
    if folder_too:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(f"{file}.lock", os.O_RDWR | os.O_CREAT, 0o600)) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
        to_wal(file)
        yield


def to_wal(file: Path) -> None:
    """Readers and a writer side by side; the file remembers it."""
    with closing(sqlite3.connect(file, timeout=PATIENCE)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
