"""Three-valued logic, spelled out: what two verdicts make, and how many make enough."""

from decimal import Decimal

import pytest
from small_shelf import MET, NOT_MET, UNKNOWN

from cds.criteria import logic
from cds.criteria.model import Between, Verdict

M, N, U = MET, NOT_MET, UNKNOWN


@pytest.mark.parametrize(
    ("one", "other", "both", "either", "neither"),
    [
        (M, M, M, M, N),
        (M, N, N, M, N),
        (M, U, U, M, N),
        (N, M, N, M, N),
        (N, N, N, N, M),
        (N, U, N, U, U),
        (U, M, U, M, N),
        (U, N, N, U, U),
        (U, U, U, U, U),
    ],
)
def test_two_verdicts_combine_as_kleene_says(
    one: Verdict, other: Verdict, both: Verdict, either: Verdict, neither: Verdict
) -> None:
    assert logic.all_of([one, other]) is both
    assert logic.any_of([one, other]) is either
    assert logic.none_of([one, other]) is neither


def test_nothing_asked_is_all_there_and_nothing_found() -> None:
    assert logic.all_of([]) is M
    assert logic.any_of([]) is N
    assert logic.none_of([]) is M


def test_verdicts_may_come_from_an_iterator() -> None:
    assert logic.all_of(iter([M, U])) is U
    assert logic.at_least_n_of(1, iter([U, M])) is M


@pytest.mark.parametrize(
    ("count", "verdicts", "expected"),
    [
        (1, [M, N, N], M),
        (2, [M, M, N], M),
        (2, [M, M, M], M),
        (2, [M, U, N], U),
        (2, [U, U, N], U),
        (2, [M, N, N], N),
        (2, [U, N, N], N),
        (3, [M, M, U], U),
        (3, [M, M, N], N),
        (3, [M, M, M], M),
    ],
)
def test_unknown_counts_only_while_it_could_make_up_the_number(
    count: int, verdicts: list[Verdict], expected: Verdict
) -> None:
    assert logic.at_least_n_of(count, verdicts) is expected


@pytest.mark.parametrize(
    ("low", "high", "at_least", "at_most"),
    [
        (15, 15, M, M),
        (14, 14, N, M),
        (16, 16, M, N),
        (15, 27, M, U),
        (0, 15, U, M),
        (14, 15, U, M),
        (15, 16, M, U),
        (14, 16, U, U),
        (0, 14, N, M),
        (16, 27, M, N),
        (None, 14, N, M),
        (None, 15, U, M),
        (None, 16, U, U),
        (16, None, M, N),
        (15, None, M, U),
        (14, None, U, U),
        (None, None, U, U),
    ],
)
def test_a_number_within_bounds_is_compared_with_fifteen(
    low: int | None, high: int | None, at_least: Verdict, at_most: Verdict
) -> None:
    number = Between(*(None if end is None else Decimal(end) for end in (low, high)))
    assert logic.at_least(number, Decimal(15)) is at_least
    assert logic.at_most(number, Decimal(15)) is at_most


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (16, 16, "16"),
        (10, 10, "10"),
        (15, None, "15 or more"),
        (None, 7, "7 or less"),
        (17, 18, "17 to 18"),
        (None, None, "any"),
    ],
)
def test_bounds_are_said_in_words(low: int | None, high: int | None, said: str) -> None:
    ends = (None if end is None else Decimal(end) for end in (low, high))
    assert str(Between(*ends)) == said


def test_no_trailing_zeros_are_said() -> None:
    assert str(Between.exactly(Decimal("3.50"))) == "3.5"
