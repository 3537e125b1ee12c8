"""Request to reply: what a worker runs, and the web process when no worker answers in time."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, Self

import orjson

from cds.assess import Assessment, assess
from cds.cards.compose import respond
from cds.catalogue import Service, load_services
from cds.errors import DataNotDelivered, HookError, UnknownService
from cds.evidence import evidence
from cds.fhir.record import Lens, Record
from cds.problems import problem
from cds.request import HookRequest
from cds.settings import Settings
from cds.shelf import Knowledge


@dataclass(frozen=True)
class Call:
    """One hook call as a worker gets it: service, the instant it speaks about, the raw request.

    The `trail` holds ids for logs and traces; no answer depends on it.
    """

    service: str
    as_of: datetime
    body: bytes
    trail: Mapping[str, str] = field(default_factory=dict, compare=False)

    def to_bytes(self) -> bytes:
        """A line of JSON about the call, then the request as it came."""
        head = self.service, self.as_of.isoformat(), dict(self.trail)
        return orjson.dumps(head) + b"\n" + self.body

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        """The call that `to_bytes` wrote."""
        head, _, body = stored.partition(b"\n")
        service, as_of, trail = orjson.loads(head)
        return cls(service, datetime.fromisoformat(as_of), body, trail)


@dataclass(frozen=True)
class Reply:
    """An HTTP status and a JSON body; beside a card the evidence that its page shows.

    `seconds` is the work of the worker that made it.
    """

    status: int
    body: bytes
    evidence: bytes = field(default=b"", repr=False)
    seconds: float = field(default=0.0, compare=False)

    def to_bytes(self) -> bytes:
        """A line of JSON with the length of the body, then the body and the evidence."""
        head = self.status, self.seconds, len(self.body)
        return orjson.dumps(head) + b"\n" + self.body + self.evidence

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        """The reply that `to_bytes` wrote."""
        head, _, rest = stored.partition(b"\n")
        status, seconds, length = orjson.loads(head)
        return cls(status, rest[:length], rest[length:], seconds)


def answer(call: Call, knowledge: Knowledge, settings: Settings) -> Reply:
    """The reply to a call: pure, and the same bytes for the same call, shelf and settings.

    Faults of the caller come back as a reply with an OperationOutcome; ours are raised.
    """
    try:
        request, assessment = assessed(call, knowledge, settings)
        seed = uuid.uuid5(uuid.NAMESPACE_URL, hashlib.sha256(call.body).hexdigest() + call.service)
        response = respond(assessment, knowledge, settings, request.patient_id, seed)
    except HookError as error:
        status, outcome = problem(error)
        return Reply(status, orjson.dumps(outcome))
    # There is one card at the most, and nothing to explain without it, or where none is kept.
    shown = response.cards[:1] if settings.evidence_days else ()
    kept = [evidence(assessment, card, knowledge).to_bytes() for card in shown]
    return Reply(200, orjson.dumps(response.wire()), b"".join(kept))


def assessed(
    call: Call, knowledge: Knowledge, settings: Settings
) -> tuple[HookRequest, Assessment]:
    """The request of a call, and its assessment; raises HookError.

    A danger that the delivered data already show is answered though a required class is missing.
    """
    service = services().get(call.service)
    if service is None:
        raise UnknownService
    request = HookRequest.parse(service, orjson.loads(call.body))
    moment = request.moment()
    lens = Lens(knowledge.terminology, settings.zone, mask=knowledge.sensitive == "mask")
    record = Record(request.patient_id, request.prefetch, lens, moment.brought)
    if not request.hook_instance_is_uuid:
        record.notes.add("hook-instance")
    assessment = assess(record, call.as_of, knowledge, moment)
    if assessment.undelivered and assessment.decision.status != "emergency":
        raise DataNotDelivered(assessment.undelivered)
    return request, assessment


@cache
def services() -> dict[str, Service]:
    """The services of the catalogue, read once a process."""
    return load_services()


WARM_UP: dict[str, Any] = {
    "hook": "patient-view",
    "hookInstance": "00000000-0000-4000-8000-000000000000",
    "context": {"userId": "Practitioner/warm-up", "patientId": "warm-up"},
}


def warm(knowledge: Knowledge, settings: Settings) -> None:
    """Answer one invented call, so that models are built before the first real one."""
    subject = {"reference": "Patient/warm-up"}
    icd, loinc = "http://hl7.org/fhir/sid/icd-10-cm", "http://loinc.org"
    active = {"coding": [{"system": "condition-clinical", "code": "active"}]}
    resources = [
        {"resourceType": "Patient", "id": "warm-up", "birthDate": "1990-01-01"},
        {
            "resourceType": "Condition",
            "subject": subject,
            "clinicalStatus": active,
            "code": {"coding": [{"system": icd, "code": "F33.1"}]},
        },
        {
            "resourceType": "Observation",
            "status": "final",
            "subject": subject,
            "code": {"coding": [{"system": loinc, "code": "44261-6"}]},
            "valueInteger": 16,
        },
        {
            "resourceType": "QuestionnaireResponse",
            "status": "completed",
            "subject": subject,
            "item": [{"linkId": "/93246-7", "answer": [{"valueBoolean": False}]}],
        },
    ]
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": resource} for resource in resources],
    }
    body = orjson.dumps({**WARM_UP, "prefetch": {"patient": bundle}})
    service = next(one for one in services().values() if one.hook == WARM_UP["hook"])
    answer(Call(service.id, datetime.now(UTC), body), knowledge, settings)
