"""How each kind of database is reached: SQLite in the data directory, or PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError

from cds.errors import SettingsError
from cds.settings import Settings

FILE = "careladder.db"
PATIENCE = 2  # seconds to connect, to wait for a lock, and for a statement
POSTGRESQL = {
    "connect_timeout": PATIENCE,
    "tcp_user_timeout": PATIENCE * 1000,
    # A server that vanished while we wait for its answer is noticed as soon.
    "keepalives_idle": PATIENCE,
    "keepalives_interval": 1,
    "keepalives_count": 2,
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
