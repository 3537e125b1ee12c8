"""The web server on one machine, workers on two others, and machines that are cut off."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from machine import Traffic, lost, machines, traffic
from networks import STORE, Loopback, Namespaces, Network, namespaces_allowed
from real_servers import server

WEB, WORKER, OTHER_WORKER = 2, 3, 4
PASSWORD = "only-this-test-knows-it"  # noqa: S105
NOT_ALLOWED = pytest.mark.skipif(not namespaces_allowed(), reason="needs root for namespaces")
NETWORKS = [Loopback, pytest.param(Namespaces, marks=NOT_ALLOWED)]
LATEST = 450 + 150  # milliseconds: the budget and what the caller sees on top of it
CROWDED = 1000  # what a test machine that others use may take on top


@dataclass
class Scene:
    lan: Network
    calls: Traffic


@contextmanager
def scene(kind: Callable[[ExitStack], Network], folder: Path) -> Iterator[Scene]:
    """Valkey, two machines with a worker each, a web server without any, and an EHR that calls."""
    with ExitStack() as stack:
        lan = kind(stack)

        def inside(number: int) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
            return partial(lan.inside, number)

        def common(number: int) -> dict[str, str]:
            host, port = lan.way_to_store(number)
            url = f"redis://:{PASSWORD}@{host}:{port}/0"
            return {"CDS_REDIS_URL": url, "CDS_ALLOW_AS_OF": "true"}

        host, port = lan.store_address()
        options = {"bind": host, "requirepass": PASSWORD}
        stack.enter_context(server(port, options, inside(STORE)))
        make = stack.enter_context(machines(folder))
        for number in (WORKER, OTHER_WORKER):
            make(f"m{number}", "worker", inside(number), **common(number), CDS_WORKERS="1")
        host, port = lan.web_place(WEB)
        place = {"CDS_HOST": host, "CDS_PORT": str(port), "CDS_WORKERS": "0"}
        make("web", "serve", inside(WEB), **common(WEB), **place)
        (folder / "rotation").write_text(f"{host}:{port}")
        yield Scene(lan, stack.enter_context(traffic(folder / "rotation", inside(WEB))))


@pytest.mark.parametrize("kind", NETWORKS)
def test_no_hook_is_lost_when_machines_are_cut_off_and_come_back(tmp_path, kind, record_property):
    with scene(kind, tmp_path) as at:
        at.calls.answered_by("worker")
        at.lan.cut(WORKER)
        at.calls.goes_on(50)
        at.calls.answered_by("worker")  # the other one's
        at.lan.cut(OTHER_WORKER)
        at.calls.answered_by("web")
        at.lan.heal(WORKER)
        at.calls.answered_by("worker")
        at.lan.cut(WEB)
        at.calls.answered_by("web")
        at.lan.heal(WEB)
        at.lan.heal(OTHER_WORKER)
        at.calls.answered_by("worker")
        calls = at.calls.end()
    slowest = max(call["ms"] for call in calls)
    record_property(
        "summary",
        f"machines cut off ({kind.__name__}): {len(calls)} hooks, lost"
        f" {len(lost(calls))}, slowest {slowest} ms",
    )
    assert not lost(calls)
    assert slowest < LATEST + CROWDED
