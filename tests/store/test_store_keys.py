"""The keys: kept beside the data, made once, and hard to guess from what is stored."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from store_calls import Client

from cds.seal import Unsealable
from cds.serve.start import environment
from cds.settings import Settings
from cds.store.keys import KEY_FILE, Keys, kept_secret, secret_of

OLD, NEW = "an old passphrase of ours", "a new passphrase of ours"


def test_a_key_that_is_set_is_used_and_none_is_made(tmp_path: Path) -> None:
    assert secret_of(Settings(data_dir=tmp_path, secret_key=OLD)) == OLD
    assert list(tmp_path.iterdir()) == []


def test_without_one_a_key_is_made_and_found_again(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    secret = kept_secret(folder)
    assert kept_secret(folder) == secret
    assert [path.name for path in folder.iterdir()] == [KEY_FILE]


def test_those_who_come_at_once_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(kept_secret, [tmp_path] * 40))) == 1


def test_the_parts_of_the_service_get_the_kept_key(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    first, second = (environment(settings, None)["CDS_SECRET_KEY"] for _ in range(2))
    assert first == second == kept_secret(tmp_path)


def test_a_new_key_opens_what_the_old_one_closed_while_both_are_named() -> None:
    sealed = Keys(OLD).close("no")
    assert Keys(f"{NEW},{OLD}").open(sealed) == "no"
    with pytest.raises(Unsealable):
        Keys(NEW).open(sealed)


def test_a_patient_is_found_under_every_key_that_is_named() -> None:
    (old,), (new,) = (Keys(key).patients(Client(), "p1") for key in (OLD, NEW))
    assert Keys(f"{NEW},{OLD}").patients(Client(), "p1") == [new, old]


def test_parts_of_a_hash_do_not_run_together() -> None:
    keys = Keys(OLD).newest
    assert keys.patient(Client("a", "b"), "c") != keys.patient(Client("a"), "bc")
    assert keys.event(["ab", None]) != keys.event(["a", "b"])
