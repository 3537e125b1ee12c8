"""What a fault test needs: a service of its own, traffic on it, and somebody who counts."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

import pytest
from fault_table import PROPERTY
from house import House, house
from kept_records import Kept
from stories import SETTINGS
from traffic import Traffic

Serve = Callable[..., House]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts a service and waits until its workers have signed on."""
    with ExitStack() as stack:

        def start(**settings: str) -> House:
            home = stack.enter_context(house(tmp_path, **SETTINGS, **settings))
            home.wait_until_open()
            return home

        yield start


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    """What the service of `serve` keeps in SQLite."""
    found = Kept(tmp_path / "data")
    yield found
    found.close()


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Callable[[Traffic, Kept, float], None]:
    """Counts what became of the traffic, for the table, and holds it to what is promised."""

    def counted(flowing: Traffic, kept: Kept, over: float) -> None:
        counts = flowing.counts(over, kept)
        record_property(PROPERTY, asdict(counts))
        assert (counts.wrong, counts.lost) == (0, 0)
        assert counts.answered == counts.fired
        assert counts.recovered < WITHIN

    return counted


WITHIN = 15.0  # seconds; starting a process anew takes two or three, on a busy machine twice that
