"""The database in trouble: hooks are answered, and what they decided is there afterwards."""

import os
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from house import House, children
from kept_records import Kept
from real_postgresql import Cluster, postgresql_cluster
from traffic import traffic

from cds.store.engines import engine

SECONDS = 3.0  # that a fault lasts: longer than anyone waits for a lock
WEB = "-m gunicorn"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with postgresql_cluster() as running:
        yield running


@pytest.fixture
def postgresql(cluster: Cluster) -> str:
    return cluster.new_database()


@pytest.fixture
def kept_there(postgresql: str, tmp_path: Path) -> Iterator[Kept]:
    found = Kept(tmp_path / "data", postgresql)
    yield found
    found.close()


@contextmanager
def locked(kept: Kept) -> Iterator[None]:
    """Nobody else writes meanwhile."""
    made = engine(kept.url)
    with made.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("LOCK TABLE decisions, feedback IN EXCLUSIVE MODE")
        yield
    made.dispose()


@contextmanager
def full_disk(home: House) -> Iterator[None]:
    """No web process can make any file longer, neither the database nor the outbox nor a log."""
    web = home.pids(WEB).union(*map(children, home.pids(WEB)))
    for pid in web:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    yield
    for pid in web:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)


@contextmanager
def frozen(server: int) -> Iterator[None]:
    """The server first, so that it starts no more processes while the others are stopped."""
    send([server], signal.SIGSTOP)
    family = [server, *children(server)]
    send(family, signal.SIGSTOP)
    try:
        yield
    finally:
        send(family, signal.SIGCONT)


def send(pids: list[int], what: signal.Signals) -> None:
    """A process that has ended by itself is let go, as an idle helper of PostgreSQL may."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, what)


def test_sqlite_locked(serve, kept, count):
    home = serve()
    with traffic(home.port) as flowing:
        with locked(kept):
            time.sleep(SECONDS)
        count(flowing, kept, time.monotonic())


def test_sqlite_full(serve, kept, count):
    home = serve()
    with traffic(home.port) as flowing:
        with full_disk(home):
            time.sleep(SECONDS)
            assert flowing.lost(kept) > 0
        count(flowing, kept, time.monotonic())


def test_sqlite_gone_and_back(serve, kept, count, tmp_path):
    home = serve()
    with traffic(home.port) as flowing:
        (tmp_path / "data").rename(tmp_path / "away")
        time.sleep(SECONDS)
        (tmp_path / "away").rename(tmp_path / "data")
        count(flowing, kept, time.monotonic())


def test_sqlite_locked_and_every_web_process_killed(serve, kept, count):
    home = serve()
    with traffic(home.port) as flowing:
        with locked(kept):
            time.sleep(SECONDS / 2)
            for server in home.pids(WEB):
                for pid in children(server):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(SECONDS / 2)
        count(flowing, kept, time.monotonic())


def test_postgresql_locked(serve, postgresql, kept_there, count):
    home = serve(CDS_DATABASE_URL=postgresql)
    with traffic(home.port) as flowing:
        with locked(kept_there):
            time.sleep(SECONDS)
        count(flowing, kept_there, time.monotonic())


def test_postgresql_full(serve, postgresql, kept_there, count):
    home = serve(CDS_DATABASE_URL=postgresql)
    with traffic(home.port) as flowing, psycopg.connect(postgresql, autocommit=True) as superuser:
        superuser.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS"
            " $$BEGIN RAISE 'could not extend file' USING ERRCODE = 'disk_full'; END$$"
        )
        for table in ("decisions", "feedback"):
            superuser.execute(
                f"CREATE TRIGGER no_room BEFORE INSERT ON {table} EXECUTE FUNCTION no_room()"
            )
        time.sleep(SECONDS)
        assert flowing.lost(kept_there) > 0
        superuser.execute("DROP FUNCTION no_room CASCADE")
        count(flowing, kept_there, time.monotonic())


def test_postgresql_frozen(serve, cluster, postgresql, kept_there, count):
    home = serve(CDS_DATABASE_URL=postgresql)
    with traffic(home.port) as flowing:
        with frozen(cluster.process.pid):
            time.sleep(SECONDS)
        count(flowing, kept_there, time.monotonic())


def test_postgresql_stopped_and_started_again(serve, cluster, postgresql, kept_there, count):
    home = serve(CDS_DATABASE_URL=postgresql)
    with traffic(home.port) as flowing:
        cluster.stop()
        time.sleep(SECONDS)
        cluster.start()
        count(flowing, kept_there, time.monotonic())
