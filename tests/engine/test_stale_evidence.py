"""Stale evidence alarms but does not reassure, whatever a criterion is for."""

from decimal import Decimal

import pytest
from small_shelf import MET, NOT_MET, UNKNOWN, at_least, criterion, exactly, refer, stale, yes

from cds.criteria.evaluate import evaluate, judge, judgements
from cds.criteria.model import ABSENT, Between, Clause, Finding, Kind, Verdict

REASSURING = (Kind.SAFEGUARD, Kind.REQUIREMENT)
CAUTIOUS = (Kind.DANGER, Kind.INDICATION, Kind.NEED, Kind.OBSTACLE)


def _judged(kind: Kind, word: str, finding: Finding) -> Verdict:
    return judge(criterion("it", yes("fact"), word=word, kind=kind), {"fact": finding}, {})


def test_every_kind_is_on_one_side() -> None:
    assert set(REASSURING) | set(CAUTIOUS) == set(Kind)


@pytest.mark.parametrize("kind", CAUTIOUS)
def test_stale_evidence_may_meet_what_calls_for_caution_and_never_breaks_it(kind: Kind) -> None:
    assert _judged(kind, "all", stale(True)) is MET
    assert _judged(kind, "all", stale(False)) is UNKNOWN
    assert _judged(kind, "any", stale(True)) is MET
    assert _judged(kind, "any", stale(False)) is UNKNOWN


@pytest.mark.parametrize("kind", REASSURING)
def test_stale_evidence_may_break_what_clears_and_never_meets_it(kind: Kind) -> None:
    assert _judged(kind, "all", stale(True)) is UNKNOWN
    assert _judged(kind, "all", stale(False)) is NOT_MET


@pytest.mark.parametrize("kind", CAUTIOUS)
def test_inside_none_a_stale_fact_cannot_take_a_caution_away(kind: Kind) -> None:
    assert _judged(kind, "none", stale(True)) is UNKNOWN
    assert _judged(kind, "none", stale(False)) is MET


@pytest.mark.parametrize("kind", REASSURING)
def test_inside_none_a_stale_fact_still_speaks_against_what_clears(kind: Kind) -> None:
    assert _judged(kind, "none", stale(True)) is NOT_MET
    assert _judged(kind, "none", stale(False)) is UNKNOWN


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("word", ["all", "any", "none"])
def test_nobody_knows_is_unknown_everywhere(kind: Kind, word: str) -> None:
    assert _judged(kind, word, ABSENT) is UNKNOWN
    assert judge(criterion("it", yes("fact"), word=word, kind=kind), {}, {}) is UNKNOWN


def test_a_stale_score_meets_a_need_and_does_not_rule_it_out() -> None:
    need = criterion("need", at_least("score", 15), kind=Kind.NEED)
    assert judge(need, {"score": stale(Between.exactly(15))}, {}) is MET
    assert judge(need, {"score": stale(Between.exactly(14))}, {}) is UNKNOWN
    assert judge(need, {"score": exactly(14)}, {}) is NOT_MET


def test_a_stale_low_score_does_not_meet_a_requirement() -> None:
    mild = criterion("mild", Clause(finding="score", at_most=Decimal(14)))
    assert judge(mild, {"score": stale(Between.exactly(14))}, {}) is UNKNOWN
    assert judge(mild, {"score": stale(Between.exactly(15))}, {}) is NOT_MET


def test_one_stale_part_is_enough_to_leave_a_whole_open() -> None:
    both = criterion("both", yes("one"), yes("two"), kind=Kind.SAFEGUARD)
    found = {"one": Finding(value=True), "two": stale(True)}
    assert judge(both, found, {}) is UNKNOWN


def test_at_least_n_of_counts_a_stale_alarm_and_not_a_stale_comfort() -> None:
    clauses = (yes("one"), yes("two"), yes("three"))
    found = {"one": stale(True), "two": stale(True), "three": Finding(value=False)}
    alarms = criterion("alarms", *clauses, word="at_least_n_of", count=2, kind=Kind.NEED)
    comforts = criterion("comforts", *clauses, word="at_least_n_of", count=2, kind=Kind.SAFEGUARD)
    assert judge(alarms, found, {}) is MET
    assert judge(comforts, found, {}) is UNKNOWN


def test_a_code_out_of_a_list_obeys_the_same_rule() -> None:
    clause = Clause(finding="risk", one_of=frozenset({"high", "moderate"}))
    alarm = criterion("alarm", clause, kind=Kind.DANGER)
    assert judge(alarm, {"risk": stale("high")}, {}) is MET
    assert judge(alarm, {"risk": stale("low")}, {}) is UNKNOWN
    assert judge(alarm, {"risk": Finding("low")}, {}) is NOT_MET


def test_a_criterion_that_refers_to_another_takes_its_verdict_as_it_stands() -> None:
    danger = criterion("danger", yes("fact"), kind=Kind.DANGER)
    safe = criterion("safe", refer("danger"), word="none", kind=Kind.SAFEGUARD)
    for finding, verdict in ((stale(True), NOT_MET), (stale(False), UNKNOWN)):
        assert evaluate((danger, safe), {"fact": finding})["safe"] is verdict


def test_a_judgement_names_the_findings_seen_through_references_once() -> None:
    parts = (
        criterion("a", yes("one"), yes("two")),
        criterion("b", refer("a"), yes("two"), yes("three")),
    )
    found = judgements(parts, evaluate(parts, {}))
    assert found[1].looked_at == ("one", "two", "three")
