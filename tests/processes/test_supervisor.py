"""When the supervisor gives up, and when it does not."""

import os
import sys
import time
from types import SimpleNamespace

import pytest

from cds.serve import processes
from cds.serve.processes import Family, GaveUp, Recipe

SIGNALS = SimpleNamespace(count=0)
BROKEN = Recipe("part", (sys.executable, "-c", "raise SystemExit(2)"), os.environ, patience=5.0)


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch):
    monkeypatch.setattr(processes, "LONGEST_PAUSE", 0.0)


def tend(family, capfd):
    """What the terminal says until a part has failed as often as one may that never worked."""
    said, deadline = "", time.monotonic() + 60
    while "times in a row" not in said:
        assert time.monotonic() < deadline
        family.tend()
        said += capfd.readouterr().err
    return said


def test_a_part_that_never_worked_ends_the_run(capfd):
    with Family(SIGNALS) as family:
        family.start([BROKEN])
        with pytest.raises(GaveUp, match="part does not start: it ended with status 2, 5 times"):
            tend(family, capfd)


def test_a_part_that_has_worked_is_tried_again_whatever_stops_it(capfd):
    with Family(SIGNALS) as family:
        family.start([BROKEN])
        family.settle()
        assert "still trying, quietly" in tend(family, capfd)
