"""The draft order that a program card suggests; nothing happens unless a clinician accepts it."""

from __future__ import annotations

import re
import uuid
from typing import Any

from cds.assess import Assessment
from cds.cards.models import Action, Suggestion
from cds.criteria.ladder import Hours, Level, Order
from cds.criteria.model import Between, Kind, Verdict
from cds.shelf import Knowledge

SESSIONS = 3  # a week: the least a program of three to five days asks
MOST_REFERENCES = 20  # of evidence on one order
YOUTH_BELOW = 18  # years
# An underscore is outside the FHIR alphabet of ids, but real servers use it.
_LITERAL = re.compile(r"[A-Za-z]+/[A-Za-z0-9._\-]{1,64}")
# What R4 lets a reason be; other evidence is information beside it.
REASONS = ("Condition/", "Observation/", "DiagnosticReport/", "DocumentReference/")


def suggestions(
    assessment: Assessment, knowledge: Knowledge, patient_id: str, seed: uuid.UUID
) -> tuple[Suggestion, ...]:
    """One suggestion for each code that orders the level for this patient."""
    level = assessment.decision.level
    orders = [
        order
        for order in level.orders
        if any(assessment.verdict(name) is Verdict.MET for name in order.when)
    ]
    return tuple(
        Suggestion(
            label=f"Draft referral: {order.display} ({order.code})",
            uuid=str(uuid.uuid5(seed, order.code)),
            actions=(
                Action(
                    description=f"Create a draft order for {level.display}; edit before signing.",
                    resource=service_request(order, assessment, knowledge, patient_id),
                ),
            ),
        )
        for order in orders
    )


def service_request(
    order: Order, assessment: Assessment, knowledge: Knowledge, patient_id: str
) -> dict[str, Any]:
    """A draft ServiceRequest (FHIR R4): code, hours a week as timing, reason and evidence."""
    level = assessment.decision.level
    indications = _sources(assessment, Kind.INDICATION)
    reasons = [ref for ref in indications if ref.startswith(REASONS)]
    known = dict.fromkeys([*indications, *_sources(assessment, Kind.NEED)])
    evidence = [ref for ref in known if ref not in reasons]
    request: dict[str, Any] = {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "order",
        "code": {
            "coding": [
                {
                    "system": knowledge.terminology.uri(order.system),
                    "code": order.code,
                    "display": order.display,
                }
            ],
            "text": level.display,
        },
        "subject": {"reference": f"Patient/{patient_id}"},
    }
    if level.hours:
        request["occurrenceTiming"] = timing(least_hours(level, assessment))
        request["note"] = [{"text": f"{hours_text(level, assessment)} Confirm with the program."}]
    if reasons:
        request["reasonReference"] = [{"reference": ref} for ref in reasons]
    if evidence:
        request["supportingInfo"] = [{"reference": ref} for ref in evidence[:MOST_REFERENCES]]
    return request


def timing(hours: int) -> dict[str, Any]:
    """At least `hours` a week, in equal sessions on enough days that none passes four hours."""
    sessions = SESSIONS if hours <= SESSIONS * 4 else 5
    duration = -(-hours // sessions)
    return {
        "repeat": {
            "frequency": sessions,
            "period": 1,
            "periodUnit": "wk",
            "duration": duration,
            "durationUnit": "h",
        }
    }


def least_hours(level: Level, assessment: Assessment) -> int:
    """The least hours a week for this patient's age; the higher of both while it is unknown."""
    hours = level.hours or Hours(0, 0, None)
    age = assessment.findings["age"].value
    is_youth = isinstance(age, Between) and age.high is not None and age.high < YOUTH_BELOW
    return hours.youth if is_youth else hours.adult


def hours_text(level: Level, assessment: Assessment) -> str:
    """The hours in words; both minimums where the age leaves it open."""
    hours, age = level.hours, assessment.findings["age"].value
    if hours is None:
        return ""
    known = isinstance(age, Between) and (
        (age.high is not None and age.high < YOUTH_BELOW)
        or (age.low is not None and age.low >= YOUTH_BELOW)
    )
    if known or hours.adult == hours.youth:
        return f"At least {least_hours(level, assessment)} hours a week."
    return f"At least {hours.adult} hours a week for adults, {hours.youth} under {YOUTH_BELOW}."


def _sources(assessment: Assessment, kind: Kind) -> list[str]:
    """References of what met the criteria of a kind: literal `Type/id` ones only."""
    found: dict[str, None] = {}
    for judgement in assessment.judgements:
        if judgement.criterion.kind is kind and judgement.verdict is Verdict.MET:
            for name in judgement.looked_at:
                finding = assessment.findings[name]
                if finding.value not in (None, False):
                    found |= dict.fromkeys(ref for ref in finding.sources if _is_literal(ref))
    return sorted(found)


def _is_literal(reference: str) -> bool:
    return _LITERAL.fullmatch(reference) is not None
