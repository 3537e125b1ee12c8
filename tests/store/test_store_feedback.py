"""Feedback: rows FB-* of the conformance table, what is refused and where, and repeats."""

import logging
from typing import Any

import pytest
from store_calls import NOW, REASON, SERVICE, Client, Kept, card_uuid, keep, tell, told, utc

from cds.errors import BadHookRequest, StoreUnavailable
from cds.settings import Settings
from cds.store.journal import Journal
from cds.store.keys import Keys, secret_of
from cds.store.told import LONGEST_COMMENT, MOST_ENTRIES, MOST_SUGGESTIONS, Told, read_feedback


def refused(document: object) -> str:
    """The JSON path of what is wrong."""
    with pytest.raises(BadHookRequest) as caught:
        read_feedback(document)
    return caught.value.path


def read(**members: Any) -> Told:
    outcome = members.pop("outcome", "overridden")
    return read_feedback({"feedback": [told(outcome, **members)]})[0]


def entry_path(**members: Any) -> str:
    """The path of the fault in an entry with these members; None takes one out."""
    outcome = members.pop("outcome", "overridden")
    entry = {**told(outcome), **members}
    sent = {name: value for name, value in entry.items() if value is not None}
    return refused({"feedback": [told(), told(), sent]})


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (None, "$"),
        ([told()], "$"),
        ("text", "$"),
        (told(), "$.feedback"),
        ({}, "$.feedback"),
        ({"feedback": None}, "$.feedback"),
        ({"feedback": []}, "$.feedback"),
        ({"feedback": told()}, "$.feedback"),
        ({"feedback": [told()] * (MOST_ENTRIES + 1)}, "$.feedback"),
        ({"feedback": [told(), None]}, "$.feedback[1]"),
        ({"feedback": [told(), [told()]]}, "$.feedback[1]"),
    ],
)
def test_fb_03_the_body_is_an_object_with_a_list(document: object, path: str) -> None:
    assert refused(document) == path


def test_fb_03_a_batch_may_be_of_several_cards(journal: Journal, kept: Kept) -> None:
    tell(journal, told(card="one"), told("accepted", card="two"), told(card="three"))
    assert {row.outcome for row in kept.feedback} == {"accepted", "overridden"}
    assert len(kept.feedback) == 3


@pytest.mark.parametrize("card", [None, "", "  ", 7, {}, "x" * 256, "a\u0000b", "a\nb"])
def test_fb_04_a_card_is_required(card: object) -> None:
    assert entry_path(card=card) == "$.feedback[2].card"


def test_fb_04_a_known_card_is_matched_and_an_unknown_one_kept_and_marked(
    journal: Journal, kept: Kept
) -> None:
    keep(journal)
    tell(journal, told(), told(card="never seen"))
    found = {row.card: (row.matched, row.decision) for row in kept.feedback}
    (decision,) = kept.decisions
    assert found == {
        card_uuid(): (True, decision.id),
        card_uuid("never seen"): (False, None),
    }


def test_fb_04_a_card_that_is_no_uuid_is_kept_but_not_word_for_word(
    journal: Journal, kept: Kept
) -> None:
    tell(journal, {**told(), "card": "Nadia Example"})
    (row,) = kept.feedback
    assert not row.matched
    assert row.card.startswith("hash:")


def test_fb_04_a_card_of_another_client_is_unknown(journal: Journal, kept: Kept) -> None:
    keep(journal, caller=Client("A", "north"))
    for stranger in (Client("B", "north"), Client("A"), Client("A", "south")):
        tell(journal, told(), caller=stranger)
    assert [row.matched for row in kept.feedback] == [False] * 3


@pytest.mark.parametrize("outcome", [None, "ignored", "ACCEPTED", "", 1, ["accepted"], {}])
def test_fb_05_the_outcome_is_one_of_two(outcome: object) -> None:
    assert entry_path(outcome=None) == "$.feedback[2].outcome"
    entry = {**told(), "outcome": outcome}
    assert refused({"feedback": [entry]}) == "$.feedback[0].outcome"


@pytest.mark.parametrize("found", [None, [], {}, "s1", [{"id": "s"}] * (MOST_SUGGESTIONS + 1)])
def test_fb_06_what_was_accepted_is_required(found: object) -> None:
    path = entry_path(outcome="accepted", acceptedSuggestions=found)
    assert path == "$.feedback[2].acceptedSuggestions"


@pytest.mark.parametrize(
    ("found", "place"),
    [("s1", ""), (None, ""), ({}, ".id"), ({"id": ""}, ".id"), ({"id": 1}, ".id")],
)
def test_fb_06_each_accepted_suggestion_has_an_id(found: object, place: str) -> None:
    path = entry_path(outcome="accepted", acceptedSuggestions=[{"id": "s"}, found])
    assert path == f"$.feedback[2].acceptedSuggestions[1]{place}"


def test_fb_06_suggestions_of_an_override_are_ignored(journal: Journal, kept: Kept) -> None:
    tell(journal, told(acceptedSuggestions="nonsense"))
    assert kept.feedback[0].suggestions == []


def test_fb_06_12_accepted_suggestions_are_kept_once(journal: Journal, kept: Kept) -> None:
    chosen = [{"id": card_uuid("s")}, {"id": card_uuid("s").upper()}, {"id": card_uuid("t")}]
    tell(journal, told("accepted", acceptedSuggestions=chosen))
    assert kept.feedback[0].suggestions == sorted({card_uuid("s"), card_uuid("t")})


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (None, (None, None, None)),
        ({"reason": REASON}, (*REASON.values(), None)),
        ({"userComment": "no"}, (None, None, "no")),
        ({"reason": REASON, "userComment": "no"}, (*REASON.values(), "no")),
    ],
)
def test_fb_07_a_reason_and_a_comment_may_each_be_there(reason: object, expected: object) -> None:
    one = read(overrideReason=reason)
    assert (one.reason_code, one.reason_system, one.comment) == expected


