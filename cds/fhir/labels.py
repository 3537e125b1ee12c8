"""Sensitivity labels: what may be used, what is masked, and what carries a notice when echoed."""

from __future__ import annotations

from cds.fhir.codes import Terminology
from cds.fhir.reading import Json, coding_pair, tables

PSYCHOTHERAPY = "label-psychotherapy-note"
PROTECTED = ("label-part2", "label-substance-use")
# Value sets that say something of substance use: unknown as a whole once any of it is masked.
SUBSTANCE = ("sud-", "withdrawal-", "opioid-", "moud", "wm-", "intoxication", "overdose")
SCORES = ("ciwa-", "cows-", "audit-", "dast", "ethanol-", "uds-", "wernicke")


def labels(raw: Json, terminology: Terminology) -> set[str]:
    """The label value sets of a resource's `meta.security`."""
    found: set[str] = set()
    for meta in tables(raw.get("meta")):
        for coding in tables(meta.get("security")):
            for system, code in coding_pair(coding):
                found |= set(terminology.classify(system, code))
    return found


def is_about_substances(value_set: str) -> bool:
    """Whether a value set speaks of substance use, so that masking makes it unknown."""
    return value_set.startswith((*SUBSTANCE, *SCORES))
