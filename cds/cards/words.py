"""How findings and dates are said on a card, with everything from the chart escaped."""

from __future__ import annotations

import html
import re
import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cds.criteria.model import Between, Finding, Term, When

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~@-]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
ONE_DAY = 1
TO_THE_HOUR = 24  # hours within which the time of day counts


def escape(text: str) -> str:
    """Text that Markdown and HTML leave alone, on one line; what cannot be seen is dropped."""
    plain = " ".join(text.split())
    seen = "".join(one for one in plain if unicodedata.category(one) not in ("Cc", "Cf"))
    return html.escape(_SPECIAL.sub(r"\\\1", seen), quote=False)


def instant_text(instant: datetime) -> str:
    """RFC 3339 in UTC, as members of an answer are written."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def value_text(finding: Finding, term: Term) -> str:
    """A finding as a clinician says it: `PHQ-9 16`, `Supportive home: yes`."""
    value = finding.value
    if value is None:
        return f"{term.label}: not known"
    if isinstance(value, bool):
        return f"{term.label}: {'yes' if value else 'no'}"
    said = escape(str(_rounded(value))).replace("\\-", "-").replace("\\.", ".")
    aged = "" if finding.reassures else _caution(finding)
    if isinstance(value, Between):
        unit = f" {term.unit}" if term.unit else ""
        return f"{term.label} {said}{unit}{aged}"
    return f"{term.label}: {said}{aged}"


def _rounded(value: str | Between) -> str | Between:
    """A number with two decimals at the most: a converted one has more than anyone measured."""
    if not isinstance(value, Between):
        return value
    low, high = (end if end is None else round(end, 2) for end in (value.low, value.high))
    return Between(low, high)


def _caution(finding: Finding) -> str:
    return "" if finding.value in ("alarming", "high", "moderate") else " (cannot reassure)"


def date_text(when: When | None, as_of: datetime, zone: ZoneInfo) -> str:
    """A date with its distance: `2026-11-18 (2 days ago)`; a long interval as its two ends."""
    if when is None:
        return "undated"
    first, last = (moment.astimezone(zone).date() for moment in (when.start, when.end))
    if (last - first).days > ONE_DAY:
        return f"between {first} and {last}"
    hours = (as_of - when.end).total_seconds() / 3600
    if when.start == when.end and 0 <= hours < TO_THE_HOUR:
        return f"{when.end.astimezone(zone):%Y-%m-%d %H:%M} ({hours:.0f} h ago)"
    days = (as_of.astimezone(zone).date() - last).days
    if days <= 0:
        return f"{last} (today)"
    return f"{last} ({days} day{'s' if days > 1 else ''} ago)"
