"""What holds for any small shelf and any findings."""

import random

from hypothesis import given
from hypothesis import strategies as st
from properties import modest
from small_shelf import CRITERIA, LEVELS, UNKNOWN, criterion, yes

from cds.criteria.decide import decide
from cds.criteria.evaluate import evaluate, judge
from cds.criteria.model import ABSENT, Between, Clause, Criterion, Finding, Kind

NAMES = ("one", "two", "three", "four")
WORDS = ("all", "any", "none", "at_least_n_of")
known = st.builds(Finding, st.booleans(), st.just(value=True))
aged = st.builds(Finding, st.booleans(), st.booleans())
maybe = aged | st.just(ABSENT)
clauses = st.lists(
    st.builds(Clause, finding=st.sampled_from(NAMES), equals=st.booleans()), min_size=1, max_size=5
)


@st.composite
def criteria(draw: st.DrawFn) -> Criterion:
    parts = draw(clauses)
    count = draw(st.integers(1, len(parts)))
    kind, word = draw(st.sampled_from(Kind)), draw(st.sampled_from(WORDS))
    return criterion("it", *parts, word=word, kind=kind, count=count)


findings = st.fixed_dictionaries(dict.fromkeys(NAMES, maybe))
answers = st.fixed_dictionaries(dict.fromkeys(NAMES, known))
charts = st.fixed_dictionaries(
    dict.fromkeys(("danger", "safe", "home", "diagnosis", "barred"), maybe)
    | {"score": st.builds(Finding, st.integers(0, 27).map(Between.exactly), st.booleans())}
)


@modest
@given(criteria(), findings, st.randoms())
def test_the_order_of_clauses_does_not_matter(
    one: Criterion, found: dict[str, Finding], dice: random.Random
) -> None:
    group = one.groups[0]
    shuffled = list(group.clauses)
    dice.shuffle(shuffled)
    other = criterion("it", *shuffled, word=group.word, kind=one.kind, count=group.count)
    assert judge(one, found, {}) is judge(other, found, {})


@modest
@given(criteria(), findings, answers)
def test_answering_an_unknown_never_reverses_a_verdict(
    one: Criterion, found: dict[str, Finding], told: dict[str, Finding]
) -> None:
    before = judge(one, found, {})
    filled = {name: told[name] if found[name].value is None else found[name] for name in NAMES}
    assert before is UNKNOWN or judge(one, filled, {}) is before


@modest
@given(criteria(), answers, st.sets(st.sampled_from(NAMES)))
def test_knowing_less_never_makes_a_verdict_out_of_nothing(
    one: Criterion, told: dict[str, Finding], forgotten: set[str]
) -> None:
    """Kleene: less information gives the same verdict or unknown, never the other one."""
    whole = judge(one, told, {})
    less = {name: finding for name, finding in told.items() if name not in forgotten}
    assert judge(one, less, {}) in (whole, UNKNOWN)


@modest
@given(criteria(), answers)
def test_what_is_known_and_fresh_always_gives_a_verdict(
    one: Criterion, told: dict[str, Finding]
) -> None:
    assert judge(one, told, {}) is not UNKNOWN


@modest
@given(criteria(), findings, st.sampled_from(NAMES))
def test_age_takes_only_reassurance_away(
    one: Criterion, found: dict[str, Finding], name: str
) -> None:
    fresh = found | {name: Finding(found[name].value)}
    old = found | {name: Finding(found[name].value, reassures=False)}
    comfort = one.kind.reassures
    before, after = judge(one, fresh, {}), judge(one, old, {})
    reassuring = before.value == ("met" if comfort else "not-met")
    assert after is before or (reassuring and after is UNKNOWN)


@modest
@given(charts)
def test_some_level_is_always_given_and_a_danger_is_never_lost(found: dict[str, Finding]) -> None:
    decision = decide(LEVELS, evaluate(CRITERIA, found))
    assert decision.level in LEVELS
    assert (decision.level.id == "emergency") == (found["danger"].value is True)


@modest
@given(charts)
def test_no_program_without_known_safety(found: dict[str, Finding]) -> None:
    level = decide(LEVELS, evaluate(CRITERIA, found)).level.id
    if level in ("day", "program"):
        assert found["safe"] == Finding(value=True)
        assert found["home"].value is not False


def test_two_clauses_on_one_finding_may_contradict_each_other() -> None:
    both = criterion("it", yes("one"), Clause(finding="one", equals=False), word="any")
    assert judge(both, {"one": ABSENT}, {}) is UNKNOWN
    assert judge(both, {"one": Finding(value=True)}, {}).value == "met"
