"""An assessment to the answer of a hook: at most one card here, or silence where it is meant."""

from __future__ import annotations

import uuid

from cds.assess import Assessment
from cds.cards import orders
from cds.cards.detail import detail, is_in_place
from cds.cards.models import (
    AssessmentView,
    Card,
    Coding,
    CriterionView,
    KnowledgeView,
    Link,
    NoteView,
    Response,
    Source,
    Suggestion,
)
from cds.cards.referral import suggestions
from cds.cards.words import instant_text
from cds.criteria.model import Judgement, Verdict
from cds.fhir.notes import shown
from cds.settings import Settings
from cds.shelf import Knowledge

SYSTEM = "https://careladder.example/fhir/CodeSystem"
MEMBER = "example.careladder.assessment"
LOCATOR = Link(label="Find a program: SAMHSA treatment locator", url="https://findtreatment.gov")
LIFELINE = Link(label="988 Suicide and Crisis Lifeline", url="https://988lifeline.org")
PROGRAMS = ("partial-hospitalization", "intensive-outpatient")


def respond(
    assessment: Assessment,
    knowledge: Knowledge,
    settings: Settings,
    patient_id: str,
    seed: uuid.UUID,
) -> Response:
    """The whole answer. `seed` makes the uuids: the same call gives the same ones."""
    if not assessment.moment.for_clinician:
        # A portal user gets neither a clinician's card nor the assessment behind it.
        return Response(cards=())
    told = speaks(assessment) or orders.is_due(assessment)
    cards = (card(assessment, knowledge, settings, patient_id, seed),) if told else ()
    return Response(cards=cards, extension={MEMBER: view(assessment, knowledge)})


def speaks(assessment: Assessment) -> bool:
    """Whether there is anything to say: silence is a feature, but never about a danger."""
    decision = assessment.decision
    if decision.level.id == "child":
        named = ("has-indication", "sign-of-danger-to-self")
        return any(assessment.verdict(name) is Verdict.MET for name in named)
    if assessment.verdict("transition-review-due") is Verdict.MET:
        return True
    if decision.level.id == "outpatient" and not assessment.moment.is_quiet:
        return True
    return decision.level.id not in ("deceased", "no-patient", "none", "outpatient")


def card(
    assessment: Assessment,
    knowledge: Knowledge,
    settings: Settings,
    patient_id: str,
    seed: uuid.UUID,
) -> Card:
    """The card of the level."""
    decision = assessment.decision
    offers = _offers(assessment, knowledge, patient_id, seed) or None
    order = orders.opinion(assessment, knowledge)
    return Card(
        uuid=str(uuid.uuid5(seed, decision.level.id)),
        summary=order.summary if order else _summary(assessment),
        detail=detail(assessment, knowledge, settings.zone),
        indicator=order.indicator if order else decision.indicator,
        source=Source(
            label=f"{knowledge.about['title']} ({knowledge.about['review']})",
            url=f"{settings.base_url}/knowledge/{decision.level.code}",
            topic=Coding(
                code=decision.level.code,
                system=f"{SYSTEM}/level-of-care",
                display=decision.level.display,
            ),
        ),
        suggestions=offers,
        selection_behavior="at-most-one" if offers else None,
        override_reasons=override_reasons(knowledge),
        links=_links(assessment),
    )


def _offers(
    assessment: Assessment, knowledge: Knowledge, patient_id: str, seed: uuid.UUID
) -> tuple[Suggestion, ...]:
    offers = () if is_arranged(assessment) else suggestions(assessment, knowledge, patient_id, seed)
    if orders.opinion(assessment, knowledge):
        return orders.offers(assessment, knowledge, offers, seed)
    return offers


def is_arranged(assessment: Assessment) -> bool:
    """Whether the level already runs or is ordered: a card must not fire itself again."""
    ordered = assessment.decision.level.ordered
    return is_in_place(assessment) or (
        ordered is not None and assessment.verdict(ordered) is Verdict.MET
    )


def _summary(assessment: Assessment) -> str:
    decision = assessment.decision
    if is_in_place(assessment):
        return f"Already in place: {decision.level.display}. Data support continued stay"
    if decision.status == "provisional":
        return decision.level.provisional
    if decision.status == "indeterminate":
        return f"{decision.level.summary}: {_reason(assessment)}"
    return decision.level.summary


def _reason(assessment: Assessment) -> str:
    """Why no level is given, in a few words."""
    decision = assessment.decision
    stands = [name for name in decision.open if assessment.verdict(name) is Verdict.MET]
    unknown = [name for name in decision.open if assessment.verdict(name) is not Verdict.MET]
    incomplete = "required-data-complete"
    whole = assessment.verdict(incomplete) is Verdict.MET
    for names in (
        [] if whole else [incomplete],
        decision.called_by,
        stands,
        decision.unmet,
        unknown,
    ):
        shorts = (assessment.by_id[name].criterion.short for name in names)
        said = list(dict.fromkeys(filter(None, shorts)))
        if said:
            return "; ".join(said[:2])
    return "the delivered data do not answer it"


def _links(assessment: Assessment) -> tuple[Link, ...] | None:
    decision = assessment.decision
    danger = assessment.verdict("sign-of-danger-to-self") is Verdict.MET
    links = [LIFELINE] if danger or decision.status == "emergency" else []
    goal = decision.candidate or decision.level
    if decision.status != "emergency" and goal.code in (*PROGRAMS, "outpatient"):
        links.append(LOCATOR)
    return tuple(links) or None


def override_reasons(knowledge: Knowledge) -> tuple[Coding, ...]:
    """The reasons a clinician may give for setting a card aside."""
    return tuple(
        Coding(code=code, system=f"{SYSTEM}/override-reason", display=display)
        for code, display in knowledge.override_reasons.items()
    )


def view(assessment: Assessment, knowledge: Knowledge) -> AssessmentView:
    """The assessment in codes."""
    decision = assessment.decision
    notes = tuple(
        NoteView(code=note.code, text=note.text, resource=note.resource)
        for note in assessment.notes
    )
    return AssessmentView(
        level=decision.level.code,
        status=decision.status,
        candidate=decision.candidate.code if decision.candidate else None,
        criteria=tuple(_criterion(one, assessment) for one in assessment.judgements),
        missing=assessment.missing or None,
        notes=notes or None,
        knowledge=KnowledgeView(version=knowledge.version, hash=knowledge.hash),
        as_of=instant_text(assessment.as_of),
    )


def _criterion(judgement: Judgement, assessment: Assessment) -> CriterionView:
    looked = [assessment.findings[name] for name in judgement.looked_at]
    evidence = sorted(
        {shown(ref) for one in looked if one.value is not None for ref in one.sources}
    )
    stale = judgement.verdict is Verdict.UNKNOWN and any(
        one.value is not None and not one.reassures for one in looked
    )
    return CriterionView(
        id=judgement.criterion.id,
        verdict=judgement.verdict.value,
        evidence=tuple(evidence) or None,
        note="There is a value, but it cannot reassure." if stale else None,
    )
