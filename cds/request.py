"""The envelope of a hook request: parsed once, with the JSON path of whatever is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cds.catalogue import Service
from cds.errors import BadHookRequest
from cds.moment import BRINGS, Moment

PORTAL_USERS = ("Patient/", "RelatedPerson/")
AS_OF = "example.careladder.asOf"
AS_OF_PATH = f"$.extension['{AS_OF}']"
YEARS = range(1900, 2201)
UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)


@dataclass(frozen=True)
class HookRequest:
    """A sound call of one service. Members a client left null or empty are as if not sent.

    Everything that may hold chart text or a token stays out of the repr.
    """

    hook: str
    hook_instance: str = field(repr=False)
    hook_instance_is_uuid: bool
    patient_id: str = field(repr=False)
    user_id: str | None = field(repr=False)
    encounter_id: str | None = field(repr=False)
    context: dict[str, Any] = field(repr=False)
    prefetch: dict[str, Any] = field(repr=False)
    extension: dict[str, Any] = field(repr=False)
    fhir_server: str | None = field(repr=False)
    fhir_authorization: dict[str, Any] | None = field(repr=False)

    @classmethod
    def parse(cls, service: Service, document: object) -> HookRequest:
        """Read a request to `service`; raises BadHookRequest with the path of the first fault.

        Lenient where real clients are: `userId` may be missing though the hooks require it,
        a `hookInstance` need not be a UUID, unknown members are ignored.
        """
        if not isinstance(document, dict):
            raise BadHookRequest("$", "The request must be a JSON object.")
        hook = expected_hook(service, document)
        instance = required_text(document, "hookInstance", "$.hookInstance")
        context = required_object(document, "context", "$.context")
        fhir_server = text(document.get("fhirServer"))
        return cls(
            hook=hook,
            hook_instance=instance,
            hook_instance_is_uuid=UUID.fullmatch(instance) is not None,
            patient_id=patient_id(context),
            user_id=text(context.get("userId")),
            encounter_id=text(context.get("encounterId")),
            context=context,
            prefetch=optional_object(document, "prefetch", "$.prefetch"),
            extension=loose_object(document.get("extension")),
            fhir_server=fhir_server,
            # A token without the server it is for cannot be used.
            fhir_authorization=loose_object(document.get("fhirAuthorization")) or None
            if fhir_server
            else None,
        )

    def moment(self) -> Moment:
        """What the hook brings along; raises BadHookRequest when a member it needs is missing."""
        member = BRINGS.get(self.hook)
        brought = _resources(self.context, member) if member else ()
        chosen = frozenset(map(_reference, brought))
        if self.hook == "order-select":
            chosen &= _selections(self.context)
        return Moment(
            hook=self.hook,
            encounter=self.encounter_id,
            brought=brought,
            in_hand=chosen,
            for_clinician=not (self.user_id or "").startswith(PORTAL_USERS),
        )

    def asked_instant(self) -> datetime | None:
        """The UTC instant the request wants to speak about, None when it names none.

        Raises BadHookRequest unless it is an RFC 3339 instant with its zone.
        """
        value = self.extension.get(AS_OF)
        return None if value is None else required_instant(value, AS_OF_PATH)


def instant(value: object) -> datetime:
    """An RFC 3339 instant in UTC; raises ValueError for anything else.

    A year outside 1900 to 2200 is a mistake, and near the ends of the calendar nothing can be
    reckoned. More than microseconds are cut off: that much precision changes no answer.
    """
    if not isinstance(value, str) or not INSTANT.fullmatch(value):
        raise ValueError
    moment = datetime.fromisoformat(value.upper())
    if moment.year not in YEARS:
        raise ValueError
    return moment.astimezone(UTC)


def required_instant(value: object, path: str) -> datetime:
    """A member that must be an instant."""
    try:
        return instant(value)
    except ValueError:
        message = "Must be an instant with its zone, such as 2024-02-29T12:00:00Z."
        raise BadHookRequest(path, message) from None


def expected_hook(service: Service, document: dict[str, Any]) -> str:
    """The hook that was fired, which must be the one the service answers."""
    hook = required_text(document, "hook", "$.hook")
    if hook != service.hook:
        raise BadHookRequest("$.hook", f"This service answers the hook {service.hook}.")
    return hook


def patient_id(context: dict[str, Any]) -> str:
    """The bare id, also when the client wrote a reference: `Patient/x`, `https://.../Patient/x`."""
    path = "$.context.patientId"
    bare = required_text(context, "patientId", path).rpartition("Patient/")[2].strip()
    if not bare:
        raise BadHookRequest(path, "Must name a patient.")
    return bare


def text(value: object) -> str | None:
    """A string that says something, stripped; else None."""
    return value.strip() or None if isinstance(value, str) else None


def required_text(members: dict[str, Any], name: str, path: str) -> str:
    """A member that must be a string and not empty."""
    found = text(members.get(name))
    if found is None:
        raise BadHookRequest(path, f"{name} is required: a string that is not empty.")
    return found


def required_object(members: dict[str, Any], name: str, path: str) -> dict[str, Any]:
    """A member that must be an object."""
    found = members.get(name)
    if not isinstance(found, dict):
        raise BadHookRequest(path, f"{name} is required: a JSON object.")
    return found


def optional_object(members: dict[str, Any], name: str, path: str) -> dict[str, Any]:
    """A member that may be missing or null, but nothing else than an object."""
    found = members.get(name)
    if found is not None and not isinstance(found, dict):
        raise BadHookRequest(path, f"{name} must be a JSON object.")
    return found or {}


def loose_object(value: object) -> dict[str, Any]:
    """An object, or an empty one: members we could do without never sink a call."""
    return value if isinstance(value, dict) else {}


def _resources(context: dict[str, Any], member: str) -> tuple[dict[str, Any], ...]:
    """The resources of a Bundle in the context; an empty Bundle brings none."""
    bundle = required_object(context, member, f"$.context.{member}")
    entries = bundle.get("entry") or []
    if bundle.get("resourceType") != "Bundle" or not isinstance(entries, list):
        raise BadHookRequest(f"$.context.{member}", f"{member} must be a FHIR Bundle.")
    found = (entry.get("resource") for entry in entries if isinstance(entry, dict))
    return tuple(one for one in found if isinstance(one, dict))


def _selections(context: dict[str, Any]) -> frozenset[str]:
    """What was selected; a selection that is not in the Bundle selects nothing."""
    found = context.get("selections")
    if not isinstance(found, list):
        raise BadHookRequest("$.context.selections", "selections is required: a list.")
    return frozenset(one for one in found if isinstance(one, str))


def _reference(resource: dict[str, Any]) -> str:
    return f"{resource.get('resourceType')}/{resource.get('id')}"
