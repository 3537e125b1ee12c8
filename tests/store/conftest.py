"""A journal on each kind of database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from real_postgresql import Cluster, postgresql_cluster
from store_calls import KINDS, Kept, now, shelf

from cds.settings import Settings
from cds.store.journal import Journal


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no broken store: only tests of a slow one are in a hurry."""
    monkeypatch.setattr("cds.store.journal.PATIENCE", 30.0)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with postgresql_cluster() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings with a database that is empty."""
    folder = tmp_path / "data"
    if request.param == "sqlite":
        return Settings(data_dir=folder)
    url = request.getfixturevalue("cluster").new_database()
    return Settings(data_dir=folder, database_url=url)


@pytest.fixture
def open_journal() -> Iterator[Callable[[Settings], Journal]]:
    """Journals that are closed whatever happens."""
    opened = []

    def made(settings: Settings) -> Journal:
        opened.append(Journal(settings, now, shelf(KINDS)))
        opened[-1].prepare()
        return opened[-1]

    yield made
    for journal in opened:
        journal.close()


@pytest.fixture
def journal(settings: Settings, open_journal: Callable[[Settings], Journal]) -> Journal:
    return open_journal(settings)


@pytest.fixture
def kept(settings: Settings) -> Iterator[Kept]:
    """A look into the database, past the journal."""
    found = Kept(settings)
    yield found
    found.close()
