"""Where each source statement lives: the entries that cite it, and the homes the shelf names."""

from __future__ import annotations

from cds.cards.compose import LIFELINE, LOCATOR
from cds.criteria.ladder import Level
from cds.shelf import Knowledge

# A home on the shelf is one of: "level <id> <member>: <words that stand there>", with `hours` and
# `orders` without words; "remark <criterion>: <words>"; "link <address>".
TEXTS = {"summary": "summary", "provisional": "summary", "next": "what could be done"}
TABLES = {"hours": "hours a week", "orders": "draft referral"}
LINKS = (LOCATOR.url, LIFELINE.url)


def homes(statement: str, knowledge: Knowledge) -> list[str]:
    """Every place of a statement: criteria, their remarks, levels, and its named homes."""
    citing = [one.id for one in knowledge.rules.criteria if statement in one.cite]
    return [
        *(f"criterion `{name}`" for name in citing),
        *(f"remark `{name}`" for name in citing if name in knowledge.remarks),
        *(f"page of level `{one.id}`" for one in knowledge.rules.levels if statement in one.cite),
        *(_said(home) for home in knowledge.homes[statement]),
    ]


def false_homes(statement: str, knowledge: Knowledge) -> list[str]:
    """The named homes of a statement that do not exist."""
    return [home for home in knowledge.homes[statement] if not _is_there(home, knowledge)]


def _is_there(home: str, knowledge: Knowledge) -> bool:
    kind, _, place = home.partition(" ")
    if kind == "link":
        return place in LINKS
    place, _, words = place.partition(": ")
    if kind == "remark":
        return bool(words) and words in knowledge.remarks.get(place, "")
    name, _, member = place.partition(" ")
    level = next((one for one in knowledge.rules.levels if one.id == name), None)
    if kind != "level" or level is None:
        return False
    if member in TABLES:
        return bool(getattr(level, member)) and not words
    return bool(words) and member in TEXTS and words in " ".join(_texts(level, member))


def _texts(level: Level, member: str) -> tuple[str, ...]:
    text = getattr(level, member)
    return text if isinstance(text, tuple) else (text,)


def _said(home: str) -> str:
    """A home in words: which card says it, and with which words."""
    kind, _, place = home.partition(" ")
    if kind == "link":
        return f"link on the card: <{place}>"
    place, _, words = place.partition(": ")
    if kind == "remark":
        return f"remark `{place}`: \u201c{words}\u201d"
    level, _, member = place.partition(" ")
    part = {**TEXTS, **TABLES}.get(member, member)
    return f"card of level `{level}`, {part}" + (f": \u201c{words}\u201d" if words else "")
