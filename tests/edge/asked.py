"""What the edge case tests share: an answer in the words of a reader, and builders of a course."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from charts import (
    NOW,
    PATIENT,
    SERVICE,
    Json,
    bundle,
    knowledge,
    named,
    prefetch,
    request,
    settings,
)

from cds.answer import Call, answer

SYSTEMS = {
    "hcpcs": "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    "cpt": "http://www.ama-assn.org/go/cpt",
    "snomed": "http://snomed.info/sct",
    "icd": "http://hl7.org/fhir/sid/icd-10-cm",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "act": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
    "disposition": "http://terminology.hl7.org/CodeSystem/discharge-disposition",
}
SUBJECT = {"reference": f"Patient/{PATIENT}"}


@dataclass(frozen=True)
class Asked:
    """An answer of the service, as bytes and as what a reader looks for."""

    body: bytes

    @property
    def whole(self) -> Json:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def view(self) -> Json:
        return self.whole["extension"]["example.careladder.assessment"]

    @property
    def said(self) -> tuple[str, str]:
        """Level and status."""
        return self.view["level"], self.view["status"]

    @property
    def cards(self) -> list[Json]:
        return self.whole["cards"]

    @property
    def card(self) -> Json:
        """The card about the level of care; there must be one."""
        return self.cards[0]

    @property
    def detail(self) -> str:
        return self.card["detail"]

    @property
    def indicator(self) -> str:
        return self.card["indicator"]

    @property
    def notes(self) -> set[str]:
        return {note["code"] for note in self.view.get("notes", [])}

    @property
    def missing(self) -> set[str]:
        return set(self.view.get("missing", []))

    def verdict(self, criterion: str) -> str:
        return next(one["verdict"] for one in self.view["criteria"] if one["id"] == criterion)

    def evidence(self, criterion: str) -> list[str]:
        found = next(one for one in self.view["criteria"] if one["id"] == criterion)
        return found.get("evidence", [])


def ask(*resources: Json, delivered: Json | None = None, as_of: datetime = NOW) -> Asked:
    """The answer to a call with these resources, which must succeed."""
    body = request(prefetch(*resources) if delivered is None else delivered)
    reply = answer(Call(SERVICE, as_of, json.dumps(body).encode()), knowledge(), settings())
    assert reply.status == 200, reply.body
    return Asked(reply.body)


def ask_whole(*resources: Json, **keys: Json) -> Asked:
    """The answer when every class of data was delivered; `keys` replace what was delivered."""
    empty = ("encounters", "procedures", "serviceRequests", "questionnaireResponses", "medications")
    delivered = prefetch(*resources) | {key: bundle() for key in empty} | keys
    return ask(delivered=delivered)


def coded(code: str, system: str) -> Json:
    return {"coding": [{"system": SYSTEMS[system], "code": code}]}


def encounter(class_code: str, period: Json, **members: Any) -> Json:
    """A finished encounter of a psychiatry department; None takes a member out."""
    resource = {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": SYSTEMS["act"], "code": class_code},
        "subject": SUBJECT,
        "period": period,
        "serviceType": coded("309958005", "snomed"),
        **members,
    }
    return named({name: value for name, value in resource.items() if value is not None})


def order(code: str, system: str = "hcpcs", **members: Any) -> Json:
    """An active order."""
    resource = {
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "order",
        "subject": SUBJECT,
        "code": coded(code, system),
        **members,
    }
    return named(resource)


def weekly(times: float, hours: float, **repeat: Any) -> Json:
    """The timing of an order: sessions a week, and hours in each."""
    return {
        "repeat": {
            "frequency": times,
            "period": 1,
            "periodUnit": "wk",
            "duration": hours,
            "durationUnit": "h",
            **repeat,
        }
    }


def procedure(code: str, start: str, system: str = "hcpcs", **members: Any) -> Json:
    """A procedure in progress since `start`."""
    resource = {
        "resourceType": "Procedure",
        "status": "in-progress",
        "subject": SUBJECT,
        "performedPeriod": {"start": start},
        "code": coded(code, system),
        **members,
    }
    return named(resource)


def medication(code: str, system: str = "snomed", **members: Any) -> Json:
    """An active prescription."""
    resource = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "subject": SUBJECT,
        "medicationCodeableConcept": coded(code, system),
        **members,
    }
    return named(resource)
