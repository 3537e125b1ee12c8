"""What a fault test needs: a service of its own, traffic on it, and somebody who counts."""

import itertools
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

import pytest
from fault_table import PROPERTY
from house import House, house, until
from kept_records import Kept
from stories import SETTINGS
from traffic import Traffic

from cds.serve import embedded

Serve = Callable[..., House]


class ValkeyHost:
    """Starts and stops a Valkey that always has the same address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.url = embedded.url(folder)

    def start(self) -> None:
        self.process = subprocess.Popen(embedded.valkey(self._folder).argv)
        until(lambda: embedded.answers(self._folder))

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def budget(request: pytest.FixtureRequest) -> int:
    """Milliseconds."""
    return int(request.config.getoption("--budget-ms"))


@pytest.fixture
def bound(budget: int, request: pytest.FixtureRequest) -> float:
    """Seconds in which every hook is answered."""
    return (budget + int(request.config.getoption("--slack-ms"))) / 1000


@pytest.fixture
def serve(tmp_path: Path, budget: int) -> Iterator[Serve]:
    """Starts a service, or several on the same data, and waits until its workers have signed on."""
    numbers = itertools.count()
    with ExitStack() as stack:

        def start(**settings: str) -> House:
            folder = tmp_path / f"house-{next(numbers)}"
            folder.mkdir()
            own = {
                **SETTINGS,
                "CDS_BUDGET_MS": str(budget),
                "CDS_DATA_DIR": str(tmp_path / "data"),
                **settings,
            }
            home = stack.enter_context(house(folder, **own))
            home.wait_until_open()
            return home

        yield start


@pytest.fixture
def valkey() -> Iterator[ValkeyHost]:
    """A Valkey that does not belong to the service and that nobody starts again but the test."""
    with embedded.private_folder() as folder:
        host = ValkeyHost(Path(folder))
        host.start()
        try:
            yield host
        finally:
            host.stop()


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    """What the service of `serve` keeps in SQLite."""
    found = Kept(tmp_path / "data")
    yield found
    found.close()


@pytest.fixture
def count(bound: float, record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Counts what became of the traffic, for the table, and holds it to what is promised.

    `over` is when the fault was; `whole` is what else must be true again afterwards.
    """

    def counted(
        flowing: Traffic, kept: Kept, over: float, whole: Callable[[], bool] = lambda: True
    ) -> None:
        counts = flowing.counts(over, kept, whole, bound)
        record_property(PROPERTY, asdict(counts))
        assert (counts.wrong, counts.lost) == (0, 0)
        assert counts.answered == counts.fired
        assert counts.thanked
        assert counts.recovered < WITHIN

    return counted


WITHIN = 15.0  # seconds; starting a process anew takes two or three, on a busy machine twice that
