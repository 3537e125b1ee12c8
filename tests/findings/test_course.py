"""The course that a page draws: scores, stays and programs, out of what was read anyway."""

from typing import Any

import pytest
from charts import GAD7, PATIENT, ago, assessed, chart, concept, score

from cds.criteria.model import Between
from cds.findings.course import MOST_EVENTS, MOST_POINTS, Course, course_of

Json = dict[str, Any]
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"


def course(*resources: Json) -> Course:
    return course_of(chart(*resources))


def visit(name: str, code: str, days: float, **members: Any) -> Json:
    """A finished encounter of one class."""
    return {
        "resourceType": "Encounter",
        "id": name,
        "status": "finished",
        "class": {"code": code},
        "subject": {"reference": f"Patient/{PATIENT}"},
        "period": {"start": ago(days=days), "end": ago(days=days, hours=-1)},
        **members,
    }


def order(name: str, **members: Any) -> Json:
    return {
        "resourceType": "ServiceRequest",
        "id": name,
        "status": "active",
        "intent": "order",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "code": concept("S9480", HCPCS),
        "authoredOn": ago(days=3),
        **members,
    }


def test_scores_stand_oldest_first_with_their_source() -> None:
    scores = (score(8, effectiveDateTime=ago(days=days)) for days in (1, 60, 30))
    found = course(*scores).scores["phq9_total"]
    assert [point.when.start for point in found] == sorted(point.when.start for point in found)
    assert {point.value for point in found} == {Between.exactly(8)}
    assert all(point.source.startswith("Observation/") for point in found)


def test_a_score_that_is_not_final_says_so_and_one_without_a_day_is_not_drawn() -> None:
    found = course(
        score(8, status="preliminary"),
        score(9, GAD7, effectiveDateTime="2028"),
        score(10, GAD7, effectiveDateTime=None),
    )
    assert [point.final for point in found.scores["phq9_total"]] == [False]
    assert "gad7_total" not in found.scores


def test_of_very_many_scores_the_newest_are_drawn() -> None:
    many = [score(number % 27, effectiveDateTime=ago(hours=number)) for number in range(50)]
    found = course(*many).scores["phq9_total"]
    assert len(found) == MOST_POINTS
    assert found[-1].value == Between.exactly(0)


@pytest.mark.parametrize(
    ("code", "kind"),
    [("EMER", "emergency"), ("IMP", "hospital"), ("OBSENC", "observation"), ("AMB", "visit")],
)
def test_a_stay_is_told_by_its_class(code: str, kind: str) -> None:
    (event,) = course(visit("e1", code, 3)).events
    assert (event.kind, event.source) == (kind, "Encounter/e1")


def test_programs_stand_beside_stays_newest_first() -> None:
    found = course(visit("e1", "AMB", 9), order("o1"), visit("e2", "EMER", 1)).events
    assert [event.kind for event in found] == ["emergency", "iop", "visit"]


def test_what_never_took_place_is_not_told() -> None:
    assert course(visit("e1", "AMB", 3, status="cancelled"), order("o1", status="revoked")) == (
        Course({}, ())
    )


def test_of_very_many_stays_the_newest_are_told() -> None:
    found = course(*(visit(f"e{days}", "AMB", days) for days in range(1, 90))).events
    assert len(found) == MOST_EVENTS
    assert found[0].source == "Encounter/e1"


def test_drawing_adds_no_note_to_the_answer_and_no_text_of_the_chart() -> None:
    nasty = "<b>nobody is to read this</b>"
    found = assessed(visit("e1", "AMB", 3, type=[{"text": nasty}]), order("o1"), score(16))
    assert {note.code for note in found.notes} <= {"not-delivered"}
    assert nasty not in repr(found.course)
