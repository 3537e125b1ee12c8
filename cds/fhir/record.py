"""The patient's record: delivered resources sorted by type and value set, validated when used."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from cds.errors import BadHookRequest
from cds.fhir.codes import Terminology
from cds.fhir.delivery import BESIDE, CLASS_OF, Deliveries
from cds.fhir.instants import parse_when
from cds.fhir.labels import PROTECTED, PSYCHOTHERAPY, is_about_substances, labels
from cds.fhir.models import readable
from cds.fhir.notes import Notes
from cds.fhir.reading import (
    Json,
    codings,
    item_sets,
    items,
    reference_of,
    same_target,
    sets_of,
    tables,
    text_of,
)

NOT_THIS_PATIENT = "The Patient is not the patient of the context."
logger = logging.getLogger(__name__)

_UTC = ZoneInfo("UTC")
_NUMBER = re.compile(r"[0-9]{1,18}")
_CODED = {
    "Condition": ("code",),
    "Observation": ("code",),
    "Procedure": ("code",),
    "ServiceRequest": ("code",),
    "MedicationRequest": ("medicationCodeableConcept",),
    "MedicationStatement": ("medicationCodeableConcept",),
    "Encounter": ("type", "serviceType", "reasonCode"),
}


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
        self._kept: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        self._all: dict[str, list[Resource]] = defaultdict(list)
        self._sound: dict[int, Resource | None] = {}
        self.patient = self._find_patient(self.delivered.resources)
        # What the hook itself brings belongs to the chart, and says nothing of what else is there.
        self._file([*self.delivered.resources, *((one, "") for one in brought)])
        if self._strangers:
            logger.warning("resources of another patient were left out: %d", self._strangers)
        for code, name in self.delivered.remarks():
            self.notes.add(code, name)

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
        newest: dict[str, list[Json]] = {}
        for number, (raw, full_url) in enumerate(delivered):
            kind = text_of(raw.get("resourceType"))
            if kind in CLASS_OF and kind != "Patient":
                name = f"{kind}/{raw['id']}" if text_of(raw.get("id")) else full_url
                _add_version(newest.setdefault(name or f"{kind}#{number}", []), raw)
        for name, versions in newest.items():
            for raw in versions:
                known = name.split("#", 1)[0]
                if self._is_own(raw, known):
                    self._keep(raw, known)

    def _is_own(self, raw: Json, name: str) -> bool:
        subject = reference_of(raw.get("subject")) or reference_of(raw.get("patient"))
        if not subject or subject in self._own or subject.startswith("#"):
            return True
        if same_target(subject, self._own):
            return True
        self.notes.add("other-patient", name)
        self._strangers += 1
        return False

    def _keep(self, raw: Json, name: str) -> None:
        kind = text_of(raw.get("resourceType"))
        sets = _sets(raw, kind, self.terminology)
        if not self._may_be_read(raw, name):
            return
        resource = Resource(kind, name, raw, sets)
        if kind == "Condition" and not any(codings(raw.get("code"))):
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
            self._sound[key] = (
                Resource(resource.kind, resource.reference, fixed, resource.sets) if fixed else None
            )
        return self._sound[key]


def _add_version(versions: list[Json], raw: Json) -> None:
    """Keep the newest version; two that claim the same version are both kept if they differ."""
    if not versions:
        versions.append(raw)
    elif _version(raw) > _version(versions[0]):
        versions[:] = [raw]
    elif _version(raw) == _version(versions[0]) and raw not in versions:
        versions.append(raw)


def _version(raw: Json) -> tuple[float, int, str]:
    """Sort key of a version: by the instant it was written, then by its number."""
    meta = next(tables(raw.get("meta")), {})
    version = text_of(meta.get("versionId"))
    written = parse_when(meta.get("lastUpdated"), _UTC)
    number = int(version) if _NUMBER.fullmatch(version) else 0
    return written.end.timestamp() if written else 0.0, number, version


def _sets(raw: Json, kind: str, terminology: Terminology) -> dict[str, str]:
    found: dict[str, str] = {}
    for member in _CODED.get(kind, ()):
        found |= sets_of(raw.get(member), terminology)
    for component in tables(raw.get("component")) if kind == "Observation" else ():
        found |= sets_of(component.get("code"), terminology)
    for item in items(raw) if kind == "QuestionnaireResponse" else ():
        found |= item_sets(item, terminology)
    return found
