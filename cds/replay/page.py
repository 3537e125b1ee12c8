"""What a replay has to say as one HTML file, which asks nobody for anything when it is opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import ValidationError

from cds.cards.models import Card
from cds.pages.contents import level_names
from cds.pages.render import Renderer
from cds.replay.report import WORDS
from cds.replay.run import DIFFERS, ERROR, RESULTS, Result
from cds.settings import Settings
from cds.shelf import Knowledge

UNREADABLE = "Its cards break the rules of CDS Hooks; cds replay --json shows them."


@dataclass(frozen=True)
class Row:
    """One replayed item: what became of it, and the cards that can be drawn."""

    id: str
    result: Result
    cards: tuple[Card, ...]
    remarks: tuple[str, ...]

    @property
    def title(self) -> str:
        """The title of a story or the name of a file."""
        return self.result.title or self.result.path.name

    @property
    def level(self) -> str:
        """The code of the level that was answered, empty where there is none."""
        return self.result.got.level if self.result.got else ""

    @property
    def stands_out(self) -> bool:
        """Whether somebody has to look at it."""
        return self.result.result in (DIFFERS, ERROR)


@dataclass
class Total:
    """Items that got one level, and how many of them are as expected or not."""

    items: int = 0
    results: Counter[str] = field(default_factory=Counter)


def page(results: Sequence[Result], knowledge: Knowledge, settings: Settings, at: datetime) -> str:
    """The file: totals by level, a table to filter, each item's cards and its difference."""
    rows = [_row(place, one) for place, one in enumerate(results)]
    return Renderer(knowledge, settings).file(
        "replay.html",
        style="replay.css",
        script="replay.js",
        here="",
        rows=rows,
        at=at.astimezone(settings.zone),
        totals=_totals(rows),
        counts={name: count for name in RESULTS if (count := _count(results, name))},
        results={name: said.capitalize() for name, said in WORDS.items()},
        levels=level_names(knowledge),
    )


def _row(place: int, result: Result) -> Row:
    remarks = [result.remark] if result.remark else []
    try:
        found = (result.answer or {}).get("cards", [])
        cards = tuple(Card.model_validate(one) for one in found)
    except ValidationError:
        cards = ()
        remarks.append(UNREADABLE)
    return Row(f"s{place}", result, cards, tuple(remarks))


def _totals(rows: Sequence[Row]) -> dict[str, Total]:
    """Totals by the level that was answered, the most frequent first."""
    totals: dict[str, Total] = {}
    for level, items in Counter(row.level for row in rows).most_common():
        found = Counter(row.result.result for row in rows if row.level == level)
        totals[level] = Total(items, found)
    return totals


def _count(results: Sequence[Result], name: str) -> int:
    return sum(one.result == name for one in results)
