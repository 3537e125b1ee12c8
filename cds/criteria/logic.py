"""Three-valued logic: Kleene's truth tables, and comparisons of a finding that may be stale."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from cds.criteria.model import Between, Clause, Finding, Value, Verdict

MET, NOT_MET, UNKNOWN = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN
OPPOSITE = {MET: NOT_MET, NOT_MET: MET, UNKNOWN: UNKNOWN}


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Not met as soon as one is not met; met only when every one is."""
    found = MET
    for verdict in verdicts:
        if verdict is NOT_MET:
            return NOT_MET
        found = verdict if verdict is UNKNOWN else found
    return found


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Met as soon as one is met; not met only when none can be."""
    found = NOT_MET
    for verdict in verdicts:
        if verdict is MET:
            return MET
        found = verdict if verdict is UNKNOWN else found
    return found


def none_of(verdicts: Iterable[Verdict]) -> Verdict:
    """The opposite of `any_of`."""
    return OPPOSITE[any_of(verdicts)]


def at_least_n_of(count: int, verdicts: Iterable[Verdict]) -> Verdict:
    """Met when `count` are met, not met when the unknown ones could not make up the number."""
    seen = list(verdicts)
    met = seen.count(MET)
    if met >= count:
        return MET
    return UNKNOWN if met + seen.count(UNKNOWN) >= count else NOT_MET


def at_least(number: Between, limit: Decimal) -> Verdict:
    """Whether a number known within bounds is `limit` or more."""
    if number.low is not None and number.low >= limit:
        return MET
    return NOT_MET if number.high is not None and number.high < limit else UNKNOWN


def at_most(number: Between, limit: Decimal) -> Verdict:
    """Whether a number known within bounds is `limit` or less."""
    if number.high is not None and number.high <= limit:
        return MET
    return NOT_MET if number.low is not None and number.low > limit else UNKNOWN


def compare(clause: Clause, finding: Finding, *, met_reassures: bool) -> Verdict:
    """The verdict of one clause; stale evidence never yields the reassuring one."""
    if finding.value is None:
        return UNKNOWN
    verdict = _compare(clause, finding.value)
    reassuring = MET if met_reassures else NOT_MET
    return UNKNOWN if verdict is reassuring and not finding.reassures else verdict


def _compare(clause: Clause, value: Value) -> Verdict:
    if isinstance(value, Between):
        return all_of(
            test(value, limit)
            for test, limit in ((at_least, clause.at_least), (at_most, clause.at_most))
            if limit is not None
        )
    if clause.one_of is not None:
        return MET if value in clause.one_of else NOT_MET
    return MET if value == clause.equals else NOT_MET
