"""The tables: decisions, the cards they showed, feedback, and sealed evidence.

No value from a chart has a column of its own.

A change here needs a migration in `migrations/versions`; a test compares the two.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
)

UUID, HASH, NAME, CODE = String(40), String(64), String(255), String(255)

metadata = MetaData()


class Instant(TypeDecorator[datetime]):
    """An aware datetime in UTC; SQLite, which knows no zones, keeps it without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        aware: datetime = value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value
        return aware.astimezone(UTC)


# One row for each answer. `patient` is a keyed hash; `met` and `unknown` are ids of criteria,
# what is in neither was not met; `indicator` is that of the card, shown or `held` back.
decisions = Table(
    "decisions",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("as_of", Instant, nullable=False),
    Column("client", NAME, nullable=False),
    Column("tenant", NAME, nullable=False),
    Column("hook", NAME, nullable=False),
    Column("hook_instance", UUID, nullable=False),
    Column("service", NAME, nullable=False),
    Column("patient", HASH, nullable=False),
    Column("http_status", Integer, nullable=False),
    Column("knowledge_version", NAME),
    Column("knowledge_hash", HASH),
    Column("level", CODE),
    Column("status", CODE),
    Column("indicator", CODE),
    Column("met", JSON, nullable=False),
    Column("unknown", JSON, nullable=False),
    Column("who", CODE, nullable=False),
    Column("milliseconds", Float, nullable=False),
    Column("held", Boolean, nullable=False),
    Index("ix_decisions_patient_level", "patient", "level"),
)

# The cards of an answer. The same call gives the same uuids, so a uuid may come twice.
cards = Table(
    "cards",
    metadata,
    Column("decision", UUID, ForeignKey("decisions.id"), primary_key=True),
    Column("uuid", UUID, primary_key=True, index=True),
)

# What a client told of a card; rows are added, never changed. `event` makes a repeat harmless,
# `decision` is the answer that showed the card, empty for a card we do not know.
feedback = Table(
    "feedback",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("event", HASH, nullable=False, unique=True),
    Column("received_at", Instant, nullable=False),
    Column("client", NAME, nullable=False),
    Column("tenant", NAME, nullable=False),
    Column("service", NAME, nullable=False),
    Column("card", UUID, nullable=False, index=True),
    Column("outcome", CODE, nullable=False),
    Column("outcome_at", Instant, nullable=False),
    Column("suggestions", JSON, nullable=False),
    Column("reason_code", CODE),
    Column("reason_system", CODE),
    Column("comment", LargeBinary),
    Column("matched", Boolean, nullable=False),
    Column("decision", UUID, ForeignKey("decisions.id"), index=True),
)

# What a card stood on, until it expires. `id` is a hash of the token in the link, and `sealed` can
# be opened with that token alone, which is not here: the row belongs to no decision on purpose.
evidence = Table(
    "evidence",
    metadata,
    Column("id", HASH, primary_key=True),
    Column("expires_at", Instant, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
)
