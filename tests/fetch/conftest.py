"""FHIR servers of a test's own: one that the client may use, one that nobody allowed."""

from collections.abc import Iterator

import pytest
from fake_fhir import FakeFhir
from fetching import condition, observation, patient


@pytest.fixture
def server() -> Iterator[FakeFhir]:
    """Holds a small chart of the patient of the context."""
    fake = FakeFhir()
    fake.held = [patient(), condition(), observation()]
    with fake.running():
        yield fake


@pytest.fixture
def stranger() -> Iterator[FakeFhir]:
    """A server that must never be called."""
    with FakeFhir().running() as fake:
        yield fake
