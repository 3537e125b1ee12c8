"""Scores as drawings, and answers that are missing as branches, each in words."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from kept_house import SHELF, STORIES

from cds.answer import assessed
from cds.criteria.model import Between, When
from cds.findings.course import Point
from cds.pages.plots import HEIGHT, WIDTH, plot
from cds.pages.whatif import what_if
from cds.settings import Settings
from cds.stories.read import read

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
ZONE = ZoneInfo("UTC")
PHQ9 = SHELF.terms["phq9_total"]


def score(value, days, high=None, *, final=True):
    when = NOW - timedelta(days=days)
    ends = Decimal(value), Decimal(value if high is None else high)
    return Point(Between(*ends), When(when, when), f"Observation/{days}", final)


def branches(story, name):
    """What the page says of one question: answers and where they lead."""
    _, assessment = assessed(read(STORIES / story).call(NOW), SHELF, Settings())
    (question,) = what_if([name], assessment, SHELF)
    return {one.answers: (one.level.code, one.status, one.changes) for one in question.branches}


def test_a_course_is_drawn_inside_the_drawing_oldest_first():
    drawn = plot(PHQ9, (score(8, 40), score(13, 20), score(27, 0)), NOW, ZONE)
    places = [dot.x for dot in drawn.dots]
    assert places == sorted(places)
    assert all(0 <= dot.x <= WIDTH and 0 <= dot.y <= HEIGHT for dot in drawn.dots)
    assert [dot.band for dot in drawn.dots] == ["mild", "moderate", "severe"]
    assert drawn.dots[0].y > drawn.dots[1].y > drawn.dots[2].y


def test_a_course_is_said_in_words():
    drawn = plot(PHQ9, (score(8, 40), score(13, 2)), NOW, ZONE)
    assert drawn.says == (
        "From 8 on 2024-01-21 (40 days ago) to PHQ-9 13, moderate, on 2024-02-28 (2 days ago)."
    )


def test_one_score_is_no_course_and_says_so():
    drawn = plot(PHQ9, (score(16, 2),), NOW, ZONE)
    assert drawn.says.endswith("the only one in the time that counts.")


def test_scores_of_one_instant_are_drawn():
    assert len(plot(PHQ9, (score(8, 0), score(9, 0)), NOW, ZONE).dots) == 2


def test_bands_fill_the_scale():
    bands = plot(PHQ9, (score(8, 1),), NOW, ZONE).bands
    assert [band.name for band in bands][-1] == "severe"
    for lower, upper in pairwise(bands):
        assert upper.y + upper.height == pytest.approx(lower.y)


def test_a_score_that_is_not_exact_has_no_band():
    (dot,) = plot(PHQ9, (score(8, 1, high=12),), NOW, ZONE).dots
    assert (dot.value, dot.band) == ("8 to 12", "")


def test_nothing_is_drawn_of_no_score():
    assert plot(PHQ9, (), NOW, ZONE) is None


def test_every_drawn_score_has_bands_out_of_a_work_that_is_cited():
    for name in ("phq9_total", "gad7_total", "pcl5_total", "audit_total", "ciwa_ar", "cows"):
        assert SHELF.terms[name].bands
        assert SHELF.terms[name].bands_from in SHELF.references


def test_an_answer_to_a_screen_counts_as_that_screen_would():
    assert branches("gareth-nobody-asked", "suicide_screen") == {
        "negative": ("intensive-outpatient", "provisional", True),
        "low or moderate": ("undetermined", "indeterminate", False),
        "high": ("emergency", "emergency", True),
    }


def test_numbers_with_one_outcome_are_one_range_that_ends_where_the_shelf_says():
    found = branches("waldo-after-detox", "ciwa_ar")
    assert list(found) == ["below 8", "8 or more, below 19", "19 or more"]
    assert found["19 or more"] == ("emergency", "emergency", True)


def test_options_with_one_outcome_stand_together():
    assert branches("nadia-two-bad-weeks", "functional_difficulty") == {
        "extremely": ("partial-hospitalization", "supported", True),
        "not, somewhat or very": ("intensive-outpatient", "supported", False),
    }


def test_each_question_a_card_names_has_an_answer_that_changes_the_level():
    for story in ("gareth-nobody-asked", "selma-not-asked-yet", "waldo-after-detox"):
        _, assessment = assessed(read(STORIES / story).call(NOW), SHELF, Settings())
        for question in what_if(assessment.missing, assessment, SHELF):
            assert any(branch.changes for branch in question.branches), question.name
