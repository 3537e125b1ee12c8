"""`make soak`: 100,000 hooks, and whether memory and descriptors stay where they were.

Two clients call every story of fixtures/fhir in turn, each call with an instance of its own, and
tell what became of some cards. It takes some minutes; HOOKS=5000 makes it a short one. It ends
with status 1 when an answer was wrong or a process of the service has grown. Linux only: it reads
/proc.
"""

from __future__ import annotations

import http.client
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from uuid import uuid4

import houses
import orjson

from cds.answer import answer
from cds.replay.stories import find, read
from cds.settings import Settings
from cds.shelf import load_knowledge

STORIES = Path(__file__).parents[1] / "fixtures" / "fhir"
CLIENTS = 2
LOOKS = 40  # at the processes, over the whole run
WARM = 0.25  # of the run, until caches are full and pools have their threads
MOST_GROWTH = 0.1  # of a process's memory, from then to the end
MOST_MORE = 4  # descriptors and threads
UUID = re.compile(rb"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
FIELDS = ("VmRSS", "Threads")
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Story:
    """A call around the place of its instance, and its answer without uuids."""

    path: str
    before: bytes
    after: bytes
    expected: tuple[int, bytes]

    def body(self) -> bytes:
        """A call that has never been made."""
        return self.before + str(uuid4()).encode() + self.after


@dataclass(frozen=True)
class Look:
    """Resident megabytes, descriptors and threads of each process, by its role and id."""

    hooks: int
    processes: dict[tuple[str, int], tuple[float, int, int]]


def stories(port: int) -> list[Story]:
    """All of them, with the answers of this process."""
    knowledge, settings = load_knowledge(), Settings(port=port)
    found = []
    for item in [read(path) for path in find(STORIES) if path.is_dir()]:
        call = item.call(datetime.now(UTC))
        reply = answer(call, knowledge, settings)
        instance = item.document["hookInstance"].encode()
        before, _, after = call.body.partition(instance)
        expected = reply.status, UUID.sub(b"", reply.body)
        found.append(Story(f"/cds-services/{call.service}", before, after, expected))
    return found


class Soak:
    """Counts down the hooks that are still to be fired, and what was wrong with their answers."""

    def __init__(self, port: int, hooks: int) -> None:
        self._port, self._stories = port, stories(port)
        self._turns = iter(range(hooks))
        self._turn = threading.Lock()
        self.fired = self.wrong = self.told = 0

    def client(self) -> None:
        """Fire until no hook is left."""
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        for number in iter(self._next, None):
            story = self._stories[number % len(self._stories)]
            status, body = post(line, story.path, story.body())
            with self._turn:
                self.fired += 1
                self.wrong += (status, UUID.sub(b"", body)) != story.expected
            if number % 10 == 0 and status == http.HTTPStatus.OK:
                self._tell(line, story.path, orjson.loads(body)["cards"])
        line.close()

    def _next(self) -> int | None:
        with self._turn:
            return next(self._turns, None)

    def _tell(self, line: http.client.HTTPConnection, path: str, cards: list[object]) -> None:
        when = datetime.now(UTC).isoformat()
        told = [
            {
                "card": card["uuid"],
                "outcome": "accepted",
                "outcomeTimestamp": when,
                "acceptedSuggestions": [{"id": str(uuid4())}],
            }
            for card in cards
            if isinstance(card, dict)
        ]
        if told:
            status, _ = post(line, f"{path}/feedback", orjson.dumps({"feedback": told}))
            with self._turn:
                self.told += len(told)
                self.wrong += status != http.HTTPStatus.OK


def post(line: http.client.HTTPConnection, path: str, body: bytes) -> tuple[int, bytes]:
    """Status and body of the answer."""
    line.request("POST", path, body, JSON)
    response = line.getresponse()
    return response.status, response.read()


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


def watch(soak: Soak, parent: int, hooks: int) -> list[Look]:
    """Look at even distances until all is fired; print the way there."""
    looks: list[Look] = []
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(soak.client) for _ in range(CLIENTS)]
        while not all(client.done() for client in clients):
            if soak.fired >= hooks * len(looks) / LOOKS:
                looks.append(look(parent, soak.fired))
                print(f"{soak.fired:9,} hooks  {summary(looks[-1])}", flush=True)
            time.sleep(0.2)
    for client in clients:
        client.result()  # raises here what went wrong in a thread
    return [*looks, look(parent, soak.fired)]


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


def main(hooks: int) -> int:
    """Exit status: whether all was well."""
    with tempfile.TemporaryDirectory() as name, houses.hook(Path(name)) as (port, served):
        soak, began = Soak(port, hooks), time.monotonic()
        looks = watch(soak, served, hooks)
        faults = growth(looks)
        rate = soak.fired / (time.monotonic() - began)
    print(
        f"{soak.fired:,} hooks, {soak.told:,} told of, {rate:.0f} a second; wrong: {soak.wrong}",
        *(faults or ["memory, descriptors and threads are flat"]),
        sep="\n",
    )
    return int(bool(faults or soak.wrong))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
