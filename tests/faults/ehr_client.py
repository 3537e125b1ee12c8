"""A client that fires hooks, as an EHR would: it keeps its line and sends again what was cut."""

import http.client
import itertools
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import orjson
from stories import Hook

GIVE_UP = 20.0  # seconds after which a client stops sending a hook again
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Answer:
    """One hook from its first sending to its answer, in seconds of time.monotonic()."""

    hook: Hook
    began: float
    ended: float
    status: int
    body: bytes
    who: str
    sendings: int

    @property
    def seconds(self) -> float:
        return self.ended - self.began

    @property
    def right(self) -> bool:
        return self.hook.is_right(self.status, self.body)


class Client:
    """An EHR: keeps its connection, and sends again what was cut or refused, to the next server."""

    def __init__(self, ports: tuple[int, ...]) -> None:
        self._ports = itertools.cycle(ports)
        self._connect()

    def _connect(self) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", next(self._ports), timeout=GIVE_UP)

    def post(self, path: str, body: bytes) -> tuple[int, bytes, str, int]:
        """Status, body, who answered, and how often it was sent."""
        until, sendings = time.monotonic() + GIVE_UP, 0
        while True:
            sendings += 1
            try:
                self._line.request("POST", path, body, JSON)
                response = self._line.getresponse()
                who = response.headers.get("Server-Timing", '""').split('"')[1]
                return response.status, response.read(), who, sendings
            except (OSError, http.client.HTTPException):
                self._line.close()
                self._connect()
                if time.monotonic() > until:
                    return 0, b"", "", sendings
                time.sleep(0.02)

    def close(self) -> None:
        self._line.close()

    def ask(self, fired: Hook) -> Answer:
        began = time.monotonic()
        status, body, who, sendings = self.post(fired.path, fired.body)
        return Answer(fired, began, time.monotonic(), status, body, who, sendings)

    def tell(self, path: str, card: str) -> bool:
        """Whether feedback on a card was thanked for."""
        entry = {
            "card": card,
            "outcome": "accepted",
            "acceptedSuggestions": [{"id": str(uuid4())}],
            "outcomeTimestamp": datetime.now(UTC).isoformat(),
        }
        return self.post(f"{path}/feedback", orjson.dumps({"feedback": [entry]}))[0] == 200
