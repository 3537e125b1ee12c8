"""Whatever a site adds to the ladder, no story gets less care or more certainty by it."""

from dataclasses import replace
from functools import cache

import pytest
from charts import knowledge
from edited_shelf import STORIES

from cds.check.stories import items, told
from cds.criteria.additions import Additions, joined
from cds.criteria.decide import UNDETERMINED, decide
from cds.criteria.ladder import Level
from cds.criteria.model import Kind, Verdict
from cds.errors import KnowledgeError
from cds.settings import Settings

LEVELS = knowledge().rules.levels
OWN = replace(knowledge().rules.criteria[0], id="own", kind=Kind.DANGER)


@cache
def _verdicts() -> tuple[dict[str, Verdict], ...]:
    """The verdicts of every story, with the site's own criterion met in each."""
    run = (told(item, knowledge(), Settings()) for item in items(STORIES))
    return tuple(
        {one.criterion.id: one.verdict for one in story.assessment.judgements}
        | {"own": Verdict.MET}
        for story in run
        if story.assessment is not None
    )


def _joined(name: str, member: str) -> tuple[Level, ...]:
    added = Additions("site.toml", {"own": {}}, {name: {member: ["own"]}})
    return tuple(joined(list(LEVELS), added, {"own": OWN}))


def _may_join(name: str, member: str) -> bool:
    try:
        return bool(_joined(name, member))
    except KnowledgeError:
        return False


def _open(member: str) -> list[str]:
    return [level.id for level in LEVELS if _may_join(level.id, member)]


def test_the_lists_a_site_may_join() -> None:
    beds = {"inpatient", "residential", "emergency"}
    assert beds <= set(_open("called_by"))
    assert not beds & set(_open("excluded_by"))
    assert {"outpatient", "none", "child", "deceased"}.isdisjoint(_open("called_by"))
    assert {"intensive-outpatient", "outpatient"} <= set(_open("excluded_by"))


@pytest.mark.parametrize("name", _open("called_by"))
def test_calling_for_a_level_lowers_no_story(name: str) -> None:
    levels = _joined(name, "called_by")
    for verdicts in _verdicts():
        was, now = decide(LEVELS, verdicts).level, decide(levels, verdicts).level
        assert now.id == UNDETERMINED or now.intensity >= was.intensity


@pytest.mark.parametrize("name", _open("excluded_by"))
def test_ruling_a_level_out_leaves_a_story_as_it_is_or_undetermined(name: str) -> None:
    levels = _joined(name, "excluded_by")
    for verdicts in _verdicts():
        was, now = decide(LEVELS, verdicts).level, decide(levels, verdicts).level
        assert now.id in (was.id, UNDETERMINED)
        assert was.intensity < 4 or now.id == was.id


@pytest.mark.parametrize("member", ["warning_when", "critical_when"])
@pytest.mark.parametrize("name", [level.id for level in LEVELS])
def test_a_louder_card_changes_no_level(name: str, member: str) -> None:
    levels = _joined(name, member)
    for verdicts in _verdicts():
        assert decide(levels, verdicts).level.id == decide(LEVELS, verdicts).level.id
