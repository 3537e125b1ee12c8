"""Orders in hand compared with the level the data support: below, above, or fitting."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from cds.assess import Assessment
from cds.cards.models import Action, Suggestion
from cds.cards.referral import least_hours, timing
from cds.criteria.ladder import Level
from cds.criteria.model import Verdict
from cds.shelf import Knowledge

COMPARED = ("supported", "provisional", "no-indication")


@dataclass(frozen=True)
class Opinion:
    """What is said of an order, and how urgently."""

    summary: str
    indicator: str
    below: bool


def is_due(assessment: Assessment) -> bool:
    """Whether an order of a program or of withdrawal management makes the outcome due."""
    status = assessment.decision.status
    in_hand = assessment.verdict("program-order-in-hand") is Verdict.MET
    return in_hand and status in (*COMPARED, "indeterminate")


def opinion(assessment: Assessment, knowledge: Knowledge) -> Opinion | None:
    """What to say of the order in hand; nothing where there is none or no level to compare."""
    decision, code = assessment.decision, assessment.findings["order_in_hand"].value
    if code is None or decision.status not in COMPARED:
        return None
    ordered = level_of(str(code), knowledge)
    if decision.status == "no-indication":
        return Opinion(f"{decision.level.summary}; ordered: {ordered.display}", "info", below=False)
    if ordered.code == decision.level.code:
        return Opinion(f"The order fits what the data support: {ordered.display}", "info", False)
    if ordered.intensity < decision.level.intensity:
        summary = f"The order is below the level the data support: {decision.level.display}"
        worse = "critical" if decision.indicator == "critical" else "warning"
        return Opinion(summary, worse, below=True)
    summary = f"The order is above the level the data support: {decision.level.display}"
    return Opinion(summary, "info", below=False)


def level_of(code: str, knowledge: Knowledge) -> Level:
    """The least intensive entry of the ladder with a level's code."""
    return min(
        (level for level in knowledge.rules.levels if level.code == code),
        key=lambda level: level.intensity,
    )


def offers(
    assessment: Assessment,
    knowledge: Knowledge,
    drafts: tuple[Suggestion, ...],
    seed: uuid.UUID,
) -> tuple[Suggestion, ...]:
    """Replace an order that is below; complete one that fits and has no hours; else nothing."""
    said = opinion(assessment, knowledge)
    if said is None:
        return ()
    if said.below:
        return tuple(_replacement(draft, assessment) for draft in drafts)
    fits = assessment.findings["order_in_hand"].value == assessment.decision.level.code
    return _completed(assessment, seed) if fits else ()


def _replacement(draft: Suggestion, assessment: Assessment) -> Suggestion:
    """A drafted referral in place of what is in hand: one suggestion, all of it or nothing.

    An order that is signed already is history and not ours to delete; the clinician revokes it.
    """
    deletions = tuple(
        Action(
            type="delete",
            description="Remove the order that is below the level the data support.",
            resource_id=reference,
        )
        for reference, order in _in_hand(assessment)
        if order.get("status") == "draft"
    )
    if not deletions:
        return draft
    return draft.model_copy(
        update={"label": f"Replace by: {draft.label}", "actions": draft.actions + deletions}
    )


def _completed(assessment: Assessment, seed: uuid.UUID) -> tuple[Suggestion, ...]:
    """The orders in hand that say no hours, each with the least hours a week as its timing."""
    level = assessment.decision.level
    if level.hours is None or assessment.findings["ordered_hours"].value is not None:
        return ()
    hours = least_hours(level, assessment)
    return tuple(
        Suggestion(
            label=f"Add at least {hours} hours a week to the order",
            uuid=str(uuid.uuid5(seed, reference)),
            actions=(
                Action(
                    type="update",
                    description=f"Set the timing of the order to at least {hours} hours a week.",
                    resource={**order, "occurrenceTiming": timing(hours)},
                ),
            ),
        )
        for reference, order in _in_hand(assessment)
    )


def _in_hand(assessment: Assessment) -> list[tuple[str, dict[str, Any]]]:
    """The orders behind the finding, whole as the hook brought them."""
    brought = {
        f"{one.get('resourceType')}/{one.get('id')}": one for one in assessment.moment.brought
    }
    sources = assessment.findings["order_in_hand"].sources
    return [(reference, brought[reference]) for reference in sources if reference in brought]
