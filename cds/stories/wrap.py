"""A bare FHIR Bundle or resource as a request a client would send with it, for any hook."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import orjson

from cds.fhir.delivery import BESIDE, CLASS_OF, REQUIRED, read_value
from cds.fhir.reading import Json, reference_of, tables, text_of
from cds.moment import BRINGS, ORDERS
from cds.request import loose_object

HOOK = "patient-view"
ENCOUNTER_HOOKS = ("encounter-start", "encounter-discharge")
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
DRAFT = "ServiceRequest/draft-iop"
_KEY_OF = CLASS_OF | dict.fromkeys(BESIDE, "beside")


def wrapped(fhir: Json) -> Json:
    """The request: resources under the prefetch keys of their types, the rest left out.

    A required class with nothing in it is an empty Bundle: asked for, and nothing there. Of
    several patients the first is meant; the other Patient resources are left out.
    """
    delivered = read_value(fhir).resources
    patient = _patient_id(delivered)
    entries: dict[str, list[Json]] = defaultdict(list)
    for resource, full_url in delivered:
        kind = text_of(resource.get("resourceType"))
        other = kind == "Patient" and _id_of(resource, full_url) != patient
        if kind in _KEY_OF and not other:
            entry = {"fullUrl": full_url, "resource": resource}
            entries[_KEY_OF[kind]].append(entry if full_url else {"resource": resource})
    more = [link for link in tables(fhir.get("link")) if link.get("relation") == "next"]
    return {
        "hook": HOOK,
        "hookInstance": str(uuid.uuid5(uuid.NAMESPACE_OID, orjson.dumps(fhir).hex())),
        "context": {"userId": "Practitioner/replay", "patientId": patient},
        "prefetch": {key: _bundle(entries[key], more) for key in (*REQUIRED, *entries)},
    }


def fired(document: Json, hook: str) -> Json:
    """A request as another hook would send it: what its context must hold is put in, empty.

    An order or an appointment to look at is not invented; orders get the draft of an IOP.
    """
    context = dict(loose_object(document.get("context")))
    member = BRINGS.get(hook)
    if hook in ENCOUNTER_HOOKS:
        context.setdefault("encounterId", "try-it")
    if member is not None and member not in context:
        drafts = [_draft(text_of(context.get("patientId")))] if member == ORDERS else []
        context[member] = {"resourceType": "Bundle", "type": "collection", "entry": drafts}
    if hook == "order-select":
        context.setdefault("selections", [DRAFT])
    return {**document, "hook": hook, "context": context}


def _draft(patient: str) -> Json:
    coding = {"system": HCPCS, "code": "S9480", "display": "Intensive outpatient services"}
    order = {
        "resourceType": "ServiceRequest",
        "id": DRAFT.partition("/")[2],
        "status": "draft",
        "intent": "order",
        "code": {"coding": [coding]},
        "subject": {"reference": f"Patient/{patient}"},
    }
    return {"resource": order}


def patients(fhir: Json) -> tuple[str, ...]:
    """The ids of the different patients a Bundle holds, in order."""
    found = (
        _id_of(resource, full_url)
        for resource, full_url in read_value(fhir).resources
        if resource.get("resourceType") == "Patient"
    )
    return tuple(dict.fromkeys(found))


def _bundle(entries: list[Json], more: list[Json]) -> Json:
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "entry": entries}
    return bundle | ({"link": more} if more else {})


def _patient_id(delivered: list[tuple[Json, str]]) -> str:
    """The id of the first Patient; without one, of the first subject."""
    found = (
        _id_of(resource, full_url)
        for resource, full_url in delivered
        if resource.get("resourceType") == "Patient"
    )
    return next(found, "") or next(_subjects(delivered), "") or "nobody"


def _subjects(delivered: list[tuple[Json, str]]) -> Iterator[str]:
    for resource, _ in delivered:
        for member in ("subject", "patient"):
            if reference := reference_of(resource.get(member)):
                yield reference.replace("urn:uuid:", "").rpartition("/")[2]


def _id_of(resource: Json, full_url: str) -> str:
    """The id of a resource; one without gets it from its fullUrl."""
    return text_of(resource.get("id")) or full_url.replace("urn:uuid:", "").rpartition("/")[2]
