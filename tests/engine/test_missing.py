"""What is still needed: only findings whose answer changes the level are asked for."""

from small_shelf import decided, exactly, missing, stale

from cds.criteria.model import ABSENT, Between, Finding

YES, NO = Finding(value=True), Finding(value=False)


def test_nothing_is_missing_where_everything_is_known() -> None:
    assert missing() == ()


def test_the_open_safety_question_is_missing() -> None:
    assert missing(safe=ABSENT) == ("safe",)


def test_a_stale_answer_is_asked_for_again() -> None:
    assert missing(safe=stale(True)) == ("safe",)


def test_a_requirement_is_missing_because_a_no_would_rule_the_level_out() -> None:
    assert decided(home=ABSENT).status == "provisional"
    assert missing(home=ABSENT) == ("home",)


def test_a_question_that_cannot_change_the_level_is_not_asked() -> None:
    assert missing(home=NO, safe=ABSENT) == ()
    assert missing(danger=YES, safe=ABSENT, home=ABSENT, score=ABSENT) == ()


def test_a_score_is_missing_when_some_value_of_it_would_call_for_more() -> None:
    assert missing(score=ABSENT) == ("score",)


def test_a_score_known_on_the_same_side_of_every_number_is_not_asked_for() -> None:
    assert missing(score=exactly(21)) == ()
    assert missing(score=stale(Between.exactly(21)), safe=YES) == ("score",)


def test_a_question_is_not_asked_where_it_does_not_arise() -> None:
    assert missing(diagnosis=NO, home=ABSENT) == ()


def test_where_two_answers_are_needed_together_neither_is_enough_alone() -> None:
    assert missing(danger=ABSENT, diagnosis=NO, score=ABSENT) == ("danger",)
