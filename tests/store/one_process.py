"""A process of its own with a journal: `one_process.py N` records N answers and tells of one.

With `full` instead of N the disk is full once the tables are there: it prints what came of it.
"""

import resource
import sys

from store_calls import KINDS, answer, keep, now, shelf, tell, told

from cds.errors import StoreUnavailable
from cds.settings import Settings
from cds.store.journal import Journal


def busy(journal: Journal, count: int) -> None:
    for number in range(count):
        keep(journal, answer("moderate", card=f"card {number}"))
        tell(journal, told(card=f"card {number}"), told(card="the same"))


def full(journal: Journal) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    given = answer("moderate")
    sys.stdout.write(f"{keep(journal, given) is given}\n")
    try:
        tell(journal, told())
    except StoreUnavailable:
        sys.stdout.write(f"unavailable {journal.failures}\n")


if __name__ == "__main__":
    opened = Journal(Settings(quiet_days=0), now, shelf(KINDS))
    opened.prepare()
    full(opened) if sys.argv[1] == "full" else busy(opened, int(sys.argv[1]))
    opened.close()
