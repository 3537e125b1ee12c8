"""What each hook brings in its context, besides the people: one outpatient order, one visit ..."""

from typing import Any

Json = dict[str, Any]

CPT = "http://www.ama-assn.org/go/cpt"


def context_of(hook: str, patient: str) -> Json:
    """The members of the context that only this hook has."""
    return _CONTEXTS.get(hook, lambda _: {})(patient)


def _order(patient: str) -> Json:
    return {
        "resourceType": "ServiceRequest",
        "id": "order-1",
        "status": "draft",
        "intent": "order",
        "code": {"coding": [{"system": CPT, "code": "90834"}]},
        "subject": {"reference": f"Patient/{patient}"},
    }


def _visit(patient: str) -> Json:
    return {
        "resourceType": "Appointment",
        "id": "visit-1",
        "status": "proposed",
        "serviceType": [{"coding": [{"system": CPT, "code": "90834"}]}],
        "participant": [
            {"actor": {"reference": f"Patient/{patient}"}, "status": "needs-action"},
        ],
    }


def _problem(patient: str) -> Json:
    return {
        "resourceType": "Condition",
        "id": "problem-1",
        "subject": {"reference": f"Patient/{patient}"},
        "code": {
            "coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "F33.1"}],
        },
    }


def _bundle(resource: Json) -> Json:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource}]}


_CONTEXTS = {
    "order-select": lambda patient: {
        "selections": ["ServiceRequest/order-1"],
        "draftOrders": _bundle(_order(patient)),
    },
    "order-sign": lambda patient: {"draftOrders": _bundle(_order(patient))},
    "appointment-book": lambda patient: {"appointments": _bundle(_visit(patient))},
    "problem-list-item-create": lambda patient: {"conditions": _bundle(_problem(patient))},
}
