"""What the pages cost: the evidence in the path of a hook call, and each page at the server.

    python benchmarks/pages.py

With and without take turns, call by call, in processor time of one thread. Aims: less than 2 ms of
a hook call, less than 50 ms and 100 kB a page.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

import cds.answer
import cds.assess
from cds.answer import Call, answer, warm
from cds.app import create_app, utc_now
from cds.evidence import Evidence
from cds.findings.course import NO_COURSE
from cds.settings import Settings
from cds.shelf import Knowledge, load_knowledge
from cds.store.evidence import Kept, new_token, write_evidence
from cds.store.journal import Journal
from cds.stories.read import stories

STORIES = Path(__file__).parents[1] / "fixtures" / "fhir"
ROUNDS = 7
JSON = {"Content-Type": "application/json"}
COURSE, KEPT = cds.assess.course_of, Evidence.to_bytes


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        knowledge = load_knowledge()
        warm(knowledge, settings)
        journal = Journal(settings, utc_now, knowledge)
        journal.prepare()
        client = create_app(settings, knowledge, journal=journal).test_client()
        calls = [item.call(datetime.now(UTC)) for item in stories(STORIES)]
        hook_path(calls, lambda call: answer(call, knowledge, settings))
        replies = [answer(call, knowledge, settings).evidence for call in calls]
        paths = [*store(journal, [one for one in replies if one])]
        pages("evidence", paths, client.get)
        pages("handouts", [f"/handouts/{code}" for code in knowledge.handouts], client.get)
        pages("try it", ["/"], client.get)
        pages("knowledge", [f"/knowledge/{path}" for path in shelf(knowledge)], client.get)
        pages("search", [f"/knowledge?q={word}" for word in ("phq", "S12", "F33.1")], client.get)
        for call in calls:
            client.post(f"/cds-services/{call.service}", data=call.body, headers=JSON)
        pages(f"report of {len(calls)} answers", ["/report", "/report?since="], client.get)
        journal.close()


def hook_path(calls: list[Call], ask: Callable[[Call], object]) -> None:
    """The best of some rounds of each call, with what evidence needs and without."""
    best = {True: [9e9] * len(calls), False: [9e9] * len(calls)}
    for _ in range(ROUNDS):
        for number, call in enumerate(calls):
            for wanted, times in best.items():
                cds.assess.course_of = COURSE if wanted else lambda _: NO_COURSE
                Evidence.to_bytes = KEPT if wanted else lambda _: b""  # type: ignore[method-assign]
                times[number] = min(times[number], timed(ask, call))
    cds.assess.course_of, Evidence.to_bytes = COURSE, KEPT  # type: ignore[method-assign]
    more = [a - b for a, b in zip(best[True], best[False], strict=True)]
    print(f"an answer {median(best[False]):.2f} ms; evidence adds {spread(more)}")


def shelf(knowledge: Knowledge) -> list[str]:
    """The pages of every entry, and the lists of them."""
    return [
        *(level.code for level in knowledge.rules.levels),
        *(f"criteria/{one.id}" for one in knowledge.rules.criteria),
        *(f"value-sets/{name}" for name in knowledge.terminology.value_sets),
        *(f"instruments/{name}" for name in knowledge.instruments),
        *("criteria", "findings", "instruments", "value-sets", "sources", "source-attributes"),
    ]


def store(journal: Journal, contents: list[bytes]) -> list[str]:
    """Keep what was made; where each can be read."""
    times, paths = [], []
    for content in contents:
        now = utc_now()
        kept = Kept(new_token(), content, now, now.replace(year=now.year + 1))
        with journal._database.write() as connection:  # noqa: SLF001
            times.append(timed(lambda one: write_evidence(connection, one), kept))
        paths.append(f"/evidence/{kept.token}")
    print(f"sealing and writing a row {spread(times)} (in the thread of the store)")
    return paths


def pages(name: str, paths: list[str], get: Callable[[str], object]) -> None:
    """Time and size of pages, each rendered twice."""
    sizes = [len(get(path).data) for path in paths]  # type: ignore[attr-defined]
    times = [timed(get, path) for path in paths]
    print(f"{name}: {spread(times)}, largest {max(sizes) / 1000:.0f} kB")


def timed(work: Callable[[object], object], given: object) -> float:
    """Milliseconds of this thread."""
    started = time.thread_time()
    work(given)
    return (time.thread_time() - started) * 1000


def spread(times: list[float]) -> str:
    """Median, 95th percentile and worst."""
    if len(times) < 2:  # noqa: PLR2004
        return f"{times[0]:.2f} ms"
    p95 = quantiles(times, n=20)[-1]
    return f"p50 {median(times):.2f} ms, p95 {p95:.2f}, worst {max(times):.2f}"


if __name__ == "__main__":
    main()
