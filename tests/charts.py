"""Small charts for tests: builders of FHIR resources, and what is read from them at one instant.

The instant is a leap day in a zone that is not UTC, so that both kinds of mistake show.
"""

import json
import zlib
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from cds.answer import Call, Reply, answer
from cds.assess import Assessment, assess
from cds.criteria.model import Between, Finding
from cds.fhir.record import Lens, Record
from cds.findings import FINDINGS
from cds.findings.chart import Chart
from cds.settings import Settings
from cds.shelf import Knowledge, load_knowledge

Json = dict[str, Any]

ZONE = ZoneInfo("America/Chicago")
NOW = datetime(2028, 2, 29, 14, 30, tzinfo=ZONE).astimezone(UTC)
PATIENT = "p1"
SERVICE = "level-of-care-patient-view"
SYSTEMS = {
    "icd": "http://hl7.org/fhir/sid/icd-10-cm",
    "loinc": "http://loinc.org",
    "snomed": "http://snomed.info/sct",
    "instrument": "https://careladder.example/fhir/CodeSystem/instrument",
    "clinical": "http://terminology.hl7.org/CodeSystem/condition-clinical",
    "verification": "http://terminology.hl7.org/CodeSystem/condition-ver-status",
    "absent": "http://terminology.hl7.org/CodeSystem/data-absent-reason",
}
YES, NO = {"code": "LA33-6"}, {"code": "LA32-8"}
PHQ9, PHQ9_ITEM9, GAD7, RISK, DIFFICULTY = "44261-6", "44260-8", "70274-6", "93374-7", "69722-7"
PHQ9_ITEMS = (
    *("44250-9", "44255-8", "44259-0", "44254-1", "44251-7"),
    *("44258-2", "44252-5", "44253-3", PHQ9_ITEM9),
)
CSSRS = {
    "q1": "93246-7",
    "q2": "93247-5",
    "q3": "93248-3",
    "q4": "93249-1",
    "q5": "93250-9",
    "q6": "93267-3",
    "q6-recent": "93269-9",
}
NEGATIVE = {"q1": False, "q2": False, "q6": False}
ANSWERS = {True: {"valueBoolean": True}, False: {"valueBoolean": False}}


def ago(**span: float) -> str:
    """The instant so long before now, as FHIR writes it, in the patient's own zone."""
    return (NOW - timedelta(**span)).astimezone(ZONE).isoformat()


def concept(code: str, system: str = "loinc", **more: Any) -> Json:
    return {"coding": [{"system": SYSTEMS.get(system, system), "code": code}], **more}


def named(resource: Json) -> Json:
    """The resource with an id that follows from its content, unless it has one."""
    digest = zlib.crc32(json.dumps(resource, sort_keys=True, default=str).encode())
    return {"id": f"r{digest:08x}"} | resource


def patient(**members: Any) -> Json:
    return {"resourceType": "Patient", "id": PATIENT, "birthDate": "1990-05-17"} | members


def condition(
    code: str, system: str = "icd", /, *, status: str | None = "active", **members: Any
) -> Json:
    """An active problem; `status=None` leaves the clinical status out."""
    stated = {} if status is None else {"clinicalStatus": concept(status, "clinical")}
    return named(
        {
            "resourceType": "Condition",
            "subject": {"reference": f"Patient/{PATIENT}"},
            "code": concept(code, system),
            **stated,
            **members,
        }
    )


def observation(code: str, system: str = "loinc", /, **members: Any) -> Json:
    """A final observation of an hour ago; None takes a member out."""
    resource = {
        "resourceType": "Observation",
        "status": "final",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "effectiveDateTime": ago(hours=1),
        "code": concept(code, system),
        **members,
    }
    return named({name: value for name, value in resource.items() if value is not None})


def score(points: int, code: str = PHQ9, **members: Any) -> Json:
    return observation(code, valueInteger=points, **members)


def form(*items: Json, **members: Any) -> Json:
    """A completed QuestionnaireResponse of an hour ago."""
    return named(
        {
            "resourceType": "QuestionnaireResponse",
            "status": "completed",
            "subject": {"reference": f"Patient/{PATIENT}"},
            "authored": ago(hours=1),
            "item": list(items),
            **members,
        }
    )


def item(link_id: str, **answer_members: Any) -> Json:
    return {"linkId": link_id, "answer": [answer_members]}


def cssrs(answers: dict[str, bool], **members: Any) -> Json:
    """A C-SSRS screener as a form with the LOINC numbers in its link ids."""
    items = [item(f"/{CSSRS[name]}", **ANSWERS[value]) for name, value in answers.items()]
    return form(*items, **members)


