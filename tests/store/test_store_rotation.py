"""A change of CDS_SECRET_KEY: what was kept under the old key is known while both are named."""

from collections.abc import Callable

import pytest
from store_calls import REASON, Client, Kept, answer, held, keep, tell, told

from cds.seal import Unsealable
from cds.settings import Settings
from cds.store.journal import Journal
from cds.store.keys import Keys

OLD, NEW = "an old passphrase of ours", "a new passphrase of ours"
Open = Callable[[Settings], Journal]


def under(settings: Settings, secret: str) -> Settings:
    return settings.model_copy(update={"secret_key": secret})


def test_a_card_that_was_overridden_stays_quiet(settings: Settings, open_journal: Open) -> None:
    before = open_journal(under(settings, OLD))
    keep(before)
    tell(before, told())
    assert held(keep(open_journal(under(settings, f"{NEW},{OLD}")))) is not None
    assert held(keep(open_journal(under(settings, NEW)))) is None


def test_feedback_that_is_told_again_is_still_kept_once(
    settings: Settings, open_journal: Open, kept: Kept
) -> None:
    entries = [
        told(overrideReason={"reason": REASON, "userComment": "no"}),
        told("accepted", card="another", acceptedSuggestions=[{"id": "not a UUID"}]),
        told(card="a third") | {"card": "not a UUID either"},
    ]
    for secret in (OLD, f"{OLD},{NEW}", f"{NEW},{OLD}", f"{NEW},{OLD}"):
        tell(open_journal(under(settings, secret)), *entries)
    assert len(kept.feedback) == 3


def test_what_is_new_is_kept_under_the_new_key_alone(
    settings: Settings, open_journal: Open, kept: Kept
) -> None:
    journal = open_journal(under(settings, f"{NEW},{OLD}"))
    keep(journal, answer("moderate"))
    tell(journal, told(overrideReason={"userComment": "a comment"}))
    (decision,), (row,) = kept.decisions, kept.feedback
    assert decision.patient == Keys(NEW).patients(Client(), "p1")[0]
    assert Keys(NEW).open(row.comment) == "a comment"
    with pytest.raises(Unsealable):
        Keys(OLD).open(row.comment)
