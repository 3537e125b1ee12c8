"""A hook call that an operator's tools see pass, and a look at what they were told."""

from typing import Any

from prometheus_client.parser import text_string_to_metric_families

URL = "/cds-services/level-of-care-patient-view"
ROUTE = "/cds-services/<service_id>"
CANARY = "Zuzanna-Canary"
KEY = "a key for one test only"
REQUEST: dict[str, Any] = {
    "hook": "patient-view",
    "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
    "context": {"userId": "Practitioner/example", "patientId": "example"},
    "prefetch": {
        "patient": {"resourceType": "Patient", "id": "example", "name": [{"family": CANARY}]},
        "conditions": None,
        "observations": None,
    },
}


def value(text: str, name: str, **labels: str) -> float:
    """One sample; 0 when it is not there."""
    samples = [one for family in text_string_to_metric_families(text) for one in family.samples]
    found = [one for one in samples if one.name == name and labels.items() <= one.labels.items()]
    return sum(one.value for one in found)
