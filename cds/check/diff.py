"""Two shelves on the same stories: whose level changes, and which criteria are why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cds.assess import Assessment
from cds.check.stories import Told, told
from cds.criteria.ladder import Level
from cds.criteria.model import ABSENT, Criterion, Finding
from cds.criteria.parse_level import LEVEL_LISTS
from cds.pages.words import comparison, heading
from cds.settings import Settings
from cds.shelf import Knowledge
from cds.stories.read import Item


@dataclass(frozen=True)
class Why:
    """One cause: what it is (a criterion, a finding, a level), and how it was and is."""

    kind: str
    name: str
    old: str
    new: str
    old_says: str = ""
    new_says: str = ""


@dataclass(frozen=True)
class Change:
    """One story whose level or status is another under the new shelf."""

    old: Told
    new: Told
    why: tuple[Why, ...]


def changes(
    stories: Iterable[Item], old: Knowledge, new: Knowledge, settings: Settings
) -> Iterator[Change | None]:
    """For each story its change, or None where level and status stay."""
    for item in stories:
        before, after = told(item, old, settings), told(item, new, settings)
        same = before.outcome == after.outcome
        yield None if same else Change(before, after, tuple(_why(before, after, old, new)))


def _why(before: Told, after: Told, old: Knowledge, new: Knowledge) -> Iterator[Why]:
    if before.assessment is None or after.assessment is None:
        yield Why("call", "call", before.refusal or "answered", after.refusal or "answered")
        return
    yield from _findings(before.assessment, after.assessment)
    verdicts = list(_verdicts(before.assessment, after.assessment, old, new))
    yield from verdicts
    # A new verdict explains a new level; the ladder is worth a word where it was itself edited.
    yield from _ladder(before.assessment.decision.level, after.assessment.decision.level, old, new)


def _findings(before: Assessment, after: Assessment) -> Iterator[Why]:
    for name, finding in before.findings.items():
        was, now = _seen(finding), _seen(after.findings.get(name, ABSENT))
        if was != now:
            yield Why("finding", name, was, now)


def _seen(finding: Finding) -> str:
    value = finding.value
    if value is None:
        return "not known"
    said = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
    return said if finding.reassures else f"{said} (cannot reassure)"


def _verdicts(
    before: Assessment, after: Assessment, old: Knowledge, new: Knowledge
) -> Iterator[Why]:
    was, now = before.by_id, after.by_id
    for name in dict.fromkeys((*was, *now)):
        one, other = was.get(name), now.get(name)
        verdicts = (
            one.verdict.value if one else "absent",
            other.verdict.value if other else "absent",
        )
        if verdicts[0] != verdicts[1]:
            says = (
                _definition(one.criterion, old) if one else "",
                _definition(other.criterion, new) if other else "",
            )
            yield Why("criterion", name, *verdicts, *says)


def _definition(criterion: Criterion, knowledge: Knowledge) -> str:
    """A criterion in one line: its sentence and what it compares."""
    groups = [
        f"{heading(group)} "
        + "; ".join(
            clause.criterion or comparison(clause, knowledge.terms) for clause in group.clauses
        )
        for group in criterion.groups
    ]
    return f"{criterion.says} ({' '.join(groups)})"


def _ladder(before: Level, after: Level, old: Knowledge, new: Knowledge) -> Iterator[Why]:
    """The lists of the two levels concerned, where the shelves do not agree on them."""
    for name in dict.fromkeys((before.id, after.id)):
        was = next((one for one in old.rules.levels if one.id == name), None)
        now = next((one for one in new.rules.levels if one.id == name), None)
        if was is None or now is None:
            yield Why("level", name, "there" if was else "absent", "there" if now else "absent")
            continue
        for member in (*LEVEL_LISTS, "precedence", "status"):
            one, other = getattr(was, member), getattr(now, member)
            if one != other:
                yield Why("level", f"{name}.{member}", _list(one), _list(other))


def _list(value: object) -> str:
    return ", ".join(value) or "empty" if isinstance(value, tuple) else str(value)
