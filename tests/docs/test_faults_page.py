"""The page about faults has a row for each fault test, and for no other."""

import re
from pathlib import Path

from fault_table import kept

TESTS = Path(__file__).parents[1] / "faults"


def test_every_fault_that_is_tested_has_its_row():
    source = "".join(path.read_text() for path in TESTS.glob("test_*.py"))
    tests = re.findall(r"^def test_(\w+)", source, re.MULTILINE)
    named = {name.replace("_", " ") for name in tests}
    assert {re.sub(r" \(.*\)$", "", name) for name in kept()} == named
