"""What became of the cards: fired, accepted, overridden, no signal; by level, hook and criterion.

Silence is not a rejection: a card nobody told us of stands under "no signal".
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from cds.cards.words import instant_text
from cds.store.tables import cards, decisions, feedback

NO_REASON = "no reason given"
OWN_SYSTEM = "https://careladder.example/fhir/CodeSystem/override-reason"
COLUMNS = ("fired", "accepted", "overridden", "no signal")

Tallies = dict[str, "Tally"]


@dataclass
class Tally:
    """Cards counted once each, by the last that was told of them."""

    fired: int = 0
    accepted: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: str | None, reason: str) -> None:
        """One card more."""
        self.fired += 1
        self.accepted += outcome == "accepted"
        self.reasons[reason] += outcome == "overridden"

    @property
    def overridden(self) -> int:
        return self.reasons.total()

    @property
    def no_signal(self) -> int:
        return self.fired - self.accepted - self.overridden

    def wire(self) -> dict[str, Any]:
        """The counts by name."""
        return {
            "fired": self.fired,
            "accepted": self.accepted,
            "overridden": self.overridden,
            "noSignal": self.no_signal,
            "reasons": {code: count for code, count in self.reasons.most_common() if count},
        }


@dataclass
class Report:
    """Everything `cds report` says, of the answers since an instant or of all."""

    since: datetime | None
    answers: int = 0
    held: int = 0
    unmatched: int = 0
    total: Tally = field(default_factory=Tally)
    levels: Tallies = field(default_factory=lambda: defaultdict(Tally))
    hooks: Tallies = field(default_factory=lambda: defaultdict(Tally))
    criteria: Tallies = field(default_factory=lambda: defaultdict(Tally))

    def wire(self) -> dict[str, Any]:
        """One JSON document."""
        return {
            "since": None if self.since is None else instant_text(self.since),
            "answers": self.answers,
            "held": self.held,
            "unmatchedFeedback": self.unmatched,
            "total": self.total.wire(),
            **{name: {key: one.wire() for key, one in group} for name, group in self._groups()},
        }

    def lines(self) -> Iterator[str]:
        """A table for people."""
        yield "All answers" if self.since is None else f"Answers since {instant_text(self.since)}"
        yield f"{self.answers} answers, {self.held} held back"
        yield f"{self.unmatched} feedback entries for cards we do not know"
        for name, group in (("total", [("all cards", self.total)]), *self._groups()):
            yield ""
            yield row(name, COLUMNS, "reasons")
            for key, tally in group:
                counts = tally.fired, tally.accepted, tally.overridden, tally.no_signal
                yield row(key, counts, reasons(tally))

    def _groups(self) -> list[tuple[str, list[tuple[str, Tally]]]]:
        groups = {"levels": self.levels, "hooks": self.hooks, "criteria": self.criteria}
        return [
            (name, sorted(found.items(), key=lambda item: (-item[1].fired, item[0])))
            for name, found in groups.items()
        ]


def row(name: str, counts: tuple[object, ...], reasons: str) -> str:
    """One line of the table."""
    return f"{name:<44}{''.join(f'{count!s:>12}' for count in counts)}  {reasons}".rstrip()


def reasons(tally: Tally) -> str:
    """Why cards were overridden, the most frequent first."""
    return ", ".join(f"{count} {code}" for code, count in tally.reasons.most_common() if count)


def report(connection: Connection, since: datetime | None) -> Report:
    """Count what is stored."""
    found = Report(since)
    recent = decisions.c.at >= since if since else decisions.c.id.is_not(None)
    found.answers = counted(connection, select(func.count()).select_from(decisions).where(recent))
    held = select(func.count()).select_from(decisions).where(recent, decisions.c.held)
    found.held = counted(connection, held)
    heard = feedback.c.received_at >= since if since else feedback.c.id.is_not(None)
    unknown = select(func.count()).select_from(feedback).where(heard, ~feedback.c.matched)
    found.unmatched = counted(connection, unknown)
    count_cards(connection, found, recent)
    return found


def counted(connection: Connection, query: Any) -> int:
    """The one number of a query."""
    return int(connection.scalar(query) or 0)


def count_cards(connection: Connection, found: Report, recent: Any) -> None:
    """Each card once, though the same call may have shown it twice."""
    told = last_words(connection)
    columns = (decisions.c.client, decisions.c.tenant, cards.c.uuid)
    query = (
        select(*columns, decisions.c.level, decisions.c.hook, decisions.c.met)
        .join(cards, cards.c.decision == decisions.c.id)
        .where(recent, decisions.c.held.is_(False))
        .order_by(decisions.c.at)
    )
    seen = set()
    for client, tenant, uuid, level, hook, met in connection.execute(query):
        card = client, tenant, uuid
        if card in seen:
            continue
        seen.add(card)
        criteria = [found.criteria[name] for name in met]
        for tally in (found.total, found.levels[level], found.hooks[hook], *criteria):
            tally.add(*told.get(card, (None, "")))


def last_words(connection: Connection) -> dict[tuple[str, str, str], tuple[str, str]]:
    """What was told last of each card: the outcome, and why."""
    query = (
        select(
            feedback.c.client,
            feedback.c.tenant,
            feedback.c.card,
            feedback.c.outcome,
            feedback.c.reason_code,
            feedback.c.reason_system,
        )
        .where(feedback.c.matched)
        .order_by(feedback.c.outcome_at, feedback.c.received_at)
    )
    return {
        (client, tenant, card): (outcome, named(code, system))
        for client, tenant, card, outcome, code, system in connection.execute(query)
    }


def named(code: str | None, system: str | None) -> str:
    """A reason in the report: one of ours by its code, another's with its system."""
    if code is None:
        return NO_REASON
    return code if system == OWN_SYSTEM else f"{system}|{code}"