@pytest.mark.parametrize(
    ("reason", "place"),
    [
        ({}, ""),
        ("no", ""),
        ([], ""),
        ({"reason": None, "userComment": None}, ""),
        ({"userComment": ""}, ".userComment"),
        ({"userComment": 7}, ".userComment"),
        ({"userComment": "x" * (LONGEST_COMMENT + 1)}, ".userComment"),
        ({"reason": "no"}, ".reason"),
        ({"reason": {}}, ".reason.code"),
        ({"reason": {"code": "c"}}, ".reason.system"),
        ({"reason": {"code": "c" * 256, "system": "s"}}, ".reason.code"),
    ],
)
def test_fb_07_a_reason_that_is_there_says_something(reason: object, place: str) -> None:
    assert entry_path(overrideReason=reason) == f"$.feedback[2].overrideReason{place}"


def test_fb_08_a_reason_of_the_client_without_display_is_kept_as_it_is(
    journal: Journal, kept: Kept
) -> None:
    reason = {"code": "Ward 7 says no", "system": "urn:oid:1.2.3"}
    tell(journal, told(overrideReason={"reason": reason}))
    (row,) = kept.feedback
    assert (row.reason_code, row.reason_system) == tuple(reason.values())


@pytest.mark.parametrize(
    "written",
    [
        "2024-02-29T18:00:00Z",
        "2024-02-29T18:00:00.52Z",
        "2024-02-29T18:00:00.123456789Z",
        "2024-02-29T18:00:00+00:00",
        "2024-02-29T12:00:00-06:00",
        "2024-03-01T03:30:00+09:30",
    ],
)
def test_fb_09_the_outcome_has_an_instant_in_any_offset(written: str) -> None:
    at = read(outcomeTimestamp=written).outcome_at
    assert at.replace(microsecond=0) == utc(2024, 2, 29)
    assert at.utcoffset() == utc(2024, 1, 1).utcoffset()


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "yesterday",
        "2024-02-30T18:00:00Z",
        "2024-02-29",
        "2024-02-29T18:00:00",
        1709229600,
    ],
)
def test_fb_09_anything_else_is_no_instant(written: object) -> None:
    assert entry_path(outcomeTimestamp=written) == "$.feedback[2].outcomeTimestamp"


def test_fb_09_the_instant_comes_back_in_utc(journal: Journal, kept: Kept) -> None:
    tell(journal, told(outcomeTimestamp="2024-03-01T03:30:00.5+09:30"))
    (row,) = kept.feedback
    assert row.outcome_at == utc(2024, 2, 29).replace(microsecond=500_000)
    assert row.received_at == NOW


def test_fb_10_a_repeat_changes_nothing(journal: Journal, kept: Kept) -> None:
    keep(journal)
    chosen = [{"id": card_uuid("s")}, {"id": card_uuid("t")}]
    first = told("accepted", acceptedSuggestions=chosen)
    again = told(
        "accepted", acceptedSuggestions=chosen[::-1], outcomeTimestamp="2024-02-29T18:00:00Z"
    )
    tell(journal, first, first)
    tell(journal, again)
    assert len(kept.feedback) == 1


def test_fb_10_what_happens_later_to_the_same_card_is_kept_as_well(
    journal: Journal, kept: Kept
) -> None:
    tell(
        journal,
        told(),
        told(outcomeTimestamp="2024-02-29T19:00:00Z"),
        told(overrideReason={"reason": REASON}),
        told(overrideReason={"userComment": "no"}),
        told("accepted"),
        told("accepted", acceptedSuggestions=[{"id": card_uuid("other")}]),
    )
    tell(journal, told(), caller=Client("Another"))
    assert len(kept.feedback) == 7


def test_fb_03_one_wrong_entry_keeps_the_others_out(journal: Journal, kept: Kept) -> None:
    with pytest.raises(BadHookRequest) as caught:
        tell(journal, told(), {**told(), "outcome": "ignored"})
    assert caught.value.path == "$.feedback[1].outcome"
    assert kept.feedback == []


def test_fb_15_a_comment_is_kept_sealed_and_in_no_log_and_no_error(
    journal: Journal, kept: Kept, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    comment = "Zuzanna-Canary \u0000 says no"
    with caplog.at_level(logging.DEBUG):
        tell(journal, told(overrideReason={"userComment": comment}))
        with pytest.raises(BadHookRequest) as caught:
            tell(journal, {**told(overrideReason={"userComment": comment}), "outcome": comment})
    (row,) = kept.feedback
    assert b"Zuzanna" not in row.comment
    assert Keys(secret_of(settings)).open(row.comment) == comment
    assert "Zuzanna" not in caplog.text + str(caught.value)
    assert "Zuzanna" not in repr(read(overrideReason={"userComment": comment}))


def test_fb_17_what_cannot_be_kept_is_not_thanked_for(
    journal: Journal, kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    with kept.locked(), pytest.raises(StoreUnavailable):
        tell(journal, told())
    assert kept.feedback == []
    assert len(caplog.messages) == journal.failures == 1
    tell(journal, told())
    assert len(kept.feedback) == 1


def test_feedback_says_which_service_it_came_to(journal: Journal, kept: Kept) -> None:
    tell(journal, told())
    (row,) = kept.feedback
    assert (row.service, row.client, row.tenant) == (SERVICE.id, "Example Hospital", "")
