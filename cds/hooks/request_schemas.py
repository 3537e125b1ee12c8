"""JSON Schemas of what clients send: what is asked of them, where the reader is more lenient."""

from __future__ import annotations

from cds.catalogue import Service
from cds.fhir.delivery import REQUIRED
from cds.hooks.schemas import INSTANT, TEXT, WORD, Schema, obj, ref, some
from cds.moment import BRINGS
from cds.request import AS_OF
from cds.store.told import LONGEST_COMMENT, MOST_ENTRIES, MOST_SUGGESTIONS, OUTCOMES


def hook_request(service: Service) -> Schema:
    """The body of a call of one service. More members are welcome and ignored."""
    return obj(
        {
            "hook": {"const": service.hook},
            "hookInstance": TEXT | {"description": "A UUID; another text is accepted and noted."},
            "context": context(service),
            "prefetch": prefetch(service),
            "fhirServer": {"type": "string", "description": "Where to read what was not sent."},
            "fhirAuthorization": {"type": "object", "description": "For `fhirServer`."},
            "extension": obj({AS_OF: INSTANT}),
        },
        required=["hook", "hookInstance", "context"],
    )


def context(service: Service) -> Schema:
    """What the hook tells of the moment; `userId` may be missing though the hooks require it."""
    members: dict[str, Schema] = {
        "patientId": TEXT | {"pattern": r"[^/\s]\s*$"},
        "userId": {"type": "string"},
        "encounterId": {"type": "string"},
    }
    required = ["patientId"]
    if brings := BRINGS.get(service.hook):
        members[brings] = ref("Bundle")
        required.append(brings)
    if service.hook == "order-select":
        members["selections"] = {"type": "array", "items": {"type": "string"}}
        required.append("selections")
    return obj(members, required=required)


def prefetch(service: Service) -> Schema:
    """The data by key. Null or an empty Bundle: nothing is there. A missing key: nobody knows."""
    return obj(
        {
            key: ref("Delivered")
            | {"description": f"{'Required' if key in REQUIRED else 'Optional'}: {template}"}
            for key, template in service.prefetch.items()
        }
    )


def fhir_schemas() -> dict[str, Schema]:
    """What may come under a prefetch key: resources are read one by one, so any are described."""
    resource = obj({"resourceType": TEXT}, required=["resourceType"])
    entries = {"type": "array", "items": obj({"fullUrl": {"type": "string"}, "resource": resource})}
    bundle = obj({"resourceType": {"const": "Bundle"}, "entry": entries}, required=["resourceType"])
    wrapper = obj({"response": {"type": "object"}, "resource": resource}, required=["resource"])
    forms = [ref("Bundle"), ref("Resource"), wrapper, {"type": "null"}]
    return {"Bundle": bundle, "Resource": resource, "Delivered": {"anyOf": forms}}


def feedback() -> Schema:
    """The body of a feedback call."""
    suggestion = obj({"id": WORD}, required=["id"])
    comment = TEXT | {"maxLength": LONGEST_COMMENT}
    coding = obj({"code": WORD, "system": WORD}, required=["code", "system"])
    reason = obj({"reason": coding, "userComment": comment})
    reason["anyOf"] = [{"required": ["reason"]}, {"required": ["userComment"]}]
    accepted, overridden = OUTCOMES
    told = {"card": WORD, "outcomeTimestamp": INSTANT}
    taken = {
        "outcome": {"const": accepted},
        "acceptedSuggestions": some(suggestion, MOST_SUGGESTIONS),
    }
    set_aside = {"outcome": {"const": overridden}, "overrideReason": reason}
    entry = {
        "oneOf": [
            obj(told | taken, required=[*told, *taken]),
            obj(told | set_aside, required=[*told, "outcome"]),
        ]
    }
    return obj({"feedback": some(entry, MOST_ENTRIES)}, required=["feedback"])
