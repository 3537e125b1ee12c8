"""Traffic: clients that fire hooks and tell what became of cards, and note each answer."""

import math
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import orjson
from ehr_client import GIVE_UP, Answer, Client
from fault_table import Counts
from kept_records import Kept
from stories import Hook, hook

CLIENTS = 4
RATE = 15.0  # hooks a second, all clients together
CALM = 8  # answers in a row by workers, after which a service counts as whole
LONGEST = 20.0  # seconds to recover in


class Traffic:
    """Fires hooks at an even rate until it is stopped, and one feedback for some of them."""

    def __init__(self, ports: tuple[int, ...], make: Callable[[int], Hook], rate: float) -> None:
        self.answers: list[Answer] = []
        self.thanked: set[str] = set()
        self._ports, self._make, self._pause = ports, make, CLIENTS / rate
        self._over = threading.Event()
        self._cards: queue.SimpleQueue[tuple[str, str] | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._fire, args=(number,)) for number in range(CLIENTS)
        ]
        self._teller = threading.Thread(target=self._tell)

    def start(self) -> None:
        for thread in (*self._threads, self._teller):
            thread.start()

    def stop(self) -> None:
        """No more hooks; those under way are waited for."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._cards.put(None)
        self._teller.join()

    def wait_for(self, count: int) -> None:
        """Until so many more answers are in."""
        goal = len(self.answers) + count
        until(lambda: len(self.answers) >= goal, GIVE_UP)

    def also(self, other: "Traffic") -> None:
        """Count what another fired as well."""
        self.answers += other.answers
        self.thanked |= other.thanked

    def whole_since(self, moment: float) -> float | None:
        """When the first of CALM right answers in a row came that workers gave after `moment`."""
        after = sorted((one for one in self.answers if one.began >= moment), key=ended)
        row: list[float] = []
        for one in after:
            fine = one.who == "worker" and one.right
            row = [*row, one.ended] if fine else []
            if len(row) == CALM:
                return row[0]
        return None

    def counts(self, over: float, kept: Kept, whole: Callable[[], bool], bound: float) -> Counts:
        """Wait until all is well again after a fault that was `over` then; stop, and count.

        In time is an answer within `bound` seconds.
        All is well when `whole` says so, workers answer, and what was answered before the end of
        the fault is in the database.
        """
        until(whole, LONGEST)
        until(lambda: not self.lost(kept, over), LONGEST, fails=False)
        moments = [time.monotonic()]
        until(lambda: self.whole_since(over), LONGEST)
        moments.append(self.whole_since(over) or over)
        self.stop()
        until(lambda: not self.lost(kept), LONGEST, fails=False)
        return Counts(
            fired=len(self.answers),
            answered=sum(bool(one.status) and one.seconds <= bound for one in self.answers),
            again=sum(one.sendings > 1 for one in self.answers),
            thanked=len(self.thanked),
            wrong=sum(not one.right for one in self.answers),
            lost=self.lost(kept),
            slowest=round(max(one.seconds for one in self.answers) * 1000),
            recovered=round(max(moments) - over, 1),
        )

    def lost(self, kept: Kept, before: float = math.inf) -> int:
        """Decisions that went out `before` some moment and are not there, and feedback."""
        out = {one.hook.instance for one in self.answers if one.status and one.ended < before}
        return len(out - kept.instances()) + len(self.thanked - kept.told())

    def _fire(self, number: int) -> None:
        with closing(Client(self._ports)) as client:
            self._fire_with(client, number)

    def _fire_with(self, client: Client, number: int) -> None:
        turn = time.monotonic() + number * self._pause / CLIENTS
        while not self._over.wait(max(0.0, turn - time.monotonic())):
            answer = client.ask(self._make(number))
            self.answers.append(answer)
            number += CLIENTS
            turn = max(turn + self._pause, time.monotonic() - self._pause)
            if answer.right and number % 3 == 0 and (card := card_of(answer)):
                self._cards.put((answer.hook.path, card))

    def _tell(self) -> None:
        with closing(Client(self._ports)) as client:
            while (told := self._cards.get()) is not None:
                if client.tell(*told):
                    self.thanked.add(told[1])


def card_of(answer: Answer) -> str | None:
    cards = orjson.loads(answer.body).get("cards")
    return cards[0]["uuid"] if cards else None


def ended(answer: Answer) -> float:
    return answer.ended


@contextmanager
def traffic(
    *ports: int, make: Callable[[int], Hook] = hook, rate: float = RATE
) -> Iterator[Traffic]:
    """Traffic that flows already, and is stopped whatever happens."""
    for number in range(CLIENTS * 6):
        make(number)  # what is expected is worked out before the clock runs
    flowing = Traffic(ports, make, rate)
    flowing.start()
    try:
        flowing.wait_for(CALM)
        yield flowing
    finally:
        flowing.stop()


def until(claim: Callable[[], object], patience: float, *, fails: bool = True) -> None:
    """Wait until the claim holds."""
    deadline = time.monotonic() + patience
    while not claim():
        if time.monotonic() > deadline:
            assert not fails, "it never came true"
            return
        time.sleep(0.05)
