"""What a prefetch value really delivered: five ways to hold nothing are five different things."""

from typing import Any

import pytest
from charts import bundle
from hypothesis import given
from hypothesis import strategies as st
from properties import modest

from cds.fhir.delivery import MISSING, Deliveries, State, read_value

OBS = {"resourceType": "Observation", "id": "o1"}
ERROR = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}
WARNING = {"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "code": "x"}]}
NEXT = [{"relation": "next", "url": "https://ehr.example/fhir?page=2"}]
TWO_MATCHES = {"entry": [{"resource": OBS, "search": {"mode": "match"}}] * 2}
INCLUDED = {"entry": [{"resource": OBS}, {"resource": OBS, "search": {"mode": "include"}}]}
SAID_SO = {"resource": ERROR, "search": {"mode": "outcome"}}
EMPTY = {"resourceType": "Bundle", "type": "searchset"}


@pytest.mark.parametrize(
    ("value", "state", "complete"),
    [
        pytest.param(None, State.EMPTY, True, id="null"),
        pytest.param(EMPTY, State.EMPTY, True, id="empty-bundle-without-entry"),
        pytest.param(bundle(), State.EMPTY, True, id="empty-bundle"),
        pytest.param({**EMPTY, "total": 0}, State.EMPTY, True, id="total-of-none"),
        pytest.param(ERROR, State.FAILED, False, id="operation-outcome-error"),
        pytest.param({**ERROR, "issue": []}, State.FAILED, False, id="outcome-without-issue"),
        pytest.param(WARNING, State.EMPTY, True, id="operation-outcome-warning"),
        pytest.param("none", State.FAILED, False, id="plain-string"),
        pytest.param("", State.FAILED, False, id="empty-string"),
        pytest.param([OBS], State.FAILED, False, id="list"),
        pytest.param(7, State.FAILED, False, id="number"),
        pytest.param({}, State.FAILED, False, id="empty-object"),
        pytest.param({"id": "o1"}, State.FAILED, False, id="object-of-no-type"),
        pytest.param({"response": {"status": "200 OK"}}, State.EMPTY, True, id="wrapper-200"),
        pytest.param({"response": {"status": "404"}}, State.EMPTY, True, id="wrapper-404"),
        pytest.param({"response": {"status": "500"}}, State.FAILED, False, id="wrapper-500"),
        pytest.param({"response": {"status": "401"}}, State.FAILED, False, id="wrapper-401"),
        pytest.param({"response": {}}, State.FAILED, False, id="wrapper-of-no-status"),
        pytest.param({"resource": OBS}, State.DELIVERED, True, id="wrapped-resource"),
        pytest.param(
            {"response": {"status": "200"}, "resource": None}, State.EMPTY, True, id="wrapped-null"
        ),
        pytest.param(
            {"response": {"status": "200"}, "resource": bundle(OBS)},
            State.DELIVERED,
            True,
            id="wrapped-bundle",
        ),
        pytest.param(
            {"response": {"status": "500"}, "resource": ERROR},
            State.FAILED,
            False,
            id="wrapped-error",
        ),
        pytest.param(OBS, State.DELIVERED, True, id="single-resource"),
        pytest.param(bundle(OBS), State.DELIVERED, True, id="bundle"),
        pytest.param(bundle(bundle(OBS)), State.DELIVERED, True, id="bundle-in-a-bundle"),
        pytest.param(bundle(OBS, WARNING), State.DELIVERED, True, id="bundle-with-a-warning"),
        pytest.param(bundle(OBS, ERROR), State.DELIVERED, False, id="bundle-with-an-error"),
        pytest.param({**EMPTY, "entry": [SAID_SO]}, State.FAILED, False, id="outcome-entry-alone"),
        pytest.param(bundle(OBS, link=NEXT), State.DELIVERED, False, id="next-link"),
        pytest.param(bundle(OBS, total=2), State.DELIVERED, False, id="total-above-entries"),
        pytest.param(bundle(OBS, total=1), State.DELIVERED, True, id="total-as-entries"),
        pytest.param({**EMPTY, **TWO_MATCHES, "total": 2}, State.DELIVERED, True, id="matches"),
        pytest.param({**EMPTY, **INCLUDED, "total": 2}, State.DELIVERED, False, id="includes"),
        pytest.param(bundle(total=5), State.EMPTY, False, id="total-without-entries"),
        pytest.param({**EMPTY, "entry": None}, State.EMPTY, True, id="entry-null"),
        pytest.param({**EMPTY, "entry": "none"}, State.FAILED, False, id="entry-of-text"),
        pytest.param({**EMPTY, "entry": {}}, State.FAILED, False, id="entry-of-an-object"),
        pytest.param({**EMPTY, "entry": ["none"]}, State.FAILED, False, id="entry-of-texts"),
        pytest.param(bundle(OBS, total="1"), State.DELIVERED, False, id="total-of-text"),
        pytest.param(bundle(OBS, total=True), State.DELIVERED, False, id="total-of-yes"),
        pytest.param(bundle(OBS, total=-1), State.DELIVERED, False, id="total-below-none"),
        pytest.param(bundle(OBS, link="next"), State.DELIVERED, False, id="link-of-text"),
        pytest.param(bundle(OBS, link=[{}]), State.DELIVERED, False, id="link-without-relation"),
        pytest.param({**EMPTY, "entry": [{}]}, State.FAILED, False, id="entry-of-nothing"),
    ],
)
def test_a_value_is_told_apart(value: object, state: State, complete: bool) -> None:  # noqa: FBT001
    found = read_value(value)
    whole = not (found.failed or found.truncated)
    assert (found.state, whole) == (state, complete)


def test_a_key_that_was_not_sent_is_missing() -> None:
    assert MISSING.state is State.MISSING
    assert Deliveries({}).by_key == {}


def test_every_way_to_hold_no_resource_holds_none() -> None:
    for value in (None, EMPTY, ERROR, WARNING, "text", [OBS], {"response": {"status": "404"}}):
        assert read_value(value).resources == []


def test_a_full_url_comes_along_with_its_resource() -> None:
    entry = {"fullUrl": "urn:uuid:1", "resource": OBS}
    assert read_value({**EMPTY, "entry": [entry]}).resources == [(OBS, "urn:uuid:1")]


def test_bundles_beyond_the_bound_are_not_opened_and_not_called_empty() -> None:
    value: dict[str, Any] = OBS
    for _ in range(10):
        value = bundle(value)
    assert read_value(value).state is State.FAILED


PATIENT = {"resourceType": "Patient", "id": "p1"}


@pytest.mark.parametrize(
    "value", [PATIENT, bundle(PATIENT), bundle({"resourceType": "Foo"}), {"resourceType": "Foo"}]
)
@pytest.mark.parametrize("key", ["conditions", "encounters"])
def test_a_key_of_the_contract_that_holds_only_other_types_did_not_deliver(
    key: str, value: Any
) -> None:
    found = Deliveries({"patient": PATIENT, key: value})
    assert not found.has(key)
    assert found.has("patient")
    assert ("not-delivered", key) in found.remarks()


@pytest.mark.parametrize("other", ["patient", "item1", "observations"])
def test_another_key_may_carry_a_class(other: str) -> None:
    found = Deliveries({other: bundle(PATIENT, OBS), "conditions": bundle(OBS)})
    assert found.has("observations")
    assert found.has("patient")
    assert not found.has("conditions")


def test_other_keys_may_hold_anything() -> None:
    found = Deliveries({"patient": PATIENT, "item1": bundle({"resourceType": "Foo"})})
    assert found.has("patient")
    assert not [key for _, key in found.remarks() if key == "item1"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "resourceType",
                    "entry",
                    "resource",
                    "link",
                    "total",
                    "response",
                    "search",
                    "issue",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@modest
@given(json_values)
def test_no_json_ever_raises(value: Any) -> None:
    assert read_value(value).state in State
