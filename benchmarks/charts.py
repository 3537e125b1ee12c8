"""Hook requests of a wanted size: one invented patient, always the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import orjson

Json = dict[str, Any]

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PATIENT = "benchmark"
LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"

# What a long chart is mostly made of, roughly as often as generated populations have it.
VITALS = (("8867-4", "Heart rate", "/min"), ("8310-5", "Body temperature", "Cel"))
LABS = (("2823-3", "Potassium", "mmol/L"), ("718-7", "Hemoglobin", "g/dL"))
ILLS = (("I10", "Essential hypertension"), ("F41.1", "Generalized anxiety disorder"))


def of_size(size: int) -> bytes:
    """A request of about `size` bytes, and never less than the smallest that gives an IOP card."""
    resources = core()
    used = len(request(resources))
    for resource in history():
        used += len(orjson.dumps(resource)) + len(b'{"resource":},')
        if used > size:
            break
        resources.append(resource)
    return request(resources)


def of_resources(number: int) -> bytes:
    """A request whose chart holds `number` resources."""
    resources = core()
    more = history()
    return request(resources + [next(more) for _ in range(number - len(resources))])


def request(resources: list[Json]) -> bytes:
    """A patient-view call with the resources under the three keys that are required."""
    keys = {"Patient": "patient", "Condition": "conditions"}
    prefetch: dict[str, list[Json]] = {"patient": [], "conditions": [], "observations": []}
    for resource in resources:
        prefetch[keys.get(resource["resourceType"], "observations")].append(resource)
    return orjson.dumps(
        {
            "hook": "patient-view",
            "hookInstance": "7a1c9f6e-2b4d-4f0a-9c3e-5d8b6a1f2e30",
            "context": {"userId": "Practitioner/p", "patientId": PATIENT},
            "extension": {"example.careladder.asOf": NOW.isoformat()},
            "prefetch": {
                "patient": prefetch["patient"][0],
                "conditions": bundle(prefetch["conditions"]),
                "observations": bundle(prefetch["observations"]),
            },
        }
    )


def bundle(resources: list[Json]) -> Json:
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries}


def core() -> list[Json]:
    """Moderately severe depression, suicide risk evaluated as low: an IOP card."""
    risk = {"valueCodeableConcept": concept(LOINC, "LA9194-7", "Low")}
    return [
        {"resourceType": "Patient", "id": PATIENT, "birthDate": "1989-06-14", "gender": "female"},
        condition("c", "F33.1", "Major depressive disorder, recurrent, moderate", NOW),
        observation("phq", "44261-6", "PHQ-9 total score", {"valueInteger": 16}, NOW),
        observation("risk", "93374-7", "Suicide risk", risk, NOW),
    ]


def history() -> Any:
    """Years of an ordinary chart, one visit every five days back from yesterday, without end."""
    for visit in count(1):
        day = NOW - timedelta(days=5 * visit)
        makers: tuple[Callable[[str, int, datetime], Json], ...] = (
            *(measured, measured, measured, measured, measured, measured, measured),
            *(scored, encounter, prescription, procedure),
        )
        for number, make in enumerate(makers):
            yield make(f"v{visit}-{number}", visit + number, day)
        if visit % 5 == 0:
            yield condition(f"v{visit}-c", *ILLS[visit // 5 % 2], day)


def measured(name: str, number: int, day: datetime) -> Json:
    code, display, unit = (*VITALS, *LABS)[number % 4]
    quantity = {"value": 40 + number % 50, "unit": unit, "code": unit}
    quantity["system"] = "http://unitsofmeasure.org"
    return observation(name, code, display, {"valueQuantity": quantity}, day)


def scored(name: str, number: int, day: datetime) -> Json:
    value = {"valueInteger": 10 + number % 5}
    return observation(name, "70274-6", "GAD-7 total score", value, day)


def encounter(name: str, _: int, day: datetime) -> Json:
    kind = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}
    return {
        **about("Encounter", name),
        "status": "finished",
        "class": kind,
        "type": [concept(SNOMED, "185349003", "Encounter for check up")],
        "period": {"start": day.isoformat(), "end": (day + timedelta(minutes=30)).isoformat()},
    }


def prescription(name: str, _: int, day: datetime) -> Json:
    rxnorm = "http://www.nlm.nih.gov/research/umls/rxnorm"
    return {
        **about("MedicationRequest", name),
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": concept(rxnorm, "312938", "Sertraline 100 MG Oral Tablet"),
        "authoredOn": day.isoformat(),
    }


def procedure(name: str, _: int, day: datetime) -> Json:
    code = concept(SNOMED, "228557008", "Cognitive and behavioral therapy")
    when = {"performedDateTime": day.isoformat()}
    return {**about("Procedure", name), "status": "completed", "code": code, **when}


def condition(name: str, code: str, display: str, day: datetime) -> Json:
    base = "http://terminology.hl7.org/CodeSystem/condition-"
    return {
        **about("Condition", name),
        "clinicalStatus": concept(base + "clinical", "active", "Active"),
        "verificationStatus": concept(base + "ver-status", "confirmed", "Confirmed"),
        "code": concept(ICD, code, display),
        "recordedDate": day.isoformat(),
    }


def observation(name: str, code: str, display: str, value: Json, day: datetime) -> Json:
    return {
        **about("Observation", name),
        "status": "final",
        "code": concept(LOINC, code, display),
        "effectiveDateTime": (day - timedelta(days=1)).isoformat(),
        **value,
    }


def about(kind: str, name: str) -> Json:
    return {"resourceType": kind, "id": name, "subject": {"reference": f"Patient/{PATIENT}"}}


def concept(system: str, code: str, display: str) -> Json:
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}
