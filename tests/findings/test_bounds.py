"""Very many resources of one kind: the newest and every distinct one are read, the rest hides."""

import pytest
from charts import ago, chart, condition, named, notes, score

from cds.criteria.model import Finding
from cds.findings import FINDINGS
from cds.findings.conditions import diagnoses
from cds.findings.encounters import stays
from cds.findings.uncoded import uncoded_risk_entry


def test_of_very_many_problems_the_newest_and_every_distinct_one_are_read() -> None:
    crowd = [condition("F33.1", id=f"c{n}", recordedDate=ago(days=n)) for n in range(500)]
    old = condition("F33.1", id="old", recordedDate=ago(days=900), status="resolved")
    seen = chart(*crowd, old)
    found, blind = diagnoses(seen, "depressive-disorder")
    names = {one.resource.reference for one in found}
    assert {"Condition/c0", "Condition/old"} <= names
    assert len(names) <= 200
    assert blind
    assert "too-many" in notes(seen)


def test_problems_without_an_id_are_each_read() -> None:
    one, other = (condition("F33.1", status=status) for status in ("resolved", "active"))
    del one["id"], other["id"]
    found, _ = diagnoses(chart(one, other), "depressive-disorder")
    assert [one.active for one in found] == [False, True]


def _visit(number: int, **period: str) -> dict[str, object]:
    return named(
        {
            "resourceType": "Encounter",
            "id": f"e{number}",
            "status": "finished",
            "class": {"code": "AMB"},
            "subject": {"reference": "Patient/p1"},
            "period": period,
        }
    )


def test_of_very_many_encounters_the_newest_are_read() -> None:
    crowd = [_visit(n, start=ago(hours=n + 2), end=ago(hours=n + 1)) for n in range(1000)]
    seen = chart(*crowd)
    names = {one.resource.reference for one in stays(seen)}
    assert len(names) == 300
    assert "Encounter/e0" in names
    assert "Encounter/e999" not in names
    assert seen.record.delivered.is_partial("Encounter")


def test_visits_of_long_ago_crowd_nothing_out() -> None:
    old = [_visit(n, start=ago(days=800 + n), end=ago(days=800 + n)) for n in range(1000)]
    seen = chart(*old, _visit(5000, start=ago(days=2), end=ago(days=1)))
    assert [one.resource.reference for one in stays(seen)] == ["Encounter/e5000"]
    assert not seen.record.delivered.is_partial("Encounter")


@pytest.mark.parametrize("status", [["final"], {}, 1, None])
def test_a_status_of_the_wrong_kind_reassures_nobody(status: object) -> None:
    found: Finding = FINDINGS["phq9_total"].read(chart(score(3) | {"status": status}))
    assert not found.reassures


def test_of_very_many_risks_in_words_enough_are_named_to_be_reviewed() -> None:
    crowd = [
        named(
            {
                "resourceType": "Condition",
                "id": f"w{n:03}",
                "subject": {"reference": "Patient/p1"},
                "code": {"text": f"suicidal ideation {n}"},
                "recordedDate": ago(days=1),
            }
        )
        for n in range(100)
    ]
    found = uncoded_risk_entry(chart(*reversed(crowd)))
    assert found.value is True
    assert found.sources == tuple(f"Condition/w{n:03}" for n in range(20))
