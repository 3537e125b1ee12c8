"""What an answer stood on, in codes and numbers: enough to explain it again on its page.

It goes from whoever answered to the store, where it is sealed under the key of its link.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from cds.assess import Assessment, conclude
from cds.cards.models import Card
from cds.criteria.model import ABSENT, Finding
from cds.fhir.notes import Note
from cds.findings.course import Course
from cds.moment import Moment
from cds.shelf import Knowledge


@dataclass(frozen=True)
class Evidence:
    """One card and the findings behind it; a finding that is not named was absent.

    `level` is the id of the rung, `knowledge` the hash of the shelf that judged.
    """

    as_of: datetime
    summary: str
    detail: str
    indicator: str
    level: str
    status: str
    hook: str
    knowledge: str
    findings: dict[str, Finding]
    undelivered: tuple[str, ...]
    notes: tuple[Note, ...]
    is_protected: bool
    course: Course

    def to_bytes(self) -> bytes:
        """JSON, without what is as usual."""
        return _EVIDENCE.dump_json(self, exclude_defaults=True)

    def assessment(self, knowledge: Knowledge) -> Assessment | None:
        """The assessment again; None where another shelf, or other code, would judge otherwise."""
        if knowledge.hash != self.knowledge:
            return None
        findings = {name: self.findings.get(name, ABSENT) for name in knowledge.terms}
        decision, judged, missing = conclude(findings, knowledge)
        if (decision.level.id, decision.status) != (self.level, self.status):
            return None
        return Assessment(
            as_of=self.as_of,
            decision=decision,
            findings=findings,
            judgements=judged,
            missing=missing,
            notes=self.notes,
            undelivered=self.undelivered,
            protected=frozenset(),
            moment=Moment(hook=self.hook),
            course=self.course,
        )


_EVIDENCE = TypeAdapter(Evidence)


def evidence(assessment: Assessment, card: Card, knowledge: Knowledge) -> Evidence:
    """What to keep of an assessment that made this card."""
    decision = assessment.decision
    return Evidence(
        as_of=assessment.as_of,
        summary=card.summary,
        detail=card.detail,
        indicator=card.indicator,
        level=decision.level.id,
        status=decision.status,
        hook=assessment.moment.hook,
        knowledge=knowledge.hash,
        findings={name: one for name, one in assessment.findings.items() if one != ABSENT},
        undelivered=assessment.undelivered,
        notes=assessment.notes,
        is_protected=bool(assessment.protected),
        course=assessment.course,
    )


def evidence_of(stored: bytes) -> Evidence:
    """The evidence that `to_bytes` wrote; raises ValueError for anything else."""
    return _EVIDENCE.validate_json(stored)
