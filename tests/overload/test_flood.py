"""More callers than there is room for, with real processes: slower, then 429, then whole again."""

import http.client
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from house import CHECKOUT, House, house

from cds.hooks.gate import HOOKS
from cds.serve.recipes import WEB_PROCESSES

pytestmark = pytest.mark.skipif(not Path("/proc").exists(), reason="reads processes from /proc")

PATH = "/cds-services/level-of-care-patient-view"
STORY = CHECKOUT / "fixtures" / "fhir" / "nadia-two-bad-weeks" / "request.json"
BODY = STORY.read_bytes()
ROOM = HOOKS.all * WEB_PROCESSES
SECONDS = 6.0
MEGABYTES = 200  # by which all processes together may grow


@dataclass
class Flood:
    """What callers were told who call again as soon as they are answered."""

    home: House
    told: list[tuple[int, float, str | None]] = field(default_factory=list)

    def run(self, callers: int) -> None:
        end = time.monotonic() + SECONDS
        threads = [threading.Thread(target=self._call, args=(end,)) for _ in range(callers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _call(self, end: float) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", self.home.port, timeout=60)) as line:
            self._go_on(line, end)

    def _go_on(self, line: http.client.HTTPConnection, end: float) -> None:
        while time.monotonic() < end:
            began = time.monotonic()
            line.request("POST", PATH, BODY, {"Content-Type": "application/json"})
            response = line.getresponse()
            response.read()
            took = time.monotonic() - began
            self.told.append((response.status, took, response.headers["Retry-After"]))
            if response.status == 429:
                time.sleep(0.1)

    @property
    def statuses(self) -> Counter[int]:
        return Counter(status for status, _, _ in self.told)


def memory(home: House) -> int:
    """Resident megabytes of the service."""
    pages = [Path(f"/proc/{pid}/statm").read_text().split()[1] for pid in home.family()]
    return sum(map(int, pages)) * 4096 // 2**20


def slowest_health(home: House, seconds: float) -> float:
    slowest, end = 0.0, time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        assert home.get("/health/live") == home.get("/cds-services") == 200
        slowest = max(slowest, time.monotonic() - began)
        time.sleep(0.1)
    return slowest


def test_within_the_room_every_call_is_answered(tmp_path, record_property):
    with house(tmp_path) as home:
        home.wait_until_open()
        flood = Flood(home)
        flood.run(16)
    assert set(flood.statuses) == {200}
    record_property("summary", f"16 callers: {flood.statuses[200]} answered, none refused")


def test_past_the_room_calls_are_refused_with_429_and_the_service_stays_well(
    tmp_path, record_property
):
    with house(tmp_path) as home:
        home.wait_until_open()
        Flood(home).run(8)
        before = memory(home)
        flood = Flood(home)
        thread = threading.Thread(target=flood.run, args=(2 * ROOM,))
        thread.start()
        health = slowest_health(home, SECONDS)
        thread.join()
        grown = memory(home) - before
        assert set(flood.statuses) == {200, 429}
        assert {after for status, _, after in flood.told if status == 429} == {"1"}
        slowest = max(took for _, took, _ in flood.told)
        assert slowest < 15
        assert health < 5
        assert grown < MEGABYTES
        # Whole again: nobody is refused and nothing waits.
        after = Flood(home)
        after.run(4)
        assert set(after.statuses) == {200}
    record_property(
        "summary",
        f"{2 * ROOM} callers: {flood.statuses[200]} answered, {flood.statuses[429]} refused, "
        f"slowest {slowest:.1f} s, health {health * 1000:.0f} ms, {grown:+d} MB",
    )
