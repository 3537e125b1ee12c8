"""What stands on a page: a level's criteria with all they refer to, their findings and sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cds.criteria.ladder import Level
from cds.criteria.model import Criterion, Term
from cds.shelf import Knowledge

LISTS = ("called_by", "safety", "requires", "excluded_by", "critical_when", "warning_when")


@dataclass(frozen=True)
class Source:
    """A work or statement that is cited: its id, what is taken from it, and where it stands."""

    id: str
    says: str
    title: str
    publisher: str
    review: str
    href: str | None


@dataclass(frozen=True)
class LevelPage:
    """Everything on the page of one level code; several entries of the ladder may share it."""

    levels: tuple[Level, ...]
    criteria: tuple[Criterion, ...]
    terms: tuple[Term, ...]
    sources: tuple[Source, ...]

    @property
    def says(self) -> dict[str, str]:
        """The sentence of each criterion by its id."""
        return {criterion.id: criterion.says for criterion in self.criteria}


def level_pages(knowledge: Knowledge) -> dict[str, LevelPage]:
    """The pages by level code, in the order in which the ladder is walked."""
    by_code: dict[str, list[Level]] = {}
    for level in knowledge.rules.levels:
        by_code.setdefault(level.code, []).append(level)
    return {code: _page(levels, knowledge) for code, levels in by_code.items()}


def level_names(knowledge: Knowledge) -> dict[str, str]:
    """What each level code is called: a level of care of several kinds by what they share."""
    names = {level.code: level.display for level in knowledge.rules.levels}
    return names | {code: one.title for code, one in knowledge.handouts.items()}


def _page(levels: list[Level], knowledge: Knowledge) -> LevelPage:
    by_id = {criterion.id: criterion for criterion in knowledge.rules.criteria}
    named = [name for level in levels for part in LISTS for name in getattr(level, part)]
    criteria = _with_parts(named, by_id)
    terms = dict.fromkeys(
        clause.finding for one in criteria for clause in one.clauses if clause.finding
    )
    entries: tuple[Level | Criterion, ...] = (*levels, *criteria)
    cited = dict.fromkeys(name for entry in entries for name in entry.cite)
    return LevelPage(
        levels=tuple(levels),
        criteria=criteria,
        terms=tuple(knowledge.terms[name] for name in terms),
        sources=tuple(source(name, knowledge) for name in cited),
    )


def _with_parts(named: Iterable[str], by_id: Mapping[str, Criterion]) -> tuple[Criterion, ...]:
    """The named criteria, each followed by those it refers to, each once."""
    found: dict[str, Criterion] = {}
    for name in named:
        if name not in found:
            criterion = found[name] = by_id[name]
            parts = [clause.criterion for clause in criterion.clauses if clause.criterion]
            for part in _with_parts(parts, by_id):
                found.setdefault(part.id, part)
    return tuple(found.values())


def source(name: str, knowledge: Knowledge) -> Source:
    """A statement of a source article, in its words on the shelf, or a work cited as a whole."""
    statement = knowledge.statements.get(name, {})
    work = knowledge.references[statement.get("source", name)]
    return Source(
        id=name,
        says=statement.get("says") or work.get("use", ""),
        title=work["title"],
        publisher=work["publisher"],
        review=work.get("review", ""),
        href=work.get("href"),
    )
