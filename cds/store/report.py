"""What became of the cards: fired, accepted, overridden, no signal; by level, hook and criterion.

Silence is not a rejection: a card nobody told us of stands under "no signal".
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, cast, func, select, true

from cds.cards.words import instant_text
from cds.store.tables import cards, decisions, feedback

NO_REASON = "no reason given"
OWN_SYSTEM = "https://careladder.example/fhir/CodeSystem/override-reason"
COLUMNS = ("fired", "accepted", "overridden", "no signal")

Tallies = dict[str, "Tally"]
Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Scope:
    """Which answers are counted: from `since` on, before `until`, of one level, of one hook.

    Days begin in `zone`.
    """

    since: datetime | None = None
    until: datetime | None = None
    level: str | None = None
    hook: str | None = None
    zone: tzinfo = UTC

    def answers(self) -> Condition:
        """The rows of `decisions` that are meant."""
        narrowed = self._between(decisions.c.at)
        if self.level is not None:
            narrowed &= decisions.c.level == self.level
        return narrowed if self.hook is None else narrowed & (decisions.c.hook == self.hook)

    def heard(self) -> Condition:
        """The rows of `feedback` that came in that time."""
        return self._between(feedback.c.received_at)

    def _between(self, column: Any) -> Condition:
        after = true() if self.since is None else column >= self.since
        return after if self.until is None else after & (column < self.until)


@dataclass
class Tally:
    """Cards counted once each, by the last that was told of them."""

    fired: int = 0
    accepted: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, number: int, outcome: str | None, reason: str) -> None:
        """So many cards more."""
        self.fired += number
        self.accepted += number * (outcome == "accepted")
        self.reasons[reason] += number * (outcome == "overridden")

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
    """What was counted; feedback on cards we do not know has no level and no hook."""

    scope: Scope
    answers: int = 0
    held: int = 0
    unmatched: int = 0
    total: Tally = field(default_factory=Tally)
    levels: Tallies = field(default_factory=lambda: defaultdict(Tally))
    hooks: Tallies = field(default_factory=lambda: defaultdict(Tally))
    criteria: Tallies = field(default_factory=lambda: defaultdict(Tally))
    days: dict[date, Tally] = field(default_factory=lambda: defaultdict(Tally))

    def wire(self) -> dict[str, Any]:
        """One JSON document."""
        since = self.scope.since
        return {
            "since": None if since is None else instant_text(since),
            "answers": self.answers,
            "held": self.held,
            "unmatchedFeedback": self.unmatched,
            "total": self.total.wire(),
            **{name: {key: one.wire() for key, one in group} for name, group in self.groups()},
        }

    def lines(self) -> Iterator[str]:
        """A table for people."""
        since = self.scope.since
        yield "All answers" if since is None else f"Answers since {instant_text(since)}"
        yield f"{self.answers} answers, {self.held} held back"
        yield f"{self.unmatched} feedback entries for cards we do not know"
        for name, group in (("total", [("all cards", self.total)]), *self.groups()):
            yield ""
            yield row(name, COLUMNS, "reasons")
            for key, tally in group:
                counts = tally.fired, tally.accepted, tally.overridden, tally.no_signal
                yield row(key, counts, reasons(tally))

    def groups(self) -> list[tuple[str, list[tuple[str, Tally]]]]:
        """Levels, hooks and criteria, in each the most frequent first."""
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


def report(connection: Connection, scope: Scope) -> Report:
    """Count what is stored."""
    found = Report(scope)
    answers = scope.answers()
    found.answers = counted(connection, select(func.count()).select_from(decisions).where(answers))
    held = select(func.count()).select_from(decisions).where(answers, decisions.c.held)
    found.held = counted(connection, held)
    unknown = select(func.count()).select_from(feedback)
    found.unmatched = counted(connection, unknown.where(scope.heard(), ~feedback.c.matched))
    count_cards(connection, found, answers)
    return found


def counted(connection: Connection, query: Any) -> int:
    """The one number of a query."""
    return int(connection.scalar(query) or 0)


def count_cards(connection: Connection, found: Report, answers: Condition) -> None:
    """Each card once, on the day it was first shown, though the same call may show it twice."""
    told = last_words(connection, answers)
    # The criteria stay text here: cards that are alike in everything are counted together.
    met = cast(decisions.c.met, Text)
    card = (decisions.c.client, decisions.c.tenant, cards.c.uuid)
    query = (
        select(*card, decisions.c.at, decisions.c.level, decisions.c.hook, met)
        .join(cards, cards.c.decision == decisions.c.id)
        .where(answers, decisions.c.held.is_(False))
        .order_by(decisions.c.at)
    )
    first: dict[tuple[str, str, str], tuple[Any, ...]] = {}
    for client, tenant, uuid, at, *shown in connection.execute(query):
        day = at.astimezone(found.scope.zone).date()
        first.setdefault((client, tenant, uuid), (day, *shown))
    alike = Counter((*shown, *told.get(key, (None, ""))) for key, shown in first.items())
    for (day, level, hook, names, *outcome), number in alike.items():
        criteria = [found.criteria[name] for name in json.loads(names)]
        for tally in (
            *(found.total, found.days[day], found.levels[level], found.hooks[hook]),
            *criteria,
        ):
            tally.add(number, *outcome)


def last_words(
    connection: Connection, answers: Condition
) -> dict[tuple[str, str, str], tuple[str, str]]:
    """What was told last of each card that the answers showed: the outcome, and why."""
    shown = select(cards.c.uuid).join(decisions, cards.c.decision == decisions.c.id).where(answers)
    query = (
        select(
            feedback.c.client,
            feedback.c.tenant,
            feedback.c.card,
            feedback.c.outcome,
            feedback.c.reason_code,
            feedback.c.reason_system,
        )
        .where(feedback.c.matched, feedback.c.card.in_(shown))
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
