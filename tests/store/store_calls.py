"""Calls, answers and feedback for the store, with as little in them as it reads."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any, Self
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Table, select

from cds.answer import Reply
from cds.catalogue import Service
from cds.criteria.model import Kind
from cds.request import HookRequest
from cds.settings import Settings
from cds.store.database import Database
from cds.store.engines import engine
from cds.store.journal import Journal
from cds.store.tables import cards, decisions, feedback

NOW = datetime(2024, 2, 29, 12, tzinfo=timezone(timedelta(hours=-6)))
SERVICE = Service("level-of-care-patient-view", "patient-view", "T", "D", {}, "U")
OTHER_SERVICE = Service("level-of-care-order-sign", "order-sign", "T", "D", {}, "U")
INSTANCE = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
MEMBER = "example.careladder.assessment"
KINDS = {
    "suicidal": Kind.DANGER,
    "severe": Kind.NEED,
    "moderate": Kind.NEED,
    "home": Kind.REQUIREMENT,
    "has-indication": Kind.INDICATION,
}
REASON = {"code": "patient-declines", "system": "https://ehr.example/reasons"}


@dataclass(frozen=True)
class Client:
    name: str = "Example Hospital"
    tenant: str | None = None


def now() -> datetime:
    return NOW


def shelf(kinds: dict[str, Kind]) -> Any:
    """As much of a shelf as the journal reads."""
    criteria = [SimpleNamespace(id=name, kind=kind) for name, kind in kinds.items()]
    return SimpleNamespace(rules=SimpleNamespace(criteria=criteria))


def call(patient: str = "p1", instance: str = INSTANCE) -> HookRequest:
    context = {"userId": "Practitioner/d1", "patientId": patient}
    document = {"hook": "patient-view", "hookInstance": instance, "context": context}
    return HookRequest.parse(SERVICE, document)


def card_uuid(name: str = "a card") -> str:
    return str(uuid5(NAMESPACE_URL, name))


def answer(
    *met: str,
    level: str = "intensive-outpatient",
    status: str = "supported",
    indicator: str = "info",
    card: str = "a card",
    text: str = "Refer",
) -> Reply:
    """An answer with one card, in which these criteria are met and the rest is not."""
    verdicts = [
        {
            "id": name,
            "verdict": "met" if name in met else "unknown" if name == "home" else "not-met",
        }
        for name in {**KINDS, **dict.fromkeys(met)}
    ]
    view = {
        "level": level,
        "status": status,
        "criteria": verdicts,
        "knowledge": {"version": "2024.1.0", "hash": "abcdef012345"},
        "asOf": "2024-02-29T18:00:00Z",
    }
    shown = {"uuid": card_uuid(card), "summary": text, "detail": text, "indicator": indicator}
    document = {"cards": [shown], "extension": {MEMBER: view}}
    return Reply(200, json.dumps(document).encode())


def keep(  # noqa: PLR0913
    journal: Journal,
    reply: Reply | None = None,
    *,
    caller: Client | None = None,
    request: HookRequest | None = None,
    service: Service = SERVICE,
    as_of: datetime = NOW,
) -> Reply:
    given = reply or answer("moderate")
    return journal.keep(
        caller or Client(), request or call(), service, given, "worker", 12.5, as_of
    )


def told(outcome: str = "overridden", card: str = "a card", **members: Any) -> dict[str, Any]:
    entry = {
        "card": card_uuid(card),
        "outcome": outcome,
        "outcomeTimestamp": NOW.isoformat(),
        **({"acceptedSuggestions": [{"id": card_uuid("s")}]} if outcome == "accepted" else {}),
        **members,
    }
    return {name: value for name, value in entry.items() if value is not None}


def tell(journal: Journal, *entries: dict[str, Any], caller: Client | None = None) -> None:
    journal.feedback(caller or Client(), SERVICE.id, {"feedback": list(entries)})


def held(reply: Reply) -> dict[str, str] | None:
    """Why the card of an answer was held back; it was shown when it was not."""
    document = json.loads(reply.body)
    why: dict[str, str] | None = document["extension"][MEMBER].get("held")
    assert bool(document["cards"]) == (why is None)
    return why


class Kept:
    """What is in the database, row by row."""

    def __init__(self, settings: Settings) -> None:
        self._database = Database(settings)

    @property
    def url(self) -> Any:
        return self._database.url

    def rows(self, table: Table) -> list[Any]:
        with self._database.read() as connection:
            return list(connection.execute(select(table)))

    @property
    def decisions(self) -> list[Any]:
        return self.rows(decisions)

    @property
    def cards(self) -> list[Any]:
        return self.rows(cards)

    @property
    def feedback(self) -> list[Any]:
        return self.rows(feedback)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else writes meanwhile."""
        made = engine(self._database.url)
        with made.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("LOCK TABLE decisions, feedback IN EXCLUSIVE MODE")
            yield
        made.dispose()

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def utc(year: int, month: int, day: int, hour: int = 18) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)
