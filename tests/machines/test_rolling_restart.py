"""New processes for old ones, one machine after the other, while an EHR keeps calling."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from machine import KEY, Machine, lost, machines, ready, traffic
from networks import free_place
from real_postgresql import Cluster, postgresql_cluster
from real_valkey import Valkey, until
from sqlalchemy import func, select

from cds.settings import Settings
from cds.store.database import address as database_address
from cds.store.database import engine
from cds.store.tables import decisions, feedback

DRAIN = 1.0  # seconds between leaving the rotation and SIGTERM; calls take half of one


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with postgresql_cluster() as cluster:
        yield cluster


class Replica:
    """A web machine and its place in the load balancer's list."""

    def __init__(self, machine: Machine, place: tuple[str, int], rotation: Path) -> None:
        self._machine, self._place, self._rotation = machine, place, rotation
        self.enter()

    @property
    def _line(self) -> str:
        return f"{self._place[0]}:{self._place[1]}"

    def enter(self) -> None:
        until(lambda: ready(*self._place))
        self._write({*self._rotation.read_text().split(), self._line})

    def leave(self) -> None:
        self._write({*self._rotation.read_text().split()} - {self._line})

    def restart(self) -> None:
        self.leave()
        time.sleep(DRAIN)
        assert self._machine.stop() == 0
        self._machine.start()
        self.enter()

    def _write(self, lines: set[str]) -> None:
        # In one step: a caller never reads half a list.
        new = self._rotation.with_suffix(".new")
        new.write_text("\n".join(sorted(lines)))
        new.replace(self._rotation)


def count(url: str, table: Any, *where: Any) -> int:
    made = engine(database_address(Settings(database_url=url, secret_key=KEY)))
    try:
        with made.connect() as connection:
            found = connection.execute(select(func.count()).select_from(table).where(*where))
            return int(found.scalar_one())
    finally:
        made.dispose()


def test_a_rolling_restart_loses_no_hook_and_no_feedback(
    tmp_path, own_valkey: Valkey, cluster: Cluster, record_property
):
    database, rotation = cluster.new_database(), tmp_path / "rotation"
    common = {
        "CDS_REDIS_URL": own_valkey.url,
        "CDS_DATABASE_URL": database,
        "CDS_ALLOW_AS_OF": "true",
    }
    rotation.touch()
    with machines(tmp_path) as make:
        workers = [make(f"w{n}", "worker", **common, CDS_WORKERS="1") for n in (1, 2)]
        replicas = []
        for number in (2, 3):
            host, port = place = free_place(number)
            here = {"CDS_HOST": host, "CDS_PORT": str(port), "CDS_WORKERS": "0"}
            replicas.append(Replica(make(host, "serve", **common, **here), place, rotation))
        with traffic(rotation) as calls:
            calls.answered_by("worker")
            for replica in replicas:
                replica.restart()
            for worker in workers:
                assert worker.stop() == 0
                worker.start()
            calls.answered_by("worker")
            made = calls.end()
    record_property("summary", f"rolling restart: {len(made)} hooks, lost {len(lost(made))}")
    thanked = [call for call in made if call["feedback"] == 200]
    assert not lost(made)
    assert len({call["place"] for call in made}) == len(replicas)
    assert len(thanked) == len(made)
    assert count(database, decisions) == len(made)
    assert count(database, feedback) == len(made)
