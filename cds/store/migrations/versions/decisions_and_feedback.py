"""The first tables: decisions, their cards, and feedback."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    instant, name = sa.DateTime(timezone=True), sa.String(255)
    uuid, digest = sa.String(40), sa.String(64)
    op.create_table(
        "decisions",
        sa.Column("id", uuid, primary_key=True),
        sa.Column("at", instant, nullable=False, index=True),
        sa.Column("as_of", instant, nullable=False),
        sa.Column("client", name, nullable=False),
        sa.Column("tenant", name, nullable=False),
        sa.Column("hook", name, nullable=False),
        sa.Column("hook_instance", uuid, nullable=False),
        sa.Column("service", name, nullable=False),
        sa.Column("patient", digest, nullable=False),
        sa.Column("http_status", sa.Integer, nullable=False),
        sa.Column("knowledge_version", name),
        sa.Column("knowledge_hash", digest),
        sa.Column("level", name),
        sa.Column("status", name),
        sa.Column("indicator", name),
        sa.Column("met", sa.JSON, nullable=False),
        sa.Column("unknown", sa.JSON, nullable=False),
        sa.Column("who", name, nullable=False),
        sa.Column("milliseconds", sa.Float, nullable=False),
        sa.Column("held", sa.Boolean, nullable=False),
    )
    op.create_index("ix_decisions_patient_level", "decisions", ["patient", "level"])
    decision = sa.ForeignKey("decisions.id")
    op.create_table(
        "cards",
        sa.Column("decision", uuid, decision, primary_key=True),
        sa.Column("uuid", uuid, primary_key=True, index=True),
    )
    op.create_table(
        "feedback",
        sa.Column("id", uuid, primary_key=True),
        sa.Column("event", digest, nullable=False, unique=True),
        sa.Column("received_at", instant, nullable=False),
        sa.Column("client", name, nullable=False),
        sa.Column("tenant", name, nullable=False),
        sa.Column("service", name, nullable=False),
        sa.Column("card", uuid, nullable=False, index=True),
        sa.Column("outcome", name, nullable=False),
        sa.Column("outcome_at", instant, nullable=False),
        sa.Column("suggestions", sa.JSON, nullable=False),
        sa.Column("reason_code", name),
        sa.Column("reason_system", name),
        sa.Column("comment", sa.LargeBinary),
        sa.Column("matched", sa.Boolean, nullable=False),
        sa.Column("decision", uuid, sa.ForeignKey("decisions.id"), index=True),
    )
