"""The ladder of levels, and what is decided on it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Order:
    """A code that orders a level, for patients who meet one of the criteria `when` names."""

    system: str
    code: str
    display: str
    when: tuple[str, ...]


@dataclass(frozen=True)
class Hours:
    """Hours of treatment a week: the least for adults and for those under 18, and the limit."""

    adult: int
    youth: int
    below: int | None


@dataclass(frozen=True)
class Level:
    """One answer of the ladder: what calls for it, what it asks, what speaks against it.

    Several entries may share a `code` (three kinds of withdrawal management are one level).
    `safety` is the part of the requirements that must be known: where one of them is not met the
    level cannot be given and the answer is `undetermined`. `next` are the steps a card offers;
    `instead` are others for patients who meet a criterion, the first that is met.
    """

    id: str
    code: str
    display: str
    precedence: int
    intensity: int
    status: str
    called_by: tuple[str, ...]
    requires: tuple[str, ...] = ()
    safety: tuple[str, ...] = ()
    excluded_by: tuple[str, ...] = ()
    indicator: str = "info"
    warning_when: tuple[str, ...] = ()
    critical_when: tuple[str, ...] = ()
    cite: tuple[str, ...] = ()
    review: str = "draft"
    summary: str = ""
    provisional: str = ""
    next: tuple[str, ...] = ()
    instead: tuple[tuple[str, tuple[str, ...]], ...] = ()
    in_place: str | None = None
    ordered: str | None = None
    orders: tuple[Order, ...] = ()
    hours: Hours | None = None


@dataclass(frozen=True)
class Decision:
    """The level that follows from the verdicts.

    `called_by` are the met criteria that called for the level, `open` the safety criteria that
    are not met, `unmet` requirements that rule a called level out, `unknown` requirements nobody
    has answered, `also` other levels that were called as well.
    """

    level: Level
    status: str
    indicator: str
    candidate: Level | None = None
    called_by: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    unmet: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    also: tuple[Level, ...] = ()
