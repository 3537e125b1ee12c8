"""Validation by fhir.resources, one resource at a time; its R4B models read R4 data."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

from cds.fhir.reading import Json, text_of

_ZONELESS = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?")
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def readable(raw: Json, zone: ZoneInfo) -> Json | None:
    """The resource as the findings may read it, or None when it is not sound FHIR.

    Times without an offset or without seconds, ids outside the FHIR alphabet and blanks around a
    code are what real clients send: they are put right (offset of `zone`, id left out, blanks
    gone) and looked at once more.
    """
    if _is_sound(raw):
        return raw
    repaired = cast("Json", _repair(raw, zone))
    return repaired if repaired != raw and _is_sound(repaired) else None


def _is_sound(raw: Json) -> bool:
    # The models raise KeyError for foreign types, RecursionError for deep nesting and, on some
    # malformed members, plain TypeError, ValueError or AttributeError: all mean "not readable".
    try:
        kind = text_of(raw.get("resourceType"))
        plain = _without_item_codes(raw) if kind == "QuestionnaireResponse" else raw
        get_fhir_model_class(kind).model_validate(plain)
    except (ValidationError, LookupError, RecursionError, TypeError, ValueError, AttributeError):
        return False
    return True


def _without_item_codes(value: Any) -> Any:
    """A form as R4 defines it: some senders write an item's code into it, which only we read."""
    if isinstance(value, dict):
        is_item = "linkId" in value
        members = ((k, v) for k, v in value.items() if not (is_item and k == "code"))
        return {k: _without_item_codes(v) if k in ("item", "answer") else v for k, v in members}
    return [_without_item_codes(one) for one in value] if isinstance(value, list) else value


def _repair(value: Any, zone: ZoneInfo, depth: int = 0) -> Any:
    if depth > 30:  # noqa: PLR2004 - deeper than any real resource: left as it is
        return value
    if isinstance(value, dict):
        return {
            key: member.strip()
            if key == "code" and isinstance(member, str)
            else _repair(member, zone, depth + 1)
            for key, member in value.items()
            if key != "id" or (isinstance(member, str) and _ID.fullmatch(member))
        }
    if isinstance(value, list):
        return [_repair(member, zone, depth + 1) for member in value]
    return _with_offset(value, zone) if isinstance(value, str) else value


def _with_offset(text: str, zone: ZoneInfo) -> str:
    found = _ZONELESS.fullmatch(text)
    if not found or all(found.groups()[1:]):
        return text
    minute, seconds, offset = found.groups()
    try:
        moment = datetime.fromisoformat(minute + (seconds or ":00"))
    except ValueError:
        return text
    own = moment.replace(tzinfo=zone).isoformat()[-6:]
    return f"{minute}{seconds or ':00'}{offset or own}"
