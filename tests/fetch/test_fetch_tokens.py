"""A token that is not whole, not ours or not for this patient is not used."""

from typing import Any

import pytest
from fake_fhir import FakeFhir
from fetching import PATIENT, Caller, Client, authorization, completed, request_of
from refusals import ALLOWED, refusal


@pytest.mark.parametrize(
    "change",
    [
        {"token_type": "MAC"},
        {"token_type": None},
        {"token_type": 7},
        {"access_token": None},
        {"access_token": ""},
        {"access_token": ["a"]},
        {"access_token": "a b"},
        {"access_token": "a\r\nX-Evil: 1"},
        {"access_token": "ä"},
        {"access_token": "a" * 20_000},
        {"expires_in": 0},
        {"expires_in": -5},
        {"expires_in": None},
        {"expires_in": "300"},
        {"expires_in": True},
        {"expires_in": 3.5},
        {"scope": None},
        {"scope": ["patient/*.rs"]},
        {"subject": None},
        {"subject": ""},
        {"patient": "pat-1"},
        {"patient": f"{PATIENT}x"},
        {"patient": ""},
        {"patient": 4711},
    ],
)
def test_fhir_01_02_03_05_06_a_token_that_is_not_whole_and_ours_is_not_used(
    server: FakeFhir, change: dict[str, Any]
) -> None:
    members = {k: v for k, v in (authorization() | change).items() if v is not None}
    completed(request_of(server.base, fhirAuthorization=members))
    assert server.calls == []
    assert refusal(ALLOWED, **change)


def test_fhir_02_06_a_token_may_spell_bearer_and_patient_its_own_way() -> None:
    assert refusal(ALLOWED, token_type="bearer", patient=f"Patient/{PATIENT}") == ""  # noqa: S106
    assert refusal(ALLOWED, patient=None) == ""


def test_fhir_05_a_token_for_another_subject_than_the_entry_names_is_not_used() -> None:
    assert refusal(ALLOWED, Caller(Client([ALLOWED], subject="careladder"))) == ""
    assert "subject" in refusal(ALLOWED, Caller(Client([ALLOWED], subject="another")))
