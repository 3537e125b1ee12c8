"""Sealing: unreadable without the key, and keys can be rotated."""

import pytest

from cds.seal import Seal, Unsealable, new_secret

MADE = "D3VAIYs5Dn3ypwGQBJ1fRiMpJwQGdFWVxO9xqjJLu5A="
OLD, NEW = "an old key that is long enough", "a new key that is long enough"


@pytest.mark.parametrize("secret", [OLD, MADE])
def test_what_is_sealed_can_be_opened_and_not_read(secret: str) -> None:
    sealed = Seal(secret).close(b"chart")
    assert b"chart" not in sealed
    assert Seal(secret).open(sealed) == b"chart"


def test_a_key_made_for_a_run_is_a_new_one_each_time() -> None:
    assert new_secret() != new_secret()
    assert Seal(new_secret()).close(b"chart")


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(Unsealable):
        Seal(NEW).open(Seal(OLD).close(b"chart"))


def test_a_rotated_secret_opens_old_seals_and_makes_new_ones() -> None:
    rotated = Seal(f"{NEW}, {OLD}")
    assert rotated.open(Seal(OLD).close(b"chart")) == b"chart"
    assert Seal(NEW).open(rotated.close(b"chart")) == b"chart"


@pytest.mark.parametrize("secret", ["", " , ", "short", f"{NEW},short"])
def test_a_short_key_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match="at least 16 characters"):
        Seal(secret)
