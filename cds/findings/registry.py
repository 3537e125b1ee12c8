"""The list of findings: each function announces itself and the value sets it reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cds.criteria.model import Finding

if TYPE_CHECKING:
    from cds.findings.chart import Chart

Reader = Callable[["Chart"], Finding]


@dataclass(frozen=True)
class Entry:
    """One finding: its function and the value sets that function reads.

    What is `last` speaks about what the others have looked at, so they go before it.
    """

    read: Reader
    reads: tuple[str, ...]
    last: bool = False


FINDINGS: dict[str, Entry] = {}


def finding(*reads: str, last: bool = False) -> Callable[[Reader], Reader]:
    """Announce a function as a finding of its own name, reading these value sets."""

    def announce(read: Reader) -> Reader:
        FINDINGS[read.__name__] = Entry(read, reads, last)
        return read

    return announce
