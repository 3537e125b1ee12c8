"""E41 to E46: age, death and pregnancy."""

from datetime import datetime, timedelta

import pytest
from asked import ask, order, weekly
from charts import (
    ZONE,
    Json,
    ago,
    asq,
    concept,
    condition,
    cssrs,
    measured,
    observation,
    patient,
    ready_for_program,
    score,
)

HIGH = cssrs({"q1": True, "q2": True, "q5": True, "q6": True})


@pytest.mark.parametrize(
    ("born", "least"),
    [("2010-03-01", "At least 6"), ("2010-02-28", "At least 9")],
    ids=["17 years and 364 days", "just 18"],
)
def test_e41_the_birthday_decides_about_the_least_hours(born: str, least: str) -> None:
    found = ask(patient(birthDate=born), *ready_for_program())
    assert found.said == ("intensive-outpatient", "supported")
    assert f"{least} hours a week" in found.detail


def test_e41_a_birthday_begins_at_midnight_of_the_service_zone() -> None:
    """Eighteen on 29 February: not yet at 23:30 of the day before in Chicago, though so in UTC."""
    born = patient(birthDate="2010-02-28")
    eve = datetime(2028, 2, 27, 23, 30, tzinfo=ZONE)
    chart = [born, condition("F33.1"), score(16, effectiveDateTime="2028-02-27")]
    order_of_seven = order("S9480", occurrenceTiming=weekly(3, 2.5), authoredOn="2028-02-27")
    before = ask(*chart, order_of_seven, as_of=eve)
    after = ask(*chart, order_of_seven, as_of=eve + timedelta(minutes=31))
    assert before.verdict("ordered-hours-below-adult") == "not-met"
    assert after.verdict("ordered-hours-below-adult") == "met"


@pytest.mark.parametrize(("day", "adult"), [(28, "not-met"), (1, "met")])
def test_e41_who_is_born_on_a_leap_day_turns_eighteen_on_the_first_of_march(
    day: int, adult: str
) -> None:
    moment = datetime(2026, 2 if day == 28 else 3, day, 12, tzinfo=ZONE)
    small = order("S9480", occurrenceTiming=weekly(3, 2.5), authoredOn=moment.isoformat())
    found = ask(patient(birthDate="2008-02-29"), condition("F33.1"), small, as_of=moment)
    assert found.verdict("ordered-hours-below-adult") == adult


def test_e42_a_child_gets_no_level_and_is_pointed_to_child_psychiatry() -> None:
    child = patient(birthDate="2018-06-01")
    found = ask(child, *ready_for_program(22))
    assert found.said == ("none", "not-applicable")
    assert "child psychiatry" in found.card["summary"]
    assert "suggestions" not in found.card
    assert ask(child, asq({1: True, 2: False, 3: False, 4: False, 5: False})).cards


def test_e43_without_a_birth_date_both_minimums_are_shown() -> None:
    unborn = patient()
    del unborn["birthDate"]
    found = ask(unborn, *ready_for_program())
    assert found.said == ("intensive-outpatient", "supported")
    assert "9 hours a week for adults, 6 under 18" in found.detail
    quick = [one for one in ready_for_program() if one.get("valueQuantity", {}).get("value") != 72]
    review = ask(unborn, *quick, measured("8867-4", 115, "/min"))
    assert review.said == ("intensive-outpatient", "provisional")
    assert review.verdict("medically-stable") == "unknown"


@pytest.mark.parametrize(
    "dead", [{"deceasedBoolean": True}, {"deceasedDateTime": "2028-02-01"}], ids=["flag", "date"]
)
def test_e44_for_somebody_who_has_died_there_is_no_card(dead: Json) -> None:
    found = ask(patient(**dead), *ready_for_program(), HIGH)
    assert found.said == ("none", "not-applicable")
    assert found.cards == []


def test_e44_alive_is_not_dead() -> None:
    alive = patient(deceasedBoolean=False)
    assert ask(alive, *ready_for_program()).said == ("intensive-outpatient", "supported")


def _pregnancy(code: str, **members: object) -> Json:
    return observation("82810-3", valueCodeableConcept=concept(code, "snomed"), **members)


PREGNANT, NOT_PREGNANT = "77386006", "60001007"


def test_e45_withdrawal_in_pregnancy_is_never_ambulatory() -> None:
    ciwa = score(9, "ciwa-ar-total")
    ciwa["code"] = concept("ciwa-ar-total", "instrument")
    found = ask(condition("F10.20"), ciwa, _pregnancy(PREGNANT))
    assert found.said == ("withdrawal-management", "supported")
    assert "Medically managed" in found.card["source"]["topic"]["display"]
    assert "obstetric" in found.detail
    assert found.indicator == "critical"


def test_e46_the_latest_status_of_a_pregnancy_counts() -> None:
    early, late = {"effectiveDateTime": ago(days=60)}, {"effectiveDateTime": ago(days=2)}
    ended = ask(_pregnancy(PREGNANT, **early), _pregnancy(NOT_PREGNANT, **late))
    assert ended.verdict("pregnancy") == "not-met"
    begun = ask(_pregnancy(NOT_PREGNANT, **early), _pregnancy(PREGNANT, **late))
    assert begun.verdict("pregnancy") == "met"
    entry = condition("Z33.1", recordedDate=ago(days=2))
    assert ask(_pregnancy(NOT_PREGNANT, **early), entry).verdict("pregnancy") == "met"


@pytest.mark.parametrize(
    "birth",
    [
        [condition("O80", onsetDateTime=ago(days=90))],
        [condition("Z39.2", onsetDateTime=ago(days=40))],
        [
            _pregnancy(PREGNANT, effectiveDateTime=ago(days=200)),
            _pregnancy(NOT_PREGNANT, effectiveDateTime=ago(days=30)),
        ],
    ],
    ids=["delivery", "postpartum visit", "status changed"],
)
def test_e46_the_year_after_a_pregnancy_calls_for_a_closer_look(birth: list[Json]) -> None:
    found = ask(*ready_for_program(), *birth)
    assert found.verdict("pregnancy") != "met"
    assert found.verdict("pregnancy-ended-within-a-year") == "met"
    assert "EPDS" in found.detail
    assert "psychosis" in found.detail


def test_e46_a_pregnancy_that_ended_long_ago_calls_for_nothing() -> None:
    found = ask(*ready_for_program(), condition("O80", onsetDateTime=ago(days=366)))
    assert found.verdict("pregnancy-ended-within-a-year") == "not-met"
