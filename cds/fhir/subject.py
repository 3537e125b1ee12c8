"""Whose a resource is: the patient's, another patient's, or nobody can tell."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from enum import Enum

from cds.fhir.reading import Json, reference_of, same_target

# An underscore is outside the FHIR alphabet of ids, but real servers use it.
_PATIENT = re.compile(r"(?:https?://[^\s?#]+/)?Patient/[A-Za-z0-9._\-]{1,64}")


class Owner(Enum):
    """Whom a resource is about."""

    PATIENT = "patient"  # of the context, or nobody is named
    OTHER = "other"  # a well-formed reference to another Patient
    UNRESOLVED = "unresolved"  # a reference that leads nowhere: it may be the patient


def owner(raw: Json, own: AbstractSet[str]) -> Owner:
    """Whom a resource is about; `own` holds the references that name the patient."""
    for member in ("subject", "patient"):
        subject = reference_of(raw.get(member)).strip().rstrip("/")
        if subject:
            break
    if not subject or subject in own or subject.startswith("#") or same_target(subject, own):
        return Owner.PATIENT
    return Owner.OTHER if _PATIENT.fullmatch(subject) else Owner.UNRESOLVED
