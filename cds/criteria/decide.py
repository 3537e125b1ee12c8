"""Verdicts to a level: the ladder walked in order of precedence, never downwards past a need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from cds.criteria.evaluate import Verdicts
from cds.criteria.ladder import Decision, Level
from cds.criteria.model import Verdict

UNDETERMINED = "undetermined"


def decide(levels: Sequence[Level], verdicts: Verdicts) -> Decision:
    """The first level that is called for and can be given, else `undetermined`.

    `levels` stand in order of precedence. A called level that a requirement rules out never gives
    way to a less intensive one, and a called level whose safety is not known is not given.
    """
    called = [level for level in levels if _is_called(level, verdicts)]
    also = tuple(called[1:])
    if not called or called[0].id == UNDETERMINED:
        return _undetermined(levels, verdicts, also)
    unmet, unsafe = _obstacles(called[0], verdicts)
    if unmet or unsafe:
        given_up = _undetermined(levels, verdicts, also)
        candidate = None if unmet else given_up.candidate
        return replace(given_up, unmet=unmet, open=unsafe, candidate=candidate)
    return _given(called[0], verdicts, also)


def level_of(levels: Sequence[Level], verdicts: Verdicts) -> Level:
    """Only the level that `decide` would give."""
    first = next((level for level in levels if _is_called(level, verdicts)), None)
    if first is None or any(_obstacles(first, verdicts)):
        return next(level for level in levels if level.id == UNDETERMINED)
    return first


def _obstacles(level: Level, verdicts: Verdicts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The requirements that rule a level out, and the safety questions that stand open."""
    unmet = _ids(verdicts, level.requires, Verdict.NOT_MET)
    unsafe = _ids(verdicts, level.safety, Verdict.NOT_MET, Verdict.UNKNOWN)
    return unmet, unsafe + _ids(verdicts, level.excluded_by, Verdict.MET)


def _is_called(level: Level, verdicts: Verdicts) -> bool:
    return _any(verdicts, level.called_by, Verdict.MET)


def _given(level: Level, verdicts: Verdicts, also: tuple[Level, ...]) -> Decision:
    unknown = _ids(verdicts, level.requires, Verdict.UNKNOWN)
    provisional = bool(unknown) and level.status == "supported"
    return Decision(
        level=level,
        status="provisional" if provisional else level.status,
        indicator=_indicator(level, verdicts),
        called_by=_ids(verdicts, level.called_by, Verdict.MET),
        unknown=unknown,
        also=also,
    )


def _undetermined(
    levels: Sequence[Level], verdicts: Verdicts, also: tuple[Level, ...] = ()
) -> Decision:
    level = next(level for level in levels if level.id == UNDETERMINED)
    return replace(_given(level, verdicts, also), candidate=_candidate(levels, verdicts))


def _candidate(levels: Sequence[Level], verdicts: Verdicts) -> Level | None:
    """The level that would follow if every open question turned out well; None if none can."""
    settled = dict(verdicts)
    rest = [level for level in levels if level.id != UNDETERMINED]
    for level in rest:
        settled |= dict.fromkeys(level.safety, Verdict.MET)
    for level in rest:
        if _any(settled, level.called_by, Verdict.MET):
            return None if _any(settled, level.requires, Verdict.NOT_MET) else level
    # Nothing is called for once the questions are closed: the last rung says so.
    return rest[-1]


def _ids(verdicts: Verdicts, ids: Iterable[str], *wanted: Verdict) -> tuple[str, ...]:
    return tuple(i for i in ids if verdicts[i] in wanted)


def _any(verdicts: Verdicts, ids: Iterable[str], wanted: Verdict) -> bool:
    return any(verdicts[i] is wanted for i in ids)


def _indicator(level: Level, verdicts: Verdicts) -> str:
    if _any(verdicts, level.critical_when, Verdict.MET):
        return "critical"
    return "warning" if _any(verdicts, level.warning_when, Verdict.MET) else level.indicator
