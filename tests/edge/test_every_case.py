"""Every edge case has a test that carries its number."""

import re
from pathlib import Path

CASES = range(1, 91)


def test_every_edge_case_from_1_to_90_has_a_test() -> None:
    names = [
        name
        for file in Path(__file__).parent.glob("test_e[0-9]*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    numbers = {int(number) for name in names for number in re.findall(r"_e(\d\d)(?=_)", name)}
    assert numbers == set(CASES)
