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
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import houses
import orjson
from looks import Look, growth, look, summary

from cds.answer import answer
from cds.settings import Settings
from cds.shelf import load_knowledge
from cds.stories.read import find, read

STORIES = Path(__file__).parents[1] / "fixtures" / "fhir"
CLIENTS = 2
CALLS_A_LINE = 51
LOOKS = 40  # at the processes, over the whole run
UUID = re.compile(rb"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
# The link to the evidence is new each time, and left out where the database is in trouble.
LINK = rb'\{"label":"[^"]+","url":"[^"]+/evidence/[^"]+","type":"absolute"\}'
OWN = re.compile(rb',"links":\[' + LINK + rb"\]|," + LINK + rb"|" + UUID.pattern)
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


def stories(port: int) -> list[Story]:
    """All of them, with the answers of this process."""
    knowledge, settings = load_knowledge(), Settings(port=port)
    found = []
    for item in [read(path) for path in find(STORIES) if path.is_dir()]:
        call = item.call(datetime.now(UTC))
        reply = answer(call, knowledge, settings)
        instance = item.document["hookInstance"].encode()
        before, _, after = call.body.partition(instance)
        expected = reply.status, OWN.sub(b"", reply.body)
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
            if number % CALLS_A_LINE == 0:
                line.close()  # the next call opens another, at whichever web process
            story = self._stories[number % len(self._stories)]
            status, body = post(line, story.path, story.body())
            with self._turn:
                self.fired += 1
                self.wrong += (status, OWN.sub(b"", body)) != story.expected
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
