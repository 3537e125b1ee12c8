"""Evidence behind cards: sealed under its link, on either database, and never in the way."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from store_calls import NOW, Kept, answer, keep

from cds.answer import Reply
from cds.errors import StoreUnavailable
from cds.store.journal import Journal
from cds.store.tables import decisions, evidence

CONTENT = b'{"what":"the card stood on"}'


def given(**changes: str) -> Reply:
    return replace(answer("moderate", **changes), evidence=CONTENT)


def token(reply: Reply) -> str | None:
    """The last part of the card's link."""
    (card,) = json.loads(reply.body)["cards"]
    return card["links"][-1]["url"].rpartition("/")[2] if "links" in card else None


def test_what_was_kept_is_found_by_its_link_alone(journal: Journal) -> None:
    first, second = token(keep(journal, given())), token(keep(journal, given()))
    assert first and second and first != second  # noqa: PT018
    found = journal.evidence(first)
    assert found is not None
    assert found.content == CONTENT
    assert found.expires_at == NOW + timedelta(days=7)
    assert journal.evidence(first[:-1]) is None
    assert first not in repr(found)


def test_a_row_names_nobody_and_belongs_to_no_decision(journal: Journal, kept: Kept) -> None:
    keep(journal, given())
    (row,) = kept.rows(evidence)
    (decision,) = kept.rows(decisions)
    assert set(row._fields) == {"id", "expires_at", "sealed"}
    assert row.id not in map(str, decision)
    assert CONTENT not in row.sealed


def test_an_answer_without_evidence_leaves_as_it_is(journal: Journal, kept: Kept) -> None:
    plain = answer("moderate")
    assert keep(journal, plain) is plain
    assert kept.rows(evidence) == []


def test_what_has_expired_goes_when_the_next_comes(
    journal: Journal, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = token(keep(journal, given()))
    monkeypatch.setattr(journal, "_clock", lambda: NOW + timedelta(days=7))
    assert gone is not None
    assert journal.evidence(gone) is None
    keep(journal, given())
    assert [row.expires_at for row in kept.rows(evidence)] == [NOW + timedelta(days=14)]


def test_a_locked_store_costs_the_link_and_not_the_answer(
    journal: Journal, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = given()
    with kept.locked():
        monkeypatch.setattr("cds.store.journal.PATIENCE", 0.05)
        assert keep(journal, reply) is reply


def test_a_store_that_cannot_be_read_says_so_and_not_that_nothing_is_there(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr("cds.store.journal.find_evidence", broken)
    with pytest.raises(StoreUnavailable):
        journal.evidence("a token")
