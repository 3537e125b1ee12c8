"""SQLite in the data directory or PostgreSQL: connecting, migrating, and short transactions."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, Insert, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from cds.errors import SettingsError, StoreUnavailable
from cds.settings import Settings

FILE = "careladder.db"
PATIENCE = 2  # seconds to connect, to wait for a lock, and for a statement
REST = 5.0  # seconds between two attempts at a database that cannot be had
MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 0x63617265  # "care": the advisory lock that those who migrate wait for
POSTGRESQL = {
    "connect_timeout": PATIENCE,
    "tcp_user_timeout": PATIENCE * 1000,
    "prepare_threshold": None,  # so that a pooler may stand in between
}
POOL: dict[str, Any] = {
    "hide_parameters": True,
    "pool_pre_ping": True,  # the server may have been restarted
    "pool_timeout": PATIENCE,
}
SESSION = (
    f"SET statement_timeout = '{PATIENCE}s'; SET lock_timeout = '{PATIENCE}s';"
    " SET synchronous_commit = on"
)


class Database:
    """Opened on first use, by whichever thread comes first; safe across a fork until then."""

    def __init__(self, settings: Settings) -> None:
        self.url = address(settings)
        self._lock = threading.Lock()
        self._current = False
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

        Several processes may do it at once: one migrates, the others wait and find it done.
        """
        with self._lock:
            if self._current:
                return
            if time.monotonic() < self._not_before:
                raise StoreUnavailable
            try:
                upgrade(self.url)
            except (SQLAlchemyError, sqlite3.Error, CommandError, OSError) as error:
                self._not_before = time.monotonic() + REST
                raise StoreUnavailable from error
            self._current = True

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


def address(settings: Settings) -> URL:
    """Where the database is; raises SettingsError for an address that names none."""
    if settings.database_url is None:
        return URL.create("sqlite", database=str(settings.data_dir / FILE))
    try:
        url = make_url(settings.database_url)
    except (SQLAlchemyError, ValueError):
        raise SettingsError("CDS_DATABASE_URL", "cannot be read as an address") from None
    return url.set(drivername="postgresql+psycopg")


def is_file(url: URL) -> bool:
    """Whether it is SQLite."""
    return url.get_backend_name() == "sqlite"


def engine(url: URL) -> Engine:
    """Connects when it is first used."""
    if is_file(url):
        made = create_engine(url, connect_args={"timeout": PATIENCE}, hide_parameters=True)
        event.listen(made, "connect", prepare_sqlite)
        event.listen(made, "begin", begin_sqlite)
        return made
    try:
        made = create_engine(url, **POOL, connect_args=POSTGRESQL)
    except ModuleNotFoundError:
        reason = "needs the PostgreSQL driver: install careladder[postgresql]"
        raise SettingsError("CDS_DATABASE_URL", reason) from None
    event.listen(made, "connect", prepare_postgresql)
    return made


def prepare_sqlite(connection: Any, _record: object) -> None:
    """Each commit on the disk before it returns; transactions begin where we say so."""
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # what is purged is overwritten


def begin_sqlite(connection: Connection) -> None:
    """A writer takes its turn at once: one that has read first could not wait for another."""
    how = connection.get_execution_options().get("begin", "BEGIN IMMEDIATE")
    connection.exec_driver_sql(how)


def prepare_postgresql(connection: Any, _record: object) -> None:
    """No statement outlives our patience, and a commit means that it is durable."""
    with connection.cursor() as cursor:
        cursor.execute(SESSION)
    connection.commit()


def upgrade(url: URL) -> None:
    """Migrate to the newest version under a lock, all of it or nothing."""
    made = engine(url)
    try:
        with turn(url), made.begin() as connection:
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
def turn(url: URL) -> Iterator[None]:
    """With SQLite: a private file in WAL mode, and nobody else migrating it."""
    if url.database is None or not is_file(url):
        yield
        return
    file = Path(url.database)
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
