"""The seven hooks fired at one invented chart."""

from typing import Any

import orjson
from charts import (
    NEGATIVE,
    NOW,
    PATIENT,
    bundle,
    condition,
    cssrs,
    knowledge,
    prefetch,
    readiness,
    score,
    settings,
    vitals,
)

from cds.answer import Call, answer

Json = dict[str, Any]

HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
MEMBER = "example.careladder.assessment"


def order(*codings: Json) -> Json:
    return {
        "resourceType": "ServiceRequest",
        "id": "o1",
        "status": "draft",
        "intent": "order",
        "code": {"coding": list(codings)},
        "subject": {"reference": f"Patient/{PATIENT}"},
    }


IOP_ORDER = order({"system": HCPCS, "code": "S9480"})
OUTPATIENT_ORDER = order({"system": "http://www.ama-assn.org/go/cpt", "code": "90834"})


def chart(delivered: Json) -> Json:
    """A copy whose keys can be taken away."""
    return dict(delivered)


def ready(phq9: int = 16, *, screen: bool = True) -> Json:
    """The prefetch of a chart that is ready for a program."""
    proof = [cssrs(NEGATIVE)] if screen else []
    return prefetch(condition("F33.1"), score(phq9), *proof, readiness(), *vitals())


def no_indication() -> Json:
    """The prefetch of a chart with nothing psychiatric in it."""
    return prefetch(condition("I10"))


def at(hook: str, delivered: Json, status: int = 200, **context: Any) -> Json:
    """The answer of a hook's service, with these members in the context."""
    people = {"userId": "Practitioner/a", "patientId": PATIENT, "encounterId": "e1"}
    request = {
        "hook": hook,
        "hookInstance": "6cd1a1e5-5a0c-4f0e-9a55-0f6d2f3f8c11",
        "context": people | context,
        "prefetch": delivered,
    }
    call = Call(f"level-of-care-{hook}", NOW, orjson.dumps(request))
    reply = answer(call, knowledge(), settings())
    assert reply.status == status, reply.body
    return orjson.loads(reply.body)


def assessment(response: Json) -> Json:
    return response["extension"][MEMBER]


def discharge(delivered: Json) -> Json:
    return at("encounter-discharge", delivered)


def order_sign(delivered: Json, *orders: Json) -> Json:
    return at("order-sign", delivered, draftOrders=bundle(*orders))


def order_select(delivered: Json, orders: list[Json], selections: list[str]) -> Json:
    return at("order-select", delivered, draftOrders=bundle(*orders), selections=selections)
