"""Quiet when told: may a card be held back because a clinician set the same one aside?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cds.criteria.model import Kind
from cds.store.decision import INDICATORS, Decision, Held


@dataclass(frozen=True)
class Earlier:
    """The last word on a recommendation: what was told, and what was met when it was shown."""

    outcome: str
    outcome_at: datetime
    received_at: datetime
    reason: str | None
    met: frozenset[str]
    indicator: str | None


class Quiet:
    """The rule, for a shelf with these `kinds` of criteria. No `days`, no silence."""

    def __init__(self, kinds: Mapping[str, Kind], days: int) -> None:
        self._kinds = kinds
        self._days = timedelta(days=days)

    def possible(self, decision: Decision) -> bool:
        """Whether there is anything that may be held back: an alarm never is."""
        alarm = decision.indicator == "critical" or decision.status == "emergency"
        danger = any(self._kind(name) is Kind.DANGER for name in decision.met)
        return bool(self._days and decision.cards and decision.level) and not (alarm or danger)

    def held(self, decision: Decision, earlier: Earlier, as_of: datetime) -> Held | None:
        """Why the cards stay back at `as_of`; None when they are to be shown."""
        # A client's clock may run ahead; that must not make the silence longer.
        since = min(earlier.outcome_at, earlier.received_at)
        until = since + self._days
        silenced = earlier.outcome == "overridden" and as_of < until
        if not silenced or self._worse(decision, earlier):
            return None
        return Held(since, until, earlier.reason)

    def _worse(self, decision: Decision, earlier: Earlier) -> bool:
        """Whether a need stands now that did not stand then, or the card has become louder."""
        new = [name for name in decision.met if name not in earlier.met]
        louder = loudness(decision.indicator) > loudness(earlier.indicator)
        return louder or any(self._kind(name) in (Kind.DANGER, Kind.NEED) for name in new)

    def _kind(self, criterion: str) -> Kind:
        """A criterion this shelf does not know is taken for the worst."""
        return self._kinds.get(criterion, Kind.DANGER)


def loudness(indicator: str | None) -> int:
    """Place among the indicators; none is below all."""
    return -1 if indicator is None else INDICATORS.index(indicator)
