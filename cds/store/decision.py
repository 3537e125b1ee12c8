"""What an answer decided, read from its JSON: the codes of it, never the card's text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

import orjson

from cds.answer import Reply
from cds.cards.compose import MEMBER
from cds.cards.models import HeldView, Link
from cds.cards.words import instant_text

INDICATORS = ("info", "warning", "critical")
ANSWERED = 200
EVIDENCE = "Why this level: the evidence"


@dataclass(frozen=True)
class Held:
    """Why a card is held back: a clinician set it aside at `since`, for a `reason` if told."""

    since: datetime
    until: datetime
    reason: str | None

    def wire(self) -> dict[str, str]:
        """The member `held` of the answer's extension."""
        since, until = instant_text(self.since), instant_text(self.until)
        return HeldView(since=since, until=until, reason=self.reason).wire()


@dataclass(frozen=True)
class Decision:
    """The level and the criteria of one answer. A refused call decided nothing."""

    level: str | None
    status: str | None
    indicator: str | None
    met: tuple[str, ...]
    unknown: tuple[str, ...]
    cards: tuple[str, ...]
    knowledge: dict[str, str]
    document: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, reply: Reply) -> Self:
        """Whatever of it is there."""
        document = orjson.loads(reply.body) if reply.status == ANSWERED else {}
        view = document.get("extension", {}).get(MEMBER, {})
        cards = document.get("cards", [])
        indicators = [card["indicator"] for card in cards]
        return cls(
            level=view.get("level"),
            status=view.get("status"),
            indicator=max(indicators, key=INDICATORS.index, default=None),
            met=verdicts(view, "met"),
            unknown=verdicts(view, "unknown"),
            cards=tuple(card["uuid"] for card in cards),
            knowledge=view.get("knowledge", {}),
            document=document,
        )

    def without_cards(self, held: Held) -> Reply:
        """The same answer in silence, saying so."""
        extension = self.document["extension"]
        view = {**extension[MEMBER], "held": held.wire()}
        quiet = {**self.document, "cards": [], "extension": {**extension, MEMBER: view}}
        return Reply(ANSWERED, orjson.dumps(quiet))

    def with_link(self, url: str) -> Reply:
        """The same answer, each card with a link to what it stands on."""
        link = Link(label=EVIDENCE, url=url).wire()
        cards = [
            {**card, "links": [*card.get("links", ()), link]} for card in self.document["cards"]
        ]
        return Reply(ANSWERED, orjson.dumps({**self.document, "cards": cards}))


def verdicts(view: dict[str, Any], wanted: str) -> tuple[str, ...]:
    """The ids of the criteria with this verdict."""
    return tuple(one["id"] for one in view.get("criteria", []) if one["verdict"] == wanted)
