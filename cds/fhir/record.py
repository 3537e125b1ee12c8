"""The patient's record: delivered resources sorted by type and value set, validated when used."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from cds.errors import BadHookRequest
from cds.fhir.bounds import is_unreadable, shortened
from cds.fhir.codes import Terminology
from cds.fhir.delivery import BESIDE, CLASS_OF, CLASSES, Deliveries
from cds.fhir.labels import PROTECTED, PSYCHOTHERAPY, is_about_substances, labels
from cds.fhir.models import readable
from cds.fhir.notes import Notes
from cds.fhir.reading import Json, codings, resource_sets, same_target, text_of
from cds.fhir.subject import Owner, owner
from cds.fhir.versions import Versions

NOT_THIS_PATIENT = "The Patient is not the patient of the context."
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Resource:
    """One delivered resource: its JSON, how to refer to it, and the value sets it belongs to."""

    kind: str
    reference: str
    json: Json
    sets: Mapping[str, str]


@dataclass(frozen=True)
class Lens:
    """How a record is read: the codes, the zone of times without one, and what is masked."""

    terminology: Terminology
    zone: ZoneInfo
    mask: bool = False


class Record:
    """What is known of one patient. Notes collect what was left out on the way."""

    def __init__(
        self,
        patient_id: str,
        prefetch: Mapping[str, Any],
        lens: Lens,
        brought: tuple[Json, ...] = (),
    ) -> None:
        self.patient_id = patient_id
        self.terminology, self.zone, self._mask = lens.terminology, lens.zone, lens.mask
        self._masked, self._strangers = False, 0
        self.protected: set[str] = set()
        self.uncoded: list[Resource] = []  # problems written in words only
        self.notes = Notes()
        self.delivered = Deliveries(prefetch)
        # Types of which something may be wanted and cannot be read.
        self.unread = set(self.delivered.unread)
        self._kept: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        self._all: dict[str, list[Resource]] = defaultdict(list)
        self._sound: dict[int, Resource | None] = {}
        self.patient = self._find_patient(self.delivered.resources)
        # What the hook itself brings belongs to the chart, and says nothing of what else is there.
        self._file([*self.delivered.resources, *((one, "") for one in brought)])
        if self._strangers:
            logger.warning("resources of another patient were left out: %d", self._strangers)
        for code, name in self.delivered.remarks():
            # A key that is not of the contract is the client's own word.
            self.notes.add(code, name if name in CLASSES else "prefetch")

    def _find_patient(self, delivered: Iterable[tuple[Json, str]]) -> Resource | None:
        """The Patient of the context; another patient's chart is a malformed call."""
        self._own = {f"Patient/{self.patient_id}", f"urn:uuid:{self.patient_id}"}
        found = None
        for raw, full_url in delivered:
            if raw.get("resourceType") != "Patient":
                continue
            if raw.get("id") != self.patient_id and not same_target(full_url, self._own):
                raise BadHookRequest("$.prefetch.patient", NOT_THIS_PATIENT)
            self._own |= {full_url} - {""}
            found = found or Resource("Patient", f"Patient/{self.patient_id}", raw, {})
        return self.sound(found) if found else None

    def _file(self, delivered: Iterable[tuple[Json, str]]) -> None:
        """Sort what belongs to the patient by type and value set, each resource once."""
        copies: dict[tuple[str, int], Versions] = {}
        for number, (raw, full_url) in enumerate(delivered):
            kind = text_of(raw.get("resourceType"))
            if kind in CLASS_OF and kind != "Patient":
                name = _name(raw, kind, full_url)
                key = (name, number if name == kind else 0)
                if key in copies:
                    copies[key].add(raw)
                else:
                    copies[key] = Versions([raw])
        for (name, _), versions in copies.items():
            for raw in versions.newest:
                if self._is_own(raw, name):
                    self._keep(raw, name)

    def _is_own(self, raw: Json, name: str) -> bool:
        whose = owner(raw, self._own)
        if whose is Owner.OTHER:
            self.notes.add("other-patient", name)
            self._strangers += 1
        elif whose is Owner.UNRESOLVED:
            self._hide("unresolved", raw, name)
        return whose is Owner.PATIENT

    def _hide(self, reason: str, raw: Json, name: str) -> None:
        """Something of a class is not read: what is found of it can no longer reassure."""
        kind = text_of(raw.get("resourceType"))
        self.notes.add(reason, name if "/" in name else kind)
        self.delivered.hide(kind)
        if reason == "unreadable":
            self.unread.add(kind)

    def _keep(self, delivered: Json, name: str) -> None:
        if not self._may_be_read(delivered, name):
            return
        kind = text_of(delivered.get("resourceType"))
        raw = shortened(delivered, kind)
        if raw is not delivered:
            self._hide("too-many", raw, name)
        sets = resource_sets(raw, kind, self.terminology)
        if not sets and is_unreadable(raw, kind):
            self._hide("unreadable", raw, name)
        self._sort(Resource(kind, name, raw, sets))

    def _sort(self, resource: Resource) -> None:
        kind, sets = resource.kind, resource.sets
        if kind == "Condition" and not any(codings(resource.json.get("code"))):
            self.uncoded.append(resource)
        if sets or kind in ("Encounter", *BESIDE):
            self._all[kind].append(resource)
        for value_set in sets:
            self._kept[kind, value_set].append(resource)

    def _may_be_read(self, raw: Json, name: str) -> bool:
        """Psychotherapy notes never; protected substance use records as the site has settled."""
        found = labels(raw, self.terminology) if "meta" in raw else set()
        if PSYCHOTHERAPY in found:
            self.notes.add("psychotherapy-note")
            return False
        if not found.isdisjoint(PROTECTED):
            self.protected.add(name)
            if self._mask:
                self._masked = True
                self.notes.add("masked")
                return False
        return True

    def is_masked(self, value_set: str) -> bool:
        """Whether something of a value set may have been withheld: it is unknown, never none."""
        return self._masked and is_about_substances(value_set)

    def of(self, kind: str, value_set: str) -> list[Resource]:
        """Resources of a type with a code of a value set, not yet validated."""
        return self._kept.get((kind, value_set), [])

    def all_of(self, kind: str) -> list[Resource]:
        """Every resource of a type that carries some code of the shelf."""
        return self._all.get(kind, [])

    def sound(self, resource: Resource) -> Resource | None:
        """The resource validated (once); None, with a note, when it is not sound FHIR."""
        key = id(resource.json)
        if key not in self._sound:
            fixed = readable(resource.json, self.zone)
            if fixed is None:
                self.notes.add("unreadable", resource.reference)
                self.unread.add(resource.kind)
            self._sound[key] = (
                Resource(resource.kind, resource.reference, fixed, resource.sets) if fixed else None
            )
        return self._sound[key]


def _name(raw: Json, kind: str, full_url: str) -> str:
    """How a resource is referred to; by its type alone when it has neither an id nor an address."""
    if text_of(raw.get("id")):
        return f"{kind}/{raw['id']}"
    return full_url if ":" in full_url else kind
