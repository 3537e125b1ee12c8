"""Quiet when told: what an override silences, for how long, and what it never does."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from store_calls import (
    NOW,
    OTHER_SERVICE,
    REASON,
    Client,
    Kept,
    answer,
    call,
    held,
    keep,
    tell,
    told,
)

from cds.answer import Reply
from cds.settings import Settings
from cds.store.journal import Journal

SECOND = timedelta(seconds=1)


@pytest.fixture
def overridden(journal: Journal) -> Journal:
    """A moderate need was shown and set aside."""
    keep(journal, answer("moderate", "has-indication"))
    tell(journal, told(overrideReason={"reason": REASON, "userComment": "no"}))
    return journal


def test_an_override_holds_the_same_card_back_and_the_answer_says_so(overridden: Journal) -> None:
    quiet = keep(overridden, answer("moderate", card="another uuid"))
    assert held(quiet) == {
        "since": "2024-02-29T18:00:00Z",
        "until": "2024-03-30T18:00:00Z",
        "reason": "patient-declines",
    }
    assert quiet.status == 200
    assert json.loads(quiet.body)["cards"] == []


def test_the_rest_of_a_held_answer_stays(overridden: Journal) -> None:
    given = answer("moderate")
    view = json.loads(keep(overridden, given).body)["extension"]
    assert view["example.careladder.assessment"].pop("held")
    assert view == json.loads(given.body)["extension"]


def test_without_a_reason_none_is_named(journal: Journal) -> None:
    keep(journal)
    tell(journal, told())
    assert set(held(keep(journal)) or ()) == {"since", "until"}


def test_an_answer_that_is_not_held_keeps_its_bytes(journal: Journal) -> None:
    spaced = Reply(200, json.dumps(json.loads(answer("moderate").body), indent=3).encode())
    assert keep(journal, spaced) is spaced


@pytest.mark.parametrize(
    ("later", "quiet"),
    [
        (timedelta(), True),
        (timedelta(days=30) - SECOND, True),
        (timedelta(days=30), False),
        (timedelta(days=30) + SECOND, False),
    ],
)
def test_the_silence_lasts_thirty_days(overridden: Journal, later: timedelta, quiet: bool) -> None:  # noqa: FBT001
    assert (held(keep(overridden, as_of=NOW + later)) is not None) == quiet


@pytest.mark.parametrize(("days", "quiet"), [(3, True), (2, False), (0, False)])
def test_the_time_can_be_set(
    settings: Settings,
    open_journal: Callable[[Settings], Journal],
    days: int,
    quiet: bool,  # noqa: FBT001
) -> None:
    journal = open_journal(settings.model_copy(update={"quiet_days": days}))
    keep(journal)
    tell(journal, told())
    assert (held(keep(journal, as_of=NOW + timedelta(days=2))) is not None) == quiet


def test_a_client_whose_clock_runs_ahead_gets_no_longer_silence(journal: Journal) -> None:
    keep(journal)
    tell(journal, told(outcomeTimestamp="2030-01-01T00:00:00Z"))
    assert held(keep(journal, as_of=NOW + timedelta(days=29))) is not None
    assert held(keep(journal, as_of=NOW + timedelta(days=30))) is None


def test_a_need_that_is_new_ends_the_silence(overridden: Journal) -> None:
    assert held(keep(overridden, answer("moderate", "severe"))) is None
    assert held(keep(overridden, answer("severe"))) is None


def test_a_criterion_nobody_here_knows_ends_the_silence(overridden: Journal) -> None:
    assert held(keep(overridden, answer("moderate", "new-on-the-shelf"))) is None


def test_a_card_that_has_become_louder_is_shown(overridden: Journal) -> None:
    assert held(keep(overridden, answer("moderate", indicator="warning"))) is None


def test_what_got_better_or_is_merely_known_now_stays_silent(overridden: Journal) -> None:
    assert held(keep(overridden, answer())) is not None
    assert held(keep(overridden, answer("moderate", "home"))) is not None


@pytest.mark.parametrize(
    "alarm",
    [
        answer("moderate", indicator="critical"),
        answer("moderate", status="emergency"),
        answer("moderate", "suicidal"),
        answer("suicidal", indicator="critical", status="emergency", level="emergency"),
    ],
)
def test_an_alarm_is_never_silenced(journal: Journal, alarm: Reply) -> None:
    for _ in range(2):
        assert keep(journal, alarm) is alarm
        tell(journal, told())


def test_another_patient_is_not_silenced(overridden: Journal) -> None:
    assert held(keep(overridden, request=call("p2"))) is None


def test_another_level_is_not_silenced(overridden: Journal) -> None:
    assert held(keep(overridden, answer("moderate", level="partial-hospitalization"))) is None


@pytest.mark.parametrize(
    "stranger", [Client("Another"), Client("Example Hospital", "north"), Client("north")]
)
def test_another_client_is_not_silenced(overridden: Journal, stranger: Client) -> None:
    assert held(keep(overridden, caller=stranger)) is None


def test_another_service_says_the_same_and_is_silent_too(overridden: Journal) -> None:
    assert held(keep(overridden, service=OTHER_SERVICE)) is not None


def test_an_override_of_a_card_we_do_not_know_silences_nothing(journal: Journal) -> None:
    tell(journal, told())
    assert held(keep(journal)) is None


def test_the_last_word_counts(journal: Journal) -> None:
    keep(journal)
    tell(journal, told(), told("accepted", outcomeTimestamp="2024-02-29T18:30:00Z"))
    assert held(keep(journal)) is None
    tell(journal, told(outcomeTimestamp="2024-02-29T19:00:00Z"))
    assert held(keep(journal)) is not None


def test_silence_does_not_feed_itself(overridden: Journal, kept: Kept) -> None:
    keep(overridden, answer("moderate", card="held"))
    tell(overridden, told(card="held", outcomeTimestamp="2024-03-20T00:00:00Z"))
    assert [row.matched for row in kept.feedback] == [True, False]
    assert held(keep(overridden, as_of=NOW + timedelta(days=30))) is None


def test_it_is_recorded_that_a_card_was_held_back(overridden: Journal, kept: Kept) -> None:
    keep(overridden)
    assert sorted(row.held for row in kept.decisions) == [False, True]


def test_a_silence_survives_a_restart_and_a_new_key(
    settings: Settings, open_journal: Callable[[Settings], Journal]
) -> None:
    old, new = "an old passphrase of ours", "a new passphrase of ours"
    first = open_journal(settings.model_copy(update={"secret_key": old}))
    keep(first)
    tell(first, told())
    rotated = open_journal(settings.model_copy(update={"secret_key": f"{new},{old}"}))
    assert held(keep(rotated)) is not None
    forgotten = open_journal(settings.model_copy(update={"secret_key": new}))
    assert held(keep(forgotten)) is None
