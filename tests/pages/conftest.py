"""A house with a store of its own."""

import pytest
from kept_house import house as opened


@pytest.fixture
def house(tmp_path, monkeypatch):
    # A busy machine is no broken store.
    monkeypatch.setattr("cds.store.journal.PATIENCE", 30.0)
    with opened(tmp_path / "data") as found:
        yield found
