"""Writing and finding rows: decisions with their cards, and what was told of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Select, select

from cds.request import HookRequest
from cds.store.database import Database
from cds.store.decision import Decision
from cds.store.evidence import Kept, write_evidence
from cds.store.keys import CalledBy, Keys
from cds.store.quiet import Earlier
from cds.store.tables import cards, decisions, feedback
from cds.store.told import Told


@dataclass(frozen=True)
class Entry:
    """One answer, and how it came about."""

    at: datetime
    as_of: datetime
    caller: CalledBy
    request: HookRequest
    service: str
    http_status: int
    decision: Decision
    who: str
    milliseconds: float
    held: bool
    kept: Kept | None = None


def write_decision(database: Database, keys: Keys, entry: Entry) -> None:
    """The row of an answer, those of its cards and the evidence behind them, at once."""
    row = decision_row(keys, entry)
    with database.write() as connection:
        connection.execute(decisions.insert(), row)
        for uuid in dict.fromkeys(entry.decision.cards):
            connection.execute(cards.insert(), {"decision": row["id"], "uuid": uuid})
        if entry.kept is not None:
            write_evidence(connection, entry.kept)


def decision_row(keys: Keys, entry: Entry) -> dict[str, Any]:
    """Codes, hashes and times."""
    decision, knowledge = entry.decision, entry.decision.knowledge
    return {
        "id": str(uuid4()),
        "at": entry.at,
        "as_of": entry.as_of,
        **owner(entry.caller),
        "hook": entry.request.hook,
        "hook_instance": keys.identifier(entry.request.hook_instance),
        "service": entry.service,
        "patient": keys.patients(entry.caller, entry.request.patient_id)[0],
        "http_status": entry.http_status,
        "knowledge_version": knowledge.get("version"),
        "knowledge_hash": knowledge.get("hash"),
        "level": decision.level,
        "status": decision.status,
        "indicator": decision.indicator,
        "met": list(decision.met),
        "unknown": list(decision.unknown),
        "who": entry.who,
        "milliseconds": entry.milliseconds,
        "held": entry.held,
    }


def last_word(database: Database, patients: list[str], level: str | None) -> Earlier | None:
    """The newest feedback on a card of this level for one patient, by any of its hashes."""
    query = (
        select(
            feedback.c.outcome,
            feedback.c.outcome_at,
            feedback.c.received_at,
            feedback.c.reason_code,
            decisions.c.met,
            decisions.c.indicator,
        )
        .join(decisions, feedback.c.decision == decisions.c.id)
        .where(decisions.c.patient.in_(patients), decisions.c.level == level)
        .order_by(feedback.c.outcome_at.desc(), feedback.c.received_at.desc())
        .limit(1)
    )
    with database.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    outcome, outcome_at, received_at, reason, met, indicator = row
    return Earlier(outcome, outcome_at, received_at, reason, frozenset(met), indicator)


@dataclass(frozen=True)
class Mail:
    """Everything of one feedback call."""

    at: datetime
    caller: CalledBy
    service: str
    told: Iterable[Told]


def write_feedback(database: Database, keys: Keys, mail: Mail) -> None:
    """All of it or nothing; what is there already is passed over."""
    with database.write() as connection:
        for told in mail.told:
            row = feedback_row(keys, mail, told)
            answer = connection.scalar(shown(mail.caller, row["card"]))
            row |= {"matched": answer is not None, "decision": answer}
            connection.execute(database.insert(feedback), row)


def feedback_row(keys: Keys, mail: Mail, told: Told) -> dict[str, Any]:
    """What was told of one card; the comment is patient data and goes in sealed."""
    card = keys.identifier(told.card)
    suggestions = sorted({keys.identifier(one) for one in told.suggestions})
    reason = told.reason_code, told.reason_system, told.comment
    who = owner(mail.caller)
    when = told.outcome_at.isoformat()
    event = (*who.values(), card, told.outcome, when, *reason, *suggestions)
    return {
        "id": str(uuid4()),
        "event": keys.event(event),
        "received_at": mail.at,
        **who,
        "service": mail.service,
        "card": card,
        "outcome": told.outcome,
        "outcome_at": told.outcome_at,
        "suggestions": suggestions,
        "reason_code": told.reason_code,
        "reason_system": told.reason_system,
        "comment": None if told.comment is None else keys.close(told.comment),
    }


def shown(caller: CalledBy, card: str) -> Select[tuple[str]]:
    """The last answer that showed this card to this client."""
    who = owner(caller)
    return (
        select(decisions.c.id)
        .join(cards, cards.c.decision == decisions.c.id)
        .where(cards.c.uuid == card, decisions.c.held.is_(False))
        .where(decisions.c.client == who["client"], decisions.c.tenant == who["tenant"])
        .order_by(decisions.c.at.desc())
        .limit(1)
    )


def owner(caller: CalledBy) -> dict[str, str]:
    """Client and tenant as they are stored; no tenant is an empty one."""
    return {"client": caller.name, "tenant": caller.tenant or ""}
