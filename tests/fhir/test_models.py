"""Which resources are readable, what is put right first, and that no malformed one ever raises."""

from typing import Any

import pytest
from charts import ZONE, condition, observation, patient, record, score
from hypothesis import given
from hypothesis import strategies as st
from properties import few

from cds.fhir.models import readable


def _nested(depth: int) -> Any:
    value: dict[str, Any] = {"url": "https://x.example", "valueString": "deep"}
    for _ in range(depth):
        value = {"url": "https://x.example", "extension": [value]}
    return value


@pytest.mark.parametrize("resource", [patient(), condition("F33.1"), score(9)])
def test_sound_fhir_is_read_as_it_is(resource: Any) -> None:
    assert readable(resource, ZONE) is resource


@pytest.mark.parametrize(
    "resource",
    [
        {},
        {"resourceType": "Cat"},
        {"resourceType": None},
        {"resourceType": "patient"},
        {"resourceType": "Observation"},
        {"resourceType": "Observation", "status": "final"},
        {**score(9), "code": "text"},
        observation("1-8", effectiveDateTime={"date": "2028"}),
        observation("1-8", valueQuantity=[1, 2]),
        observation("1-8", component="none"),
        observation("1-8", valueInteger=1, valueString="two"),
        patient(birthDate="the spring of 1990"),
        patient(name=7),
        patient(madeUp="member"),
        patient(extension=[_nested(400)]),
    ],
)
def test_what_is_no_fhir_is_unreadable_and_never_raises(resource: Any) -> None:
    assert readable(resource, ZONE) is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2028-02-29T14:30:00", "2028-02-29T14:30:00-06:00"),
        ("2028-02-29T14:30", "2028-02-29T14:30:00-06:00"),
        ("2028-07-01T14:30:00", "2028-07-01T14:30:00-05:00"),
        ("2028-02-29T14:30Z", "2028-02-29T14:30:00Z"),
        ("2028-02-29T14:30:00.25", "2028-02-29T14:30:00.25-06:00"),
    ],
)
def test_a_time_without_offset_or_seconds_is_put_right(written: str, read: str) -> None:
    found = readable(score(9, effectiveDateTime=written), ZONE)
    assert found is not None
    assert found["effectiveDateTime"] == read


def test_an_id_outside_the_alphabet_is_left_out_and_the_rest_is_read() -> None:
    found = readable(score(9, id="obs_9"), ZONE)
    assert found is not None
    assert "id" not in found
    assert found["valueInteger"] == 9


def test_a_text_that_only_looks_like_a_time_stays_as_it_was() -> None:
    odd = score(9, id="obs_9", note=[{"text": "2028-02-31T14:30:00"}])
    found = readable(odd, ZONE)
    assert found is not None
    assert found["note"] == [{"text": "2028-02-31T14:30:00"}]


def test_an_unreadable_resource_is_named_and_does_not_sink_the_others() -> None:
    found = record(score(9, id="good"), score(22, id="bad", component="none"))
    readings = {one.reference: found.sound(one) for one in found.of("Observation", "phq9-total")}
    assert readings["Observation/good"] is not None
    assert readings["Observation/bad"] is None
    assert ("unreadable", "Observation/bad") in {(n.code, n.resource) for n in found.notes}


members = st.sampled_from(
    ["resourceType", "status", "code", "coding", "id", "subject", "value", "valueQuantity", "item"]
)
values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(members, inner, max_size=4),
    max_leaves=10,
)


@few
@given(st.sampled_from(["Observation", "Condition", "Patient"]), members, values)
def test_no_member_ever_raises(kind: str, member: str, value: Any) -> None:
    resource = {"resourceType": kind, "status": "final", member: value}
    found = readable(resource, ZONE)
    assert found is None or isinstance(found, dict)
