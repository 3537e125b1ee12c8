"""Nothing a chart says in words reaches a card: only our own words, codes, numbers and dates."""

import json
from typing import Any

import pytest
from charts import (
    NEGATIVE,
    ZONE,
    ago,
    answered,
    condition,
    cssrs,
    form,
    item,
    observation,
    patient,
    ready_for_program,
    score,
)
from hypothesis import given
from hypothesis import strategies as st
from properties import modest

from cds.cards.words import date_text, escape
from cds.criteria.model import When
from cds.fhir.instants import parse_when

Json = dict[str, Any]
CANARIES = ("<img src=x onerror=alert(1)>", "| x | `y` |", "[a](javascript:b)", "**CANARY**")


def _poisoned(resource: Any, canary: str) -> Any:
    """Every coding with a display, every concept with a text, and a narrative, all hostile."""
    if isinstance(resource, list):
        return [_poisoned(one, canary) for one in resource]
    if not isinstance(resource, dict):
        return resource
    poisoned = {name: _poisoned(value, canary) for name, value in resource.items()}
    if "coding" in poisoned:
        poisoned["text"] = canary
    if "code" in poisoned and "system" in poisoned:
        poisoned["display"] = canary
    return poisoned


def _chart(canary: str) -> list[Json]:
    resources = _poisoned(ready_for_program(), canary)
    more = [
        observation("1-8", valueString=canary),
        condition("F41.1", note=[{"text": canary}]),
        form(item(canary, valueString=canary), item("/44261-6", valueString=canary)),
        patient(name=[{"text": canary, "family": canary}]),
    ]
    return [*resources, *more]


@pytest.mark.parametrize("canary", CANARIES)
def test_no_text_of_the_chart_appears_in_an_answer(canary: str) -> None:
    response = answered(*_chart(canary))
    assert response["cards"]
    assert canary not in json.dumps(response, ensure_ascii=False)
    assert "onerror" not in json.dumps(response)


@pytest.mark.parametrize("canary", CANARIES)
def test_no_text_of_a_danger_appears_in_its_card(canary: str) -> None:
    danger = _poisoned(condition("304594002", "snomed", onsetDateTime=ago(days=1)), canary)
    response = answered(danger)
    assert response["cards"][0]["indicator"] == "critical"
    assert canary not in json.dumps(response, ensure_ascii=False)


@pytest.mark.parametrize("canary", CANARIES)
def test_no_hostile_id_appears_in_a_card(canary: str) -> None:
    named = [one | {"id": f"{canary}{number}"} for number, one in enumerate(ready_for_program())]
    (card,) = answered(*named)["cards"]
    assert canary not in json.dumps(card, ensure_ascii=False)
    assert "onerror" not in json.dumps(card)


@pytest.mark.parametrize("code", ["x-|-y", "`<b>`"])
def test_no_code_the_shelf_does_not_know_appears(code: str) -> None:
    response = answered(*ready_for_program(), condition(code))
    assert code not in json.dumps(response, ensure_ascii=False)


def test_the_name_of_the_patient_is_nowhere() -> None:
    named = patient(name=[{"family": "Quillfeather", "given": ["Ottoline"]}])
    response = json.dumps(answered(named, *ready_for_program()))
    assert "Quillfeather" not in response
    assert "Ottoline" not in response


def test_the_detail_is_a_whole_table_and_ends_with_its_basis() -> None:
    (card,) = answered(*ready_for_program())["cards"]
    rows = [line for line in card["detail"].splitlines() if line.startswith("|")]
    assert rows[0] == "| Criterion | Verdict | Value | Date |"
    assert all(row.replace("\\|", "").count("|") == 5 for row in rows)
    assert card["detail"].rstrip().endswith("*")


@modest
@given(st.text(max_size=60))
def test_escaped_text_is_one_line_without_live_markup(text: str) -> None:
    safe = escape(text)
    assert len(safe.splitlines()) <= 1
    assert "<" not in safe
    plain = safe.replace("\\\\", "")
    for sign in "`*_[]|":
        assert plain.count(sign) == plain.count(f"\\{sign}")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2028-02-29", "2028-02-29 (today)"),
        ("2028-02-28T23:59:00-06:00", "2028-02-28 23:59 (12 h ago)"),
        ("2028-02-29T05:00:00Z", "2028-02-28 23:00 (13 h ago)"),
        ("2028-01-30", "2028-01-30 (30 days ago)"),
        ("2028-01", "between 2028-01-01 and 2028-01-31"),
    ],
)
def test_a_date_is_said_with_its_distance(written: str, said: str) -> None:
    when = parse_when(written, ZONE)
    noon = parse_when("2028-02-29T12:00:00", ZONE)
    assert isinstance(noon, When)
    assert date_text(when, noon.start, ZONE) == said


def test_no_date_is_said_as_such() -> None:
    assert date_text(None, parse_when("2028", ZONE).start, ZONE) == "undated"  # type: ignore[union-attr]


def test_a_stale_value_says_that_it_cannot_reassure() -> None:
    old = [condition("F33.1"), score(16), cssrs(NEGATIVE, authored=ago(days=9))]
    (card,) = answered(*old)["cards"]
    assert "cannot reassure" in card["detail"]


@pytest.mark.parametrize(
    ("written", "safe"),
    [
        ('it\'s "so"', 'it\'s "so"'),
        ("a & b <c>", "a &amp; b &lt;c&gt;"),
        ("https://x.example", "https\\://x.example"),
        ("HTTP://x.example", "HTTP\\://x.example"),
        ("www.x.example", "www\\.x.example"),
        ("a@b.example", "a\\@b.example"),
        ("left\u202eright\u200bjoined", "leftrightjoined"),
        ("Score: 16.5", "Score: 16.5"),
    ],
)
def test_escaped_text_makes_no_link_and_hides_nothing(written: str, safe: str) -> None:
    assert escape(written) == safe
