"""Looks at the processes of a service: what each holds, and whether it has grown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

WARM = 0.25  # of the run, until caches are full and pools have their threads
MOST_GROWTH = 0.1  # of a process's memory, from then to the end
MOST_MORE = 4  # descriptors and threads
FIELDS = ("VmRSS", "Threads")


@dataclass(frozen=True)
class Look:
    """Resident megabytes, descriptors and threads of each process, by its role and id."""

    hooks: int
    processes: dict[tuple[str, int], tuple[float, int, int]]


def look(parent: int, hooks: int) -> Look:
    """At every process of the service, the supervisor too."""
    seen = {}
    for pid in family(parent):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
        roles = ("valkey-server", "gunicorn", "workers")
        role = next((one for one in roles if any(one in word for word in words)), "supervisor")
        status = Path(f"/proc/{pid}/status").read_text()
        rss, threads = (int(re.findall(rf"{name}:\s+(\d+)", status)[0]) for name in FIELDS)
        seen[role, pid] = (rss / 1024, len([*Path(f"/proc/{pid}/fd").iterdir()]), threads)
    return Look(hooks, seen)


def family(pid: int) -> Iterator[int]:
    """A process, its children and theirs."""
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError):  # a thread that ended just now
            for child in (task / "children").read_text().split():
                yield from family(int(child))


def summary(seen: Look) -> str:
    """One line for all processes of a look."""
    rss, fds, threads = (sum(column) for column in zip(*seen.processes.values(), strict=True))
    each = " ".join(f"{role} {one[0]:.0f}" for (role, _), one in sorted(seen.processes.items()))
    return f"{rss:6.0f} MB  {fds:4} descriptors  {threads:4} threads  ({each})"


def growth(looks: list[Look]) -> list[str]:
    """What is not flat: a process that came or went, or grew after it was warm."""
    warm = [one for one in looks if one.hooks >= looks[-1].hooks * WARM]
    quarter = max(1, len(warm) // 4)
    early, late = warm[:quarter], warm[-quarter:]
    if {frozenset(one.processes) for one in looks[1:]} != {frozenset(looks[-1].processes)}:
        return ["processes were replaced"]
    faults = []
    for process in looks[-1].processes:
        first, last = (
            [
                median(column)
                for column in zip(*(one.processes[process] for one in part), strict=True)
            ]
            for part in (early, late)
        )
        if last[0] > first[0] * (1 + MOST_GROWTH):
            faults.append(f"{process}: from {first[0]:.0f} to {last[0]:.0f} MB")
        if last[1] > first[1] + MOST_MORE or last[2] > first[2] + MOST_MORE:
            faults.append(f"{process}: from {first[1:]} to {last[1:]} descriptors and threads")
    return faults


def typical(process: tuple[str, int], looks: list[Look]) -> list[float]:
    """Megabytes, descriptors and threads of a process, as most of these looks found them."""
    columns = zip(*(one.processes[process] for one in looks), strict=True)
    return [median(column) for column in columns]
