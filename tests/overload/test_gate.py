"""The gate: so many at once, so many in line in their order, and the rest sent away at once."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from real_valkey import until

from cds.errors import TooManyCalls
from cds.hooks.gate import Gate, Room


@contextmanager
def in_line(gate: Gate, done: list[str], *names: str) -> Iterator[list[threading.Thread]]:
    """Threads that want a turn, each in line before the next one comes."""

    def take(name: str) -> None:
        try:
            with gate.turn():
                done.append(name)
        except TooManyCalls:
            done.append(f"{name} sent away")

    threads = []
    for place, name in enumerate(names, 1):
        threads.append(threading.Thread(target=take, args=(name,)))
        threads[-1].start()
        until(lambda place=place: gate.waiting >= place or done)
    yield threads
    for thread in threads:
        thread.join()


def test_who_comes_alone_does_not_wait():
    with Gate(Room(1, 0)).turn() as waited:
        assert waited < 1


def test_those_in_line_go_in_as_they_came():
    gate, done = Gate(Room(1, 3), patience=30), []
    with ExitStack() as inside:
        inside.enter_context(gate.turn())
        with in_line(gate, done, "first", "second", "third"):
            assert done == []
            inside.close()
    assert done == ["first", "second", "third"]


def test_who_finds_the_line_full_is_sent_away_at_once_and_told_when_to_come():
    gate, done = Gate(Room(1, 1), patience=30), []
    with ExitStack() as inside:
        inside.enter_context(gate.turn())
        with in_line(gate, done, "waits"):
            began = time.monotonic()
            with pytest.raises(TooManyCalls) as caught, gate.turn():
                pass
            assert caught.value.retry_after == 1
            assert time.monotonic() - began < 10
            inside.close()
    assert done == ["waits"]


def test_who_waits_too_long_is_sent_away_and_leaves_no_gap():
    gate, done = Gate(Room(1, 2), patience=0.05), []
    with gate.turn(), in_line(gate, done, "tired"):
        until(lambda: done == ["tired sent away"])
    with gate.turn():
        assert gate.waiting == 0


def test_a_turn_ends_with_an_error_too():
    gate = Gate(Room(1, 0))
    for _ in range(3):
        with pytest.raises(KeyError), gate.turn():
            raise KeyError
    with gate.turn(), pytest.raises(TooManyCalls), gate.turn():
        pass
