"""An EHR for tests: `python caller.py LIST` calls the service until its input ends.

LIST is a file of `host:port` lines, the replicas that a load balancer has in rotation; it is read
before each call. Every call, with the feedback on its card, becomes one line of JSON.
"""

import http.client
import itertools
import json
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

PATH = "/cds-services/level-of-care-patient-view"
STORY = Path(__file__).parents[2] / "fixtures" / "fhir" / "nadia-two-bad-weeks" / "request.json"
CALLERS = 3
PAUSE = 0.05
PATIENCE = 30.0  # far above any budget: a call that takes so long is lost


def post(place: str, path: str, document: object) -> tuple[int, str, bytes]:
    host, _, port = place.rpartition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=PATIENCE)
    try:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", path, json.dumps(document), headers)
        response = connection.getresponse()
        return response.status, response.headers.get("Server-Timing", ""), response.read()
    finally:
        connection.close()


def call(place: str, request: dict[str, Any]) -> dict[str, object]:
    """Status, level and who answered; status 0 for a call that was lost."""
    began = time.monotonic()
    try:
        status, timing, body = post(place, PATH, request | {"hookInstance": str(uuid4())})
        answer = json.loads(body)
        (card,) = answer["cards"]
        level = answer["extension"]["example.careladder.assessment"]["level"]
        who = "worker" if '"worker"' in timing else "web"
        told = {
            "status": status,
            "level": level,
            "who": who,
            "card": card["uuid"],
            "suggestion": card["suggestions"][0]["uuid"],
        }
    except (OSError, http.client.HTTPException, KeyError, ValueError) as error:
        told = {"status": 0, "error": type(error).__name__}
    return {"place": place, "ms": round((time.monotonic() - began) * 1000)} | told


def accept(place: str, told: dict[str, object]) -> int:
    """Tell the service that the suggestion of its card was accepted; the status of the answer."""
    entry = {
        "card": told["card"],
        "outcome": "accepted",
        "acceptedSuggestions": [{"id": told["suggestion"]}],
        "outcomeTimestamp": datetime.now(UTC).isoformat(),
    }
    try:
        return post(place, f"{PATH}/feedback", {"feedback": [entry]})[0]
    except (OSError, http.client.HTTPException):
        return 0


def keep_calling(rotation: Path, turns: "itertools.count[int]", over: threading.Event) -> None:
    request = json.loads(STORY.read_text())
    while not over.wait(PAUSE):
        places = rotation.read_text().split()
        place = places[next(turns) % len(places)]
        told = call(place, request)
        if "card" in told:
            told["feedback"] = accept(place, told)
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


def main() -> None:
    rotation, turns, over = Path(sys.argv[1]), itertools.count(), threading.Event()
    callers = [
        threading.Thread(target=keep_calling, args=(rotation, turns, over)) for _ in range(CALLERS)
    ]
    for caller in callers:
        caller.start()
    sys.stdin.read()
    over.set()
    for caller in callers:
        caller.join()


if __name__ == "__main__":
    main()
