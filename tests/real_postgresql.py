"""A real PostgreSQL for tests: a cluster of their own on a Unix socket, gone afterwards."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from real_valkey import until

USER = "careladder"
NONE_HERE = "no PostgreSQL here: neither under /usr/lib/postgresql nor on the PATH"


@dataclass
class Cluster:
    """A server that may be stopped and started again."""

    folder: Path
    command: list[str]
    user: int | None

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            user=self.user,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        until(self.answers)

    def stop(self) -> None:
        """At once, whoever is still connected."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{USER}@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """The address of an empty database."""
        name = f"test_{uuid4().hex}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url()).close()
        except psycopg.OperationalError:
            return False
        return True


def binaries() -> Path | None:
    """Debian keeps them off the PATH; the newest version that has a server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=version)
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).resolve().parent if on_path else None


def version(initdb: Path) -> float:
    return float(initdb.parent.parent.name)


@contextmanager
def postgresql_cluster() -> Iterator[Cluster]:
    """Skips where there is none, but never in CI."""
    programs = binaries()
    if programs is None:
        assert not os.environ.get("CI"), NONE_HERE
        pytest.skip(NONE_HERE)
    with tempfile.TemporaryDirectory(prefix="careladder-pg-") as name:
        folder = Path(name)
        user = unprivileged(folder)
        data = folder / "data"
        initdb = [programs / "initdb", "--pgdata", data, "--username", USER]
        options = ["--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
        subprocess.run([*initdb, *options], check=True, user=user, cwd=folder, **quiet)
        settings = ["listen_addresses=", "fsync=off", f"unix_socket_directories={folder}"]
        words = [word for one in settings for word in ("-c", one)]
        cluster = Cluster(folder, [str(programs / "postgres"), "-D", str(data), *words], user)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()


def unprivileged(folder: Path) -> int | None:
    """The user to run as: the server refuses to be root."""
    if os.geteuid():
        return None
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return nobody.pw_uid
