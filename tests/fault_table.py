"""The table of faults: what each test of tests/faults counted, and where it is kept."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs" / "faults.md"
PROPERTY = "fault"
BEGIN, END = "<!-- table -->\n", "<!-- end of table -->\n"
HEADS = {
    "fired": "hooks fired",
    "answered": "answered",
    "again": "sent again",
    "thanked": "feedback",
    "wrong": "wrong",
    "lost": "lost",
    "slowest": "slowest, ms",
    "recovered": "seconds to recover",
}


@dataclass(frozen=True)
class Counts:
    """What became of the hooks fired before, during and after one fault."""

    fired: int
    answered: int  # with 200 in time: `make faults` grants the budget plus 150 ms
    again: int  # answered only after the client had sent them again, because its call was cut
    thanked: int  # feedback that was answered with 200
    wrong: int  # answered, but otherwise than without the fault
    lost: int  # decisions that went out and feedback that was thanked for, and are not there
    slowest: int
    recovered: float


def name_of(test: str) -> str:
    """`test_faults_x.py::test_a_worker_killed[sqlite]` as `a worker killed (sqlite)`."""
    name = test.partition("::")[2].removeprefix("test_").replace("_", " ")
    return re.sub(r"\[(.*)\]$", r" (\1)", name)


def rows_of(reports: Iterable[Any]) -> list[str]:
    """A line of Markdown for each test that counted, in the order of their names."""
    found = {}
    for report in reports:
        for name, value in report.user_properties:
            if name == PROPERTY and report.when == "call":
                found[report.nodeid] = value
    return [row(name_of(test), Counts(**found[test])) for test in sorted(found)]


def row(name: str, counts: Counts) -> str:
    cells = [str(getattr(counts, one.name)) for one in fields(counts)]
    return f"| {name} | {' | '.join(cells)} |"


def head() -> list[str]:
    return [f"| fault | {' | '.join(HEADS.values())} |", "|---|" + "--:|" * len(HEADS)]


def keep(rows: list[str]) -> None:
    """Put the table into the page."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(before + BEGIN + "\n".join([*head(), *rows]) + "\n" + END + after)


def kept() -> list[str]:
    """The faults that the page has a row for."""
    table = PAGE.read_text().partition(BEGIN)[2].partition(END)[0]
    return [line.split(" | ")[0].removeprefix("| ") for line in table.splitlines()[2:]]
