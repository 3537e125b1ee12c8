"""The nouns of the engine: findings, clauses, criteria and judgements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from functools import cached_property


class Verdict(Enum):
    """What a criterion says of one patient; `UNKNOWN` is a result, not an error."""

    MET = "met"
    NOT_MET = "not-met"
    UNKNOWN = "unknown"


class Kind(Enum):
    """What a met criterion means, and so what stale evidence may still do for it.

    Stale evidence can alarm but not reassure: it may meet a criterion whose being met calls for
    care, and may break one whose being met clears something, never the other way round.
    """

    DANGER = "danger"  # met: a sign of danger stands
    INDICATION = "indication"  # met: a reason to consider treatment at all
    NEED = "need"  # met: more than ordinary outpatient care is called for
    OBSTACLE = "obstacle"  # met: something speaks against a level
    SAFEGUARD = "safeguard"  # met: a danger is known to be absent
    REQUIREMENT = "requirement"  # met: something a level asks for is there

    @property
    def reassures(self) -> bool:
        """Whether being met makes a less intensive answer possible."""
        return self in (Kind.SAFEGUARD, Kind.REQUIREMENT)


@dataclass(frozen=True)
class Between:
    """A number known within bounds, both included; `None` is an open end.

    An exact number has equal ends. Comparators (`>15`) and a year-only birth date leave a gap.
    """

    low: Decimal | None
    high: Decimal | None

    @classmethod
    def exactly(cls, number: Decimal | int) -> Between:
        """The number itself."""
        return cls(Decimal(number), Decimal(number))

    def __str__(self) -> str:
        """As a clinician would write it: `16`, `15 or more`, `17 to 18`."""
        if self.low == self.high:
            return f"{self.low.normalize():f}" if self.low is not None else "any"
        if self.high is None:
            return f"{self.low} or more"
        return f"{self.high} or less" if self.low is None else f"{self.low} to {self.high}"


Value = bool | str | Between


@dataclass(frozen=True)
class When:
    """The time something was true: an interval, since a partial date is one. Aware datetimes."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Finding:
    """One named fact read from the chart.

    `value` is None when nobody knows. `reassures` is False when the value is too old, too
    preliminary or too incomplete to clear anything: it can then only alarm. Without a value it is
    False when something is there that could not be seen, rather than nothing at all.
    """

    value: Value | None
    reassures: bool = True
    when: When | None = None
    sources: tuple[str, ...] = ()
    note: str | None = None


ABSENT = Finding(None)
UNSEEN = Finding(None, reassures=False)


@dataclass(frozen=True)
class Term:
    """A word criteria may use: the type, scale and options of one finding.

    `type` is "yes-no", "number" or "code"; `asked_when` names a criterion without which the
    question does not arise, and what is not `asked` follows from other findings.
    From `alarm_from` on a number is evidence by itself that other findings count. `bands` name
    the parts of a scale, each with its lowest number, as the work `bands_from` has them.
    Who answers `told_by` answers this too: `told` says what each of its options means here.
    """

    name: str
    label: str
    type: str
    ask: str
    unit: str | None = None
    scale: tuple[Decimal, Decimal] | None = None
    options: frozenset[str] = frozenset()
    window: str | None = None
    quantity: str | None = None
    asked_when: str | None = None
    asked: bool = True
    alarm_from: Decimal | None = None
    bands: tuple[tuple[Decimal, str], ...] = ()
    bands_from: str | None = None
    told_by: str | None = None
    told: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Clause:
    """One comparison of a finding, or a reference to another criterion."""

    finding: str | None = None
    criterion: str | None = None
    equals: bool | str | None = None
    one_of: frozenset[str] | None = None
    at_least: Decimal | None = None
    at_most: Decimal | None = None


@dataclass(frozen=True)
class Example:
    """A worked case inside a criterion: given these findings, this verdict."""

    given: tuple[tuple[str, Finding], ...]
    then: Verdict


@dataclass(frozen=True)
class Group:
    """A combining word and what it combines: `all`, `any`, `none`, `at_least_n_of`."""

    word: str
    clauses: tuple[Clause, ...]
    count: int = 0


@dataclass(frozen=True)
class Criterion:
    """One cited claim. Its groups must all hold; nothing nests deeper.

    `short` says in a few words why no level can be given while it stands in the way.
    """

    id: str
    says: str
    kind: Kind
    dimension: str
    cite: tuple[str, ...]
    groups: tuple[Group, ...]
    examples: tuple[Example, ...]
    review: str
    reviewer: str | None = None
    reviewed_on: str | None = None
    replaces: str | None = None
    short: str | None = None
    note: str | None = None

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """Every clause of every group."""
        return tuple(clause for group in self.groups for clause in group.clauses)


@dataclass(frozen=True)
class Judgement:
    """A criterion, its verdict and the findings it looked at."""

    criterion: Criterion
    verdict: Verdict
    looked_at: tuple[str, ...]
