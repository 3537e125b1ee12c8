"""The charts that get mutated: the stories, with a word in them that must never leave the card."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import orjson

Json = dict[str, Any]
Place = tuple[str | int, ...]

STORIES = Path(__file__).parents[1] / "fixtures" / "fhir"
PATHS = sorted(STORIES.glob("*/request.json"))
HOOKS = [
    *("patient-view", "order-sign", "patient-view", "encounter-discharge"),
    *("patient-view", "order-select", "patient-view", "appointment-book"),
    *("patient-view", "problem-list-item-create", "encounter-start"),
]
PROGRAM = {"system": "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "code": "S9480"}
CANARY = "Zuzanna-Canary"
DIV = f'<div xmlns="http://www.w3.org/1999/xhtml">{CANARY}</div>'
NOTED = ("Observation", "Condition", "Procedure", "ServiceRequest", "MedicationRequest")


@dataclass(frozen=True, eq=False)
class Chart:
    """One request to mutate: its document and every place in it, shallow ones first."""

    name: str
    document: Json = field(repr=False)
    text: bytes = field(repr=False)
    places: tuple[Place, ...] = field(repr=False)

    def __repr__(self) -> str:
        return self.name

    def copy(self) -> Json:
        """The document, to be changed."""
        found: Json = orjson.loads(self.text)
        return found

    @property
    def service(self) -> str:
        return f"level-of-care-{self.document['hook']}"

    def resource_at(self, place: Place) -> str:
        """The resource a place lies in, as `Type/id`; empty above all resources."""
        value: Any = self.document
        for key in place:
            value = value[key]
            if isinstance(value, dict) and "id" in value and "resourceType" in value:
                return f"{value['resourceType']}/{value['id']}"
        return ""


@cache
def charts() -> tuple[Chart, ...]:
    """Every story that came with the service; each second one is fired at another hook."""
    documents = [json.loads(path.read_bytes()) for path in PATHS]
    return tuple(
        chart(path.parent.name, as_hook(document, HOOKS[number % len(HOOKS)]))
        for number, (path, document) in enumerate(zip(PATHS, documents, strict=True))
    )


def chart(name: str, document: Json) -> Chart:
    ready = planted(document)
    return Chart(name, ready, json.dumps(ready).encode(), tuple(sorted(places(ready), key=len)))


def as_hook(document: Json, hook: str) -> Json:
    """The same call at another moment, with what its hook brings."""
    subject = {"reference": f"Patient/{document['context']['patientId']}"}
    about = {"id": "in-hand", "subject": subject, "code": {"coding": [PROGRAM]}}
    order = {"resourceType": "ServiceRequest", "status": "draft", "intent": "order", **about}
    booking = {"resourceType": "Appointment", "id": "in-hand", "status": "proposed"}
    problem = {"resourceType": "Condition", **about}
    brought = {
        "order-select": {"selections": ["ServiceRequest/in-hand"], "draftOrders": bundle(order)},
        "order-sign": {"draftOrders": bundle(order)},
        "appointment-book": {"appointments": bundle(booking)},
        "problem-list-item-create": {"conditions": bundle(problem)},
    }
    context = document["context"] | brought.get(hook, {})
    return document | {"hook": hook, "context": context}


def bundle(resource: Json) -> Json:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource}]}


def places(value: Any) -> Iterator[Place]:
    """Where anything stands in JSON."""
    pairs = enumerate(value) if isinstance(value, list) else ()
    for key, member in value.items() if isinstance(value, dict) else pairs:
        yield (key,)
        yield from ((key, *rest) for rest in places(member))


def planted(document: Json) -> Json:
    """A copy with the canary wherever a chart has words of its own."""
    return {**document, "prefetch": _planted(deepcopy(document.get("prefetch", {})))}


def _planted(value: Any) -> Any:
    if isinstance(value, list):
        return [_planted(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: _planted(member) for name, member in value.items()} | _words(value)


def _words(value: Json) -> Json:
    """Members that hold words, for one JSON object of a chart."""
    kind = value.get("resourceType")
    words: Json = {}
    if "coding" in value:
        shown = [coding | {"display": CANARY} for coding in value["coding"]]
        words = {"coding": shown, "text": CANARY}
    if kind and kind != "Bundle":
        words["text"] = {"status": "generated", "div": DIV}
    if kind == "Patient":
        words["name"] = [{"family": CANARY, "given": [CANARY]}]
        words["address"] = [{"text": CANARY, "line": [CANARY]}]
    if kind in NOTED:
        words["note"] = [{"text": CANARY}]
    return words
