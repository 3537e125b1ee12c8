"""A call of a patient whose name is a canary: whatever tells of the call must not tell it."""

from typing import Any

URL = "/cds-services/level-of-care-patient-view"
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