def asq(answers: dict[int, bool], **members: Any) -> Json:
    items = [item(f"asq-q{number}", **ANSWERS[value]) for number, value in answers.items()]
    return form(*items, **members)


def readiness(**members: Any) -> Json:
    """All six readiness items and a supportive home answered yes."""
    names = (
        *("group-participation", "verbal-expression", "program-motivation"),
        *("recovery-motivation", "group-comfort", "skill-learning", "home-support"),
    )
    return form(*(item(name, valueBoolean=True) for name in names), **members)


def bundle(*resources: Json, **members: Any) -> Json:
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries, **members}


def prefetch(*resources: Json) -> Json:
    """The required keys, with every resource under the key of its class."""
    kinds = {"conditions": "Condition", "observations": "Observation"}
    found: Json = {
        key: bundle(*(one for one in resources if one["resourceType"] == kind))
        for key, kind in kinds.items()
    }
    patients = [one for one in resources if one["resourceType"] == "Patient"]
    rest = [one for one in resources if one["resourceType"] not in ("Patient", *kinds.values())]
    return {"patient": patients[0] if patients else patient(), **found, "other": bundle(*rest)}


@cache
def knowledge() -> Knowledge:
    return load_knowledge()


@cache
def settings() -> Settings:
    return Settings(timezone="America/Chicago")


def record(*resources: Json, delivered: Json | None = None, patient_id: str = PATIENT) -> Record:
    brought = prefetch(*resources) if delivered is None else delivered
    return Record(patient_id, brought, Lens(knowledge().terminology, ZONE))


def chart(*resources: Json, delivered: Json | None = None, as_of: datetime = NOW) -> Chart:
    shelf = knowledge()
    brought = record(*resources, delivered=delivered)
    return Chart(brought, as_of, shelf.frame)


def read(name: str, *resources: Json, as_of: datetime = NOW) -> Finding:
    """One finding of a chart made of these resources."""
    return FINDINGS[name].read(chart(*resources, as_of=as_of))


def points(finding: Finding) -> int | None:
    """The exact number of a finding; None when it has none."""
    value = finding.value
    exact = isinstance(value, Between) and value.low is not None and value.low == value.high
    return int(value.low) if exact else None  # type: ignore[union-attr, arg-type]


def notes(chart: Chart) -> set[str]:
    return {note.code for note in chart.record.notes}


def assessed(*resources: Json) -> Assessment:
    return assess(record(*resources), NOW, knowledge())


def request(delivered: Json, **members: Any) -> Json:
    return {
        "hook": "patient-view",
        "hookInstance": "5b1f1b1e-3c1e-4c39-9a51-0ef3a0a3c001",
        "context": {"userId": "Practitioner/d1", "patientId": PATIENT},
        "prefetch": delivered,
        **members,
    }


def reply(*resources: Json, delivered: Json | None = None) -> Reply:
    """The whole answer, as bytes, to a call with these resources."""
    body = request(prefetch(*resources) if delivered is None else delivered)
    return answer(Call(SERVICE, NOW, json.dumps(body).encode()), knowledge(), settings())


def answered(*resources: Json, delivered: Json | None = None) -> Json:
    """The parsed answer to a call that must succeed."""
    found = reply(*resources, delivered=delivered)
    assert found.status == 200, found.body
    return json.loads(found.body)


def view(response: Json) -> Json:
    return response["extension"]["example.careladder.assessment"]


def measured(code: str, value: float, unit: str, **members: Any) -> Json:
    """An observation with a number in a UCUM unit."""
    ucum = {"value": value, "unit": unit, "code": unit, "system": "http://unitsofmeasure.org"}
    return observation(code, valueQuantity=ucum, **members)


VITALS = [
    ("8867-4", 72, "/min"),
    ("8480-6", 118, "mm[Hg]"),
    ("8462-4", 76, "mm[Hg]"),
    ("8310-5", 36.8, "Cel"),
    ("9279-1", 14, "/min"),
    ("59408-5", 98, "%"),
]


def vitals(**members: Any) -> list[Json]:
    """Pulse, blood pressure, temperature, breathing and oxygen of an adult at rest."""
    return [measured(*line, **members) for line in VITALS]


def ready_for_program(phq9: int = 16) -> list[Json]:
    """A chart that supports a program: an indication, a need, safety known, every item yes."""
    return [condition("F33.1"), score(phq9), cssrs(NEGATIVE), readiness(), *vitals()]
