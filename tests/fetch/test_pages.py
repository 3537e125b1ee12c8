"""Searches that come in pages: followed on the same server, within bounds, and kept if cut off."""

import pytest
from fake_fhir import Asked, Behaviour, FakeFhir, Told, page, told
from fetching import BRIEF, SECRET, completed, everything_but, observation, request_of

from cds.fhir.client import BYTES
from cds.fhir.delivery import read_value

HTML = Told(200, b"<html>Sign in</html>", {"Content-Type": "text/html"})


def _observations(server: FakeFhir, behaviour: Behaviour, **asked: float) -> dict[str, object]:
    server.behaviours["Observation"] = behaviour
    return completed(request_of(server.base, everything_but("observations")), **asked)


def _endless(server: FakeFhir, *, loop: bool = False) -> Behaviour:
    def turn(asked: Asked) -> Told:
        number = int(asked.form.get("page", ["1"])[0])
        following = f"{server.base}/Observation?page={1 if loop else number + 1}"
        return told(page(observation(number), following=following))

    return turn


def _numbers(done: dict[str, object]) -> list[str]:
    read = read_value(done["prefetch"]["observations"])
    return [resource["id"] for resource, _ in read.resources]


def test_pre_21_pages_are_followed_and_joined(server: FakeFhir) -> None:
    following = f"{server.base}?_getpages=abc"
    server.behaviours[""] = lambda _: told(page(observation(2), total=2))
    done = _observations(server, lambda _: told(page(observation(1), following=following, total=2)))
    assert _numbers(done) == ["obs-1", "obs-2"]
    assert not read_value(done["prefetch"]["observations"]).truncated
    assert all(asked.headers["Authorization"] == f"Bearer {SECRET}" for asked in server.calls)


@pytest.mark.parametrize("loop", [False, True])
def test_pre_21_pages_without_an_end_are_cut_off(server: FakeFhir, *, loop: bool) -> None:
    done = _observations(server, _endless(server, loop=loop))
    assert len(server.calls) == (2 if loop else 10)
    assert read_value(done["prefetch"]["observations"]).truncated


@pytest.mark.parametrize("second", [Told(500), HTML, Told(200, b" " * BYTES)])
def test_pre_21_a_page_that_fails_leaves_the_pages_before_it(
    server: FakeFhir, second: Told
) -> None:
    first = _endless(server)
    done = _observations(server, lambda asked: second if "page" in asked.form else first(asked))
    assert _numbers(done) == ["obs-1"]
    assert read_value(done["prefetch"]["observations"]).truncated


def test_pre_21_a_page_that_hangs_leaves_the_pages_before_it(server: FakeFhir) -> None:
    first = _endless(server)

    def turn(asked: Asked) -> Told:
        return server.hang(asked) if "page" in asked.form else first(asked)

    done = _observations(server, turn, seconds=BRIEF)
    assert _numbers(done) == ["obs-1"]
    assert read_value(done["prefetch"]["observations"]).truncated


def test_pre_21_a_next_page_on_another_server_is_not_read(
    server: FakeFhir, stranger: FakeFhir
) -> None:
    for link in (f"{stranger.base}/Observation?page=2", f"{server.origin}/other?page=2"):
        done = _observations(server, lambda _, to=link: told(page(observation(), following=to)))
        assert read_value(done["prefetch"]["observations"]).truncated
    assert server.kinds_asked() == ["Observation"] * 2
    assert stranger.calls == []


def test_pre_21_a_delivered_bundle_is_read_on_from_its_next_page(server: FakeFhir) -> None:
    server.behaviours["Observation"] = lambda _: told(page(observation(2)))
    begun = page(observation(1), following=f"{server.base}/Observation?page=2")
    done = completed(request_of(server.base, everything_but() | {"observations": begun}))
    assert [asked.query for asked in server.calls] == ["page=2"]
    assert _numbers(done) == ["obs-1", "obs-2"]


def test_pre_21_a_delivered_bundle_whose_next_page_fails_stays_as_it_was(
    server: FakeFhir, stranger: FakeFhir
) -> None:
    begun = page(observation(1), following=f"{stranger.base}/Observation?page=2")
    prefetch = everything_but() | {"observations": begun}
    assert completed(request_of(server.base, prefetch))["prefetch"] == prefetch
    assert stranger.calls == []
