"""Home, community and readiness: yes, no, and everything that is neither."""

from typing import Any

import pytest
from charts import NO, YES, ago, concept, condition, form, item, observation, read

Json = dict[str, Any]
LA = {"steady": "LA31993-1", "worried": "LA31994-9", "none": "LA31995-6"}
RELATED = {
    "resourceType": "RelatedPerson",
    "id": "mum",
    "active": True,
    "patient": {"reference": "Patient/p1"},
}


def _said(name: str, *, yes: bool, **members: Any) -> Json:
    return form(item(name, valueBoolean=yes), **members)


def _housing(answer: str, **members: Any) -> Json:
    value = {"coding": [{"system": "http://loinc.org", "code": LA[answer]}]}
    return observation("71802-3", valueCodeableConcept=value, **members)


HOMELESS = condition("Z59.02", onsetDateTime=ago(days=20))
ABUSE = condition("T74.11XA", onsetDateTime=ago(days=20))
HELPED = condition("160725005", "snomed", onsetDateTime=ago(days=20))


@pytest.mark.parametrize(
    ("resources", "value"),
    [
        pytest.param([], None, id="nothing"),
        pytest.param([_said("home-support", yes=True)], True, id="said-yes"),
        pytest.param([_said("home-support", yes=False)], False, id="said-no"),
        pytest.param([_housing("steady")], None, id="steady-place-alone"),
        pytest.param([_housing("worried")], None, id="worried"),
        pytest.param([_housing("none")], False, id="no-place"),
        pytest.param([_housing("steady"), HELPED], True, id="steady-and-help"),
        pytest.param([_housing("steady"), RELATED], True, id="steady-and-related-person"),
        pytest.param(
            [_housing("steady"), _said("community-support", yes=True)], True, id="steady-community"
        ),
        pytest.param([_housing("worried"), RELATED], None, id="worried-and-related-person"),
        pytest.param([RELATED], None, id="related-person-alone"),
        pytest.param(
            [_housing("steady"), RELATED | {"active": False}], None, id="no-longer-related"
        ),
        pytest.param([HOMELESS], False, id="homeless"),
        pytest.param([ABUSE], False, id="abuse"),
        pytest.param([_said("home-support", yes=True), ABUSE], False, id="said-yes-and-abuse"),
        pytest.param([_housing("steady"), HELPED, ABUSE], False, id="steady-help-and-abuse"),
        pytest.param([condition("105529008", "snomed")], None, id="lives-alone-is-neutral"),
    ],
)
def test_what_counts_as_home_support(resources: list[Json], *, value: bool | None) -> None:
    assert read("home_support", *resources).value is value


def test_a_newer_steady_place_outweighs_an_old_homeless_entry() -> None:
    old = condition("Z59.02", onsetDateTime=ago(days=100))
    assert read("home_support", old, _housing("steady"), RELATED).value is True
    before = _housing("steady", effectiveDateTime=ago(days=150))
    assert read("home_support", old, before, RELATED).value is False


@pytest.mark.parametrize(("steady", "none"), [("a", "b"), ("b", "a")])
def test_of_two_housing_answers_of_one_moment_the_worse_counts(steady: str, none: str) -> None:
    answers = [_housing("steady", id=steady), _housing("none", id=none)]
    assert read("home_support", *answers, RELATED).value is False


@pytest.mark.parametrize(("yes", "value", "fresh"), [(True, True, True), (False, False, True)])
def test_community_support_is_what_is_documented(*, yes: bool, value: bool, fresh: bool) -> None:
    found = read("community_support", _said("community-support", yes=yes))
    assert (found.value, found.reassures) == (value, fresh)


def test_community_support_that_nobody_documented_is_no_but_still_to_be_asked() -> None:
    found = read("community_support")
    assert found.value is False
    assert not found.reassures


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ({"valueBoolean": True}, True),
        ({"valueBoolean": False}, False),
        ({"valueCoding": YES}, True),
        ({"valueCoding": NO}, False),
        (
            {
                "valueCoding": {
                    "system": "http://terminology.hl7.org/CodeSystem/v2-0136",
                    "code": "Y",
                }
            },
            True,
        ),
        (
            {
                "valueCoding": {
                    "system": "http://terminology.hl7.org/CodeSystem/v2-0136",
                    "code": "N",
                }
            },
            False,
        ),
        ({"valueCoding": {"code": "Y"}}, None),
        ({"valueString": "yes"}, None),
        ({"valueInteger": 1}, None),
        ({"valueCoding": {"system": "http://loinc.org", "code": "LA30122-8"}}, None),
        ({"valueCoding": concept("unsure", "instrument")["coding"][0]}, None),
    ],
)
def test_yes_and_no_are_codes_or_booleans_and_anything_else_is_unknown(
    answer: Json, *, value: bool | None
) -> None:
    found = read("group_participation", form(item("group-participation", **answer)))
    assert found.value is value
    assert found.reassures is (value is not None)


ITEMS = [
    *("group_participation", "verbal_expression", "program_motivation"),
    *("recovery_motivation", "group_comfort", "skill_learning"),
]


@pytest.mark.parametrize("name", ITEMS)
def test_each_item_is_read_from_a_form_and_from_an_observation(name: str) -> None:
    code = name.replace("_", "-")
    assert read(name, form(item(code, valueBoolean=True))).value is True
    assert read(name, observation(code, "instrument", valueBoolean=False)).value is False
    assert read(name, form(item("other-question", valueBoolean=True))).value is None


def test_an_unsure_answer_takes_the_older_yes_away() -> None:
    yes = _said("group-participation", yes=True, authored=ago(days=5))
    unsure = form(item("group-participation", valueCoding={"code": "unsure", "system": "x"}))
    found = read("group_participation", yes, unsure)
    assert found.value is None
    assert not found.reassures


def test_of_one_day_the_no_counts() -> None:
    yes = _said("group-participation", yes=True)
    no = _said("group-participation", yes=False, authored=ago(hours=3))
    assert read("group_participation", yes, no).value is False


def test_of_two_days_the_newer_counts() -> None:
    no = _said("group-participation", yes=False, authored=ago(days=3))
    assert read("group_participation", _said("group-participation", yes=True), no).value is True


def test_an_unfinished_form_can_say_no_but_not_yes() -> None:
    yes = read("group_participation", _said("group-participation", yes=True, status="in-progress"))
    assert not yes.reassures
    no = read("group_participation", _said("group-participation", yes=False, status="in-progress"))
    assert no.value is False
