"""A hook request that lacks data, and its completion from a server."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from cds.answer import services
from cds.fhir.client import ANSWER_SECONDS, Fetcher
from cds.fhir.delivery import State, read_value
from cds.request import HookRequest
from cds.settings import Settings

Json = dict[str, Any]
SERVICE = services()["level-of-care-patient-view"]
SECRET = "sesame-open-7f3a"  # noqa: S105 - invented
PATIENT = "pat-4711"
SUBJECT = {"reference": f"Patient/{PATIENT}"}
AMPLE = 20.0  # seconds; no test waits for it
BRIEF = 0.4  # seconds to read in, where a server never answers


@dataclass(frozen=True)
class Client:
    fhir_servers: Sequence[str] = ()
    subject: str | None = None


@dataclass(frozen=True)
class Caller:
    client: Client | None = None


def authorization(**changes: Any) -> Json:
    members = {
        "access_token": SECRET,
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "patient/*.rs",
        "subject": "careladder",
        "patient": PATIENT,
    }
    return {name: value for name, value in (members | changes).items() if value is not None}


def request_of(server: str | None, prefetch: Json | None = None, **changes: Any) -> Json:
    document = {
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/doc", "patientId": PATIENT},
        "fhirServer": server,
        "fhirAuthorization": authorization(),
        "prefetch": prefetch,
    }
    return {name: value for name, value in (document | changes).items() if value is not None}


def everything_but(*keys: str) -> Json:
    """A prefetch in which only these keys are missing; the others were asked for and empty."""
    return {key: None for key in SERVICE.prefetch if key not in keys}


def completed(
    document: Json,
    caller: Caller = Caller(),
    *,
    settings: Settings | None = None,
    seconds: float = AMPLE,
    fetcher: Fetcher | None = None,
) -> Json:
    """The document after reading for at most so many seconds."""
    fetcher = fetcher or Fetcher(settings or Settings())
    request = HookRequest.parse(SERVICE, document)
    deadline = monotonic() + seconds + ANSWER_SECONDS
    return fetcher.complete(document, request, SERVICE, caller, deadline)


def state_of(document: Json, key: str) -> State:
    prefetch = document.get("prefetch") or {}
    return read_value(prefetch[key]).state if key in prefetch else State.MISSING


def observation(number: int = 1, subject: Json | None = None) -> Json:
    return {
        "resourceType": "Observation",
        "id": f"obs-{number}",
        "status": "final",
        "subject": subject or SUBJECT,
        "code": {"coding": [{"system": "http://loinc.org", "code": "44261-6"}]},
        "effectiveDateTime": "2024-02-28T10:00:00Z",
        "valueInteger": 16,
    }


def condition() -> Json:
    return {
        "resourceType": "Condition",
        "id": "con-1",
        "subject": SUBJECT,
        "clinicalStatus": {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/condition-clinical",
                    "code": "active",
                }
            ]
        },
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "F33.1"}]},
    }


def patient(patient_id: str = PATIENT) -> Json:
    return {"resourceType": "Patient", "id": patient_id, "birthDate": "1990-05-17"}
