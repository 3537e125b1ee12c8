"""FHIR to findings: one module per dimension, small typed functions, windows from the shelf."""

from cds.findings import (
    behaviour,
    context,
    danger_to_self,
    encounters,
    history,
    indications,
    intoxication,
    person,
    pregnancy,
    programs,
    readiness,
    severity,
    support,
    trend,
    uncoded,
    vitals,
    withdrawal,
)
from cds.findings.registry import FINDINGS

__all__ = [
    "FINDINGS",
    "behaviour",
    "context",
    "danger_to_self",
    "encounters",
    "history",
    "indications",
    "intoxication",
    "person",
    "pregnancy",
    "programs",
    "readiness",
    "severity",
    "support",
    "trend",
    "uncoded",
    "vitals",
    "withdrawal",
]
