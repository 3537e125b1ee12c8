"""Writing and finding rows: decisions with their cards, and what was told of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self
from uuid import uuid4

import orjson
from sqlalchemy import Connection, Select, select

from cds.request import HookRequest
from cds.store.database import Database
from cds.store.decision import Decision
from cds.store.evidence import Kept, write_evidence
from cds.store.keys import CalledBy, Hashing, Keys
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


@dataclass(frozen=True)
class Record:
    """The row of one answer and the uuids of the cards it showed."""

    row: dict[str, Any]
    cards: list[str]
    kept: Kept | None = None

    @classmethod
    def of(cls, keys: Keys, entry: Entry) -> Self:
        """Codes, hashes and times, and the evidence, which only its link opens."""
        shown = [*dict.fromkeys(entry.decision.cards)]
        return cls(decision_row(keys, entry), shown, entry.kept)

    def without_evidence(self) -> Self:
        """For when it is too late to give a link."""
        return replace(self, kept=None)

    @property
    def id(self) -> str:
        """Its own, so that writing it twice is writing it once."""
        return str(self.row["id"])

    def to_bytes(self) -> bytes:
        """As JSON, instants in UTC; without the evidence."""
        return orjson.dumps([self.row, self.cards])

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        """The record that `to_bytes` wrote."""
        row, uuids = orjson.loads(stored)
        instants = {name: datetime.fromisoformat(row[name]) for name in ("at", "as_of")}
        return cls(row | instants, uuids)


def write_decisions(database: Database, records: list[Record]) -> None:
    """All of them at once, with the rows of their cards; what is there already is passed over."""
    shown = [{"decision": one.id, "uuid": uuid} for one in records for uuid in one.cards]
    with database.write() as connection:
        if records:
            connection.execute(database.insert(decisions), [one.row for one in records])
        if shown:
            connection.execute(database.insert(cards), shown)
        for one in records:
            if one.kept is not None:
                write_evidence(connection, one.kept)


def decision_row(keys: Keys, entry: Entry) -> dict[str, Any]:
    """Codes, hashes and times."""
    decision, knowledge = entry.decision, entry.decision.knowledge
    return {
        "id": str(uuid4()),
        "at": entry.at,
        "as_of": entry.as_of,
        **owner(entry.caller),
        "hook": entry.request.hook,
        "hook_instance": keys.newest.identifier(entry.request.hook_instance),
        "service": entry.service,
        "patient": keys.newest.patient(entry.caller, entry.request.patient_id),
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
            if told_before(connection, keys, mail, told):
                continue
            row = feedback_row(keys, mail, told)
            answer = connection.scalar(shown(mail.caller, row["card"]))
            row |= {"matched": answer is not None, "decision": answer}
            connection.execute(database.insert(feedback), row)


def feedback_row(keys: Keys, mail: Mail, told: Told) -> dict[str, Any]:
    """What was told of one card; the comment is patient data and goes in sealed."""
    return {
        "id": str(uuid4()),
        "event": event_of(keys.newest, mail, told),
        "received_at": mail.at,
        **owner(mail.caller),
        "service": mail.service,
        "card": keys.newest.identifier(told.card),
        "outcome": told.outcome,
        "outcome_at": told.outcome_at,
        "suggestions": accepted(keys.newest, told),
        "reason_code": told.reason_code,
        "reason_system": told.reason_system,
        "comment": None if told.comment is None else keys.close(told.comment),
    }


def event_of(hashing: Hashing, mail: Mail, told: Told) -> str:
    """The name of this event under one key."""
    who, when = owner(mail.caller).values(), told.outcome_at.isoformat()
    reason = told.reason_code, told.reason_system, told.comment
    card = hashing.identifier(told.card)
    return hashing.event((*who, card, told.outcome, when, *reason, *accepted(hashing, told)))


def accepted(hashing: Hashing, told: Told) -> list[str]:
    """The suggestions that were accepted, in one order."""
    return sorted({hashing.identifier(one) for one in told.suggestions})


def told_before(connection: Connection, keys: Keys, mail: Mail, told: Told) -> bool:
    """Whether this is the repeat of an event that an older key named."""
    names = [event_of(hashing, mail, told) for hashing in keys.older]
    known = select(feedback.c.id).where(feedback.c.event.in_(names))
    return bool(names) and connection.scalar(known) is not None


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
