"""What the prefetch brought: delivered, empty, missing, failed and truncated are told apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from cds.fhir.reading import Json, is_tables, tables, text_of

CLASSES = {
    "patient": ("Patient",),
    "conditions": ("Condition",),
    "observations": ("Observation",),
    "encounters": ("Encounter",),
    "procedures": ("Procedure",),
    "serviceRequests": ("ServiceRequest",),
    "questionnaireResponses": ("QuestionnaireResponse",),
    "medications": ("MedicationRequest", "MedicationStatement"),
}
REQUIRED = ("patient", "conditions", "observations")
# Not asked for by key, but read when they come along.
BESIDE = ("RelatedPerson", "CareTeam", "Appointment")
CLASS_OF = {kind: name for name, kinds in CLASSES.items() for kind in kinds} | {
    kind: kind for kind in BESIDE
}
_DEEPEST_WRAPPER = 4  # Bundles and wrappers inside each other that we still open


class State(Enum):
    """How a class of data arrived."""

    DELIVERED = "delivered"
    EMPTY = "empty"  # asked, and nothing there
    MISSING = "missing"  # the key was not sent
    FAILED = "failed"  # an OperationOutcome or an unreadable value came instead


@dataclass
class Delivery:
    """One prefetch key: what it held, whether a part failed, whether more was left behind."""

    resources: list[tuple[Json, str]] = field(default_factory=list)  # resource, fullUrl
    failed: bool = False
    truncated: bool = False
    sent: bool = True

    @property
    def state(self) -> State:
        """The state of the whole key; a part that failed beside resources makes it truncated."""
        if self.resources:
            return State.DELIVERED
        if not self.sent:
            return State.MISSING
        return State.FAILED if self.failed else State.EMPTY

    @property
    def partial(self) -> bool:
        """Whether more may be there than came: a page was cut off, or a part failed."""
        return self.truncated or (self.failed and bool(self.resources))


MISSING = Delivery(sent=False)


class Deliveries:
    """Everything a prefetch delivered, by key, and what that means for each class of data."""

    def __init__(self, prefetch: Mapping[str, Any]) -> None:
        self.by_key = {key: read_value(value) for key, value in prefetch.items()}
        self.resources = [pair for one in self.by_key.values() for pair in one.resources]
        kinds = {key: _kinds(one) for key, one in self.by_key.items()}
        self._held = {kind for found in kinds.values() for kind in found}
        self._partial = {
            kind
            for key, one in self.by_key.items()
            if one.partial
            for kind in (*kinds[key], *CLASSES.get(key, ()))
        }
        self._had = {name for name in CLASSES if self._is_there(name)}
        # A part that failed may be of any type of its key. A page cut short lacks old ones only,
        # and a key that failed whole is one that was not delivered.
        self.unread = {
            kind
            for key, one in self.by_key.items()
            if one.failed and one.resources
            for kind in (*kinds[key], *CLASSES.get(key, ()))
        }

    def _is_there(self, name: str) -> bool:
        """Whether its key says there is none, or any key holds some; foreign types say nothing."""
        own = self.by_key.get(name, MISSING).state
        return own is State.EMPTY or not self._held.isdisjoint(CLASSES[name])

    def holds(self, kind: str) -> bool:
        """Whether any key carries a resource of a type."""
        return kind in self._held

    def has(self, name: str) -> bool:
        """Whether a class was delivered (empty counts): by its own key or by its resources."""
        return name in self._had

    def is_partial(self, kind: str) -> bool:
        """Whether more of a type may be there than came, or than is read."""
        return kind in self._partial

    def hide(self, kind: str) -> None:
        """Say that a resource of a type came and is not read."""
        self._partial.add(kind)

    def remarks(self) -> Iterator[tuple[str, str]]:
        """Note code and key of everything that did not come whole."""
        for key, one in self.by_key.items():
            if one.partial:
                yield "truncated", key
            if one.state is State.FAILED or (key in CLASSES and not self.has(key)):
                yield "not-delivered", key
        for name in CLASSES:
            if name not in self.by_key and not self.has(name):
                yield "not-delivered", name


def _kinds(delivery: Delivery) -> set[str]:
    return {text_of(raw.get("resourceType")) for raw, _ in delivery.resources}


def read_value(value: object) -> Delivery:
    """One prefetch value: a Bundle, a resource, a `{response, resource}` wrapper, null or noise."""
    delivery = Delivery()
    if isinstance(value, dict) and value:
        _open(value, "", delivery, _DEEPEST_WRAPPER)
    elif value is not None:
        delivery.failed = True
    return delivery


def _open(value: Json, full_url: str, delivery: Delivery, depth: int) -> None:
    kind = text_of(value.get("resourceType"))
    if kind == "OperationOutcome":
        delivery.failed |= _is_failure(value)
    elif kind == "Bundle" and depth:
        _open_bundle(value, delivery, depth - 1)
    elif not kind and isinstance(value.get("resource"), dict) and depth:
        _open(value["resource"], text_of(value.get("fullUrl")), delivery, depth - 1)
    elif kind and kind != "Bundle":
        delivery.resources.append((value, full_url))
    else:
        delivery.failed |= not _found_nothing(value)


def _open_bundle(bundle: Json, delivery: Delivery, depth: int) -> None:
    matches = 0
    delivery.failed |= not is_tables(bundle.get("entry"))
    for entry in tables(bundle.get("entry")):
        _open({**entry, "resourceType": ""}, "", delivery, depth)
        mode = text_of(next(tables(entry.get("search")), {}).get("mode"))
        matches += mode in ("", "match")
    delivery.truncated |= _has_more(bundle, matches)


def _has_more(bundle: Json, matches: int) -> bool:
    """Whether a page is not the last; one that does not say so soundly may not be."""
    total, links = bundle.get("total"), bundle.get("link")
    counted = total is None or (type(total) is int and 0 <= total <= matches)
    relations = [link.get("relation") for link in tables(links)]
    linked = is_tables(links) and all(isinstance(name, str) for name in relations)
    return not counted or not linked or "next" in relations


def _found_nothing(wrapper: Json) -> bool:
    """A `{response}` wrapper without a resource: whether its status says there is none."""
    status = text_of(next(tables(wrapper.get("response")), {}).get("status"))
    return status.startswith(("404", "410", "200"))


def _is_failure(outcome: Json) -> bool:
    """An OperationOutcome that only warns or informs is no failure."""
    issues = [*tables(outcome.get("issue"))]
    return not issues or any(
        text_of(issue.get("severity")) not in ("warning", "information") for issue in issues
    )
