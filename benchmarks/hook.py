"""`make bench`: how long a hook call takes, beside the floors it stands on, in one run.

Each case gets short turns, one after the other, round after round, so that a slow moment of the
machine falls on all of them. Read the ratios; milliseconds belong to the machine. It takes about a
minute. Aims: a hook of 2 kB at one caller within 8 times the echo; findings and criteria of a chart
of 100 resources within 5 ms; a chart of 5,000 resources within 150 ms of worker time; a worker
within 150 MB.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import quantiles

import charts
import houses
from callers import SERVICE, Once, Ping, Post, Worker, parsing

ROUNDS = 3
TURN = 0.4  # seconds a case has in a round
CALLERS = (1, 8)
SMALLEST, TYPICAL, LARGEST = "2 kB", "100 resources", "5,000 resources"
ASSESS = "findings and criteria"
WORKER = "worker: unseal, answer, seal"
PATH = f"/cds-services/{SERVICE}"
HEAD = f"{'':30} {'calls':>6} {'p50':>8} {'p95':>8} {'p99':>8} {'/ echo':>7} {'/ ping':>7}"


@dataclass
class Case:
    """One thing that is measured: how to make a caller, how many of them, and what they took."""

    name: str
    make: Callable[[], Once]
    callers: int
    took: list[float] = field(default_factory=list)

    def turn(self) -> None:
        """Call until the turn is over, all callers at once."""
        with ThreadPoolExecutor(self.callers) as pool:
            waiting = [pool.submit(self._call) for _ in range(self.callers)]
        for one in waiting:
            one.result()  # raises here what went wrong in a thread

    def _call(self) -> None:
        """One caller's turn, begun by a call that is not measured."""
        once = self.make()
        once()
        end = time.perf_counter() + TURN
        while True:
            started = time.perf_counter()
            once()
            now = time.perf_counter()
            self.took.append((now - started) * 1000)
            if now > end:
                return

    def percentiles(self) -> tuple[float, float, float]:
        """p50, p95 and p99 in milliseconds."""
        cuts = quantiles(self.took * 2 if len(self.took) == 1 else self.took, n=100)
        return cuts[49], min(cuts[94], max(self.took)), min(cuts[98], max(self.took))


def main() -> None:
    """Start the servers, measure, print."""
    bodies = {
        SMALLEST: charts.of_size(2_000),
        TYPICAL: charts.of_resources(100),
        "100 kB": charts.of_size(100_000),
        "1 MB": charts.of_size(1_000_000),
        LARGEST: charts.of_resources(5_000),
    }
    worker = Worker()
    met: list[str] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        echo = stack.enter_context(houses.echo())
        pong = stack.enter_context(houses.pong())
        port, served = stack.enter_context(houses.hook(folder))
        print(f"milliseconds\n{HEAD}")
        for title, body in bodies.items():
            in_process = [
                Case("orjson.loads", partial(parsing, body), 1),
                Case(ASSESS, partial(worker.assessing, body), 1),
                Case("answer, in process", partial(worker.answering, body), 1),
                Case(WORKER, partial(worker.working, body), 1),
            ]
            for callers in CALLERS:
                seen: Counter[str] = Counter()
                cases = [
                    Case("Flask echo", partial(Post, echo, "/echo", body), callers),
                    Case("Valkey ping-pong", partial(Ping, pong, body), callers),
                    Case("hook", partial(Post, port, PATH, body, seen), callers),
                    *(in_process if callers == 1 else []),
                ]
                measure(cases)
                print(f"{title} ({len(body):,} bytes), {callers} at a time")
                print(*rows(cases, seen), sep="\n")
                met += aims(title, cases)
        sizes = houses.workers_rss(served)
        print(*met, f"a worker's memory: {max(sizes, default=0):.0f} MB (aim: 150)", sep="\n")


def aims(title: str, cases: list[Case]) -> list[str]:
    """What was aimed at for a size, beside what was measured."""
    median = {case.name: case.percentiles()[0] for case in cases}
    if title == SMALLEST and cases[0].callers == 1:
        ratio = median["hook"] / median["Flask echo"]
        return [f"{title}, one at a time: {ratio:.1f} times the echo (aim: 8)"]
    if title == TYPICAL and cases[0].callers == 1:
        return [f"{title}: {median[ASSESS]:.1f} ms of {ASSESS} (aim: 5)"]
    if title == LARGEST and cases[0].callers == 1:
        return [f"{title}: {median[WORKER]:.0f} ms of worker time (aim: 150)"]
    return []


def measure(cases: list[Case]) -> None:
    """Rounds of turns, each round begun by another case."""
    for number in range(ROUNDS):
        for case in cases[number % len(cases) :] + cases[: number % len(cases)]:
            case.turn()


def rows(cases: list[Case], seen: Counter[str]) -> list[str]:
    """The table of one size, with the ratios of the medians to the floors."""
    echo, ping = (case.percentiles()[0] for case in cases[:2])
    lines = []
    for case in cases:
        p50, p95, p99 = case.percentiles()
        who = " ".join(f"{count} by {name}" for name, count in seen.items())
        lines.append(
            f"  {case.name:28} {len(case.took):6} {p50:8.2f} {p95:8.2f} {p99:8.2f}"
            f" {p50 / echo:7.1f} {p50 / ping:7.1f} {who if case.name == 'hook' else ''}".rstrip()
        )
    return lines


if __name__ == "__main__":
    main()
