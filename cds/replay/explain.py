"""Why a chart gets its level: the criteria as a tree, from the level down to the chart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import click

from cds.answer import assessed
from cds.assess import Assessment
from cds.cards.words import date_text, value_text
from cds.criteria.ladder import Decision, Level
from cds.criteria.model import Criterion, Finding, Judgement, Verdict
from cds.errors import HookError
from cds.replay.layout import plain, section, wrapped
from cds.settings import Settings
from cds.shelf import Knowledge
from cds.stories.read import Item

MARKS = {Verdict.MET: "✓", Verdict.NOT_MET: "✗", Verdict.UNKNOWN: "?"}
PARTS = {
    "called_by": "Called for by",
    "safety": "Has to be known",
    "requires": "Asked for",
    "excluded_by": "Ruled out by",
}


def explanation(
    item: Item, knowledge: Knowledge, settings: Settings, *, now: datetime, every: bool
) -> str:
    """The whole explanation of one item as text; a refused call is a ClickException."""
    call = item.call(now)
    try:
        _, assessment = assessed(call, knowledge, settings)
    except HookError as error:
        where = ": ".join((str(item.path), *error.paths[:1]))
        raise click.ClickException(f"{where}: {error.message}") from None
    lines = Tree(assessment, knowledge, settings).lines(item.title, every=every)
    return "\n".join(plain(line) for line in lines)


class Tree:
    """An assessment as indented lines of at most 100 columns, where words allow."""

    def __init__(self, assessment: Assessment, knowledge: Knowledge, settings: Settings) -> None:
        self.assessment, self.knowledge, self.zone = assessment, knowledge, settings.zone
        self.judgements = assessment.by_id
        self.shown: set[str] = set()

    def lines(self, title: str, *, every: bool) -> Iterator[str]:
        """Level, criteria, what is missing, notes."""
        decision = self.assessment.decision
        yield f"{title} (as of {self.assessment.as_of.astimezone(self.zone):%Y-%m-%d %H:%M %Z})"
        yield ""
        yield from _head(decision)
        for level in self._levels(decision):
            yield from self._level(level, "" if level is decision.level else f" ({level.code})")
        if every:
            yield from self._rest()
        yield from section("Missing, and could change the level", self._missing())
        yield from section("Notes on the data", self._notes())

    def _levels(self, decision: Decision) -> Iterable[Level]:
        """The level given, the first that was called for, and the one behind open questions."""
        called = [
            level
            for level in self.knowledge.rules.levels
            if any(self.judgements[name].verdict is Verdict.MET for name in level.called_by)
        ]
        return dict.fromkeys(
            one for one in (decision.level, *called[:1], decision.candidate) if one
        )

    def _level(self, level: Level, which: str) -> Iterator[str]:
        """The criteria of a level, each shown once in the whole tree."""
        for member, words in PARTS.items():
            wanted = [one for one in getattr(level, member) if self._matters(member, one)]
            body = (line for one in wanted for line in self._criterion(one, 1))
            yield from section(words + which, body)

    def _matters(self, member: str, name: str) -> bool:
        """Whether a criterion of a level is news: not one that failed to call, or to rule out."""
        met = self.judgements[name].verdict is Verdict.MET
        return name not in self.shown and (met or member in ("safety", "requires"))

    def _criterion(self, name: str, depth: int) -> Iterator[str]:
        """A criterion, then those of its parts that decided it, then what the chart says."""
        judgement = self.judgements[name]
        self.shown.add(name)
        yield from wrapped(f"{MARKS[judgement.verdict]} {_claim(judgement.criterion)}", depth)
        parts = [clause.criterion for clause in judgement.criterion.clauses if clause.criterion]
        opened = [part for part in parts if self._decides(part, judgement)]
        if not opened and len(parts) == len(judgement.criterion.clauses):
            opened = parts
        for part in opened:
            yield from self._criterion(part, depth + 1)
        yield from self._others([part for part in parts if part not in opened], depth)
        yield from self._findings(judgement.criterion, depth + 1)

    def _decides(self, part: str, judgement: Judgement) -> bool:
        """Whether a part has the verdict that made the whole; `none` turns a verdict round."""
        turned = any(
            clause.criterion == part and group.word == "none"
            for group in judgement.criterion.groups
            for clause in group.clauses
        )
        opposite = {Verdict.MET: Verdict.NOT_MET, Verdict.NOT_MET: Verdict.MET}
        whole = judgement.verdict
        wanted = opposite.get(whole, whole) if turned else whole
        return self.judgements[part].verdict is wanted

    def _others(self, parts: Iterable[str], depth: int) -> Iterator[str]:
        """Parts that decided nothing, by verdict, without what is below them."""
        for verdict, mark in MARKS.items():
            names = [one for one in parts if self.judgements[one].verdict is verdict]
            if names:
                yield from wrapped(f"{mark} {', '.join(names)}", depth + 1)

    def _findings(self, criterion: Criterion, depth: int) -> Iterator[str]:
        """What was seen in the chart, each value with date and source; plain noes on one line."""
        names = dict.fromkeys(clause.finding for clause in criterion.clauses if clause.finding)
        findings = {name: self.assessment.findings[name] for name in names}
        bare = [name for name, one in findings.items() if one.value is False and not one.sources]
        noes = [name for name in bare if findings[name].reassures]
        unknown = [name for name, one in findings.items() if one.value is None or name in bare]
        unknown = [name for name in unknown if name not in noes]
        for name, finding in findings.items():
            if name not in (*noes, *unknown):
                yield from wrapped(f"· {self._seen(name, finding)}", depth)
        for word, some in (("no", noes), ("not known", unknown)):
            if some:
                labels = "; ".join(self.knowledge.terms[name].label for name in some)
                yield from wrapped(f"· {word}: {labels}", depth)

    def _seen(self, name: str, finding: Finding) -> str:
        """A value as a clinician says it, its date, and the resources it comes from."""
        parts = [value_text(finding, self.knowledge.terms[name])]
        if finding.when:
            parts.append(date_text(finding.when, self.assessment.as_of, self.zone))
        return ", ".join([*parts, *finding.sources])

    def _rest(self) -> Iterator[str]:
        """Every criterion not shown yet, by dimension."""
        dimensions: dict[str, list[str]] = {}
        for name, judgement in self.judgements.items():
            if name not in self.shown:
                dimensions.setdefault(judgement.criterion.dimension, []).append(name)
        for dimension, names in dimensions.items():
            body = (line for name in names for line in self._alone(name))
            yield from section(f"Also judged: {dimension.replace('-', ' ')}", body)

    def _alone(self, name: str) -> Iterator[str]:
        """A criterion with its own findings and the verdicts of its parts."""
        judgement = self.judgements[name]
        yield from wrapped(f"{MARKS[judgement.verdict]} {_claim(judgement.criterion)}", 1)
        parts = [clause.criterion for clause in judgement.criterion.clauses if clause.criterion]
        yield from self._others(parts, 1)
        yield from self._findings(judgement.criterion, 2)

    def _missing(self) -> Iterator[str]:
        """What to ask, once for all findings that one question answers."""
        asked: dict[str, list[str]] = {}
        for name in self.assessment.missing:
            term = self.knowledge.terms[name]
            asked.setdefault(term.ask, []).append(term.label)
        for ask, labels in asked.items():
            yield from wrapped(f"{'; '.join(labels)}: {ask}", 1)

    def _notes(self) -> Iterator[str]:
        for note in self.assessment.notes:
            about = f" ({note.resource})" if note.resource else ""
            yield from wrapped(f"{note.code}{about}: {note.text}", 1)


def _head(decision: Decision) -> Iterator[str]:
    yield f"{decision.level.code}: {decision.status}, {decision.indicator}"
    yield from wrapped(decision.level.summary, 0)
    for words, names in (("Waits for", decision.open), ("Ruled out by", decision.unmet)):
        if names:
            yield from wrapped(f"{words}: {', '.join(names)}", 0)
    if decision.candidate:
        yield f"Candidate, if every open question turned out well: {decision.candidate.code}"


def _claim(criterion: Criterion) -> str:
    return f"{criterion.id}: {criterion.says} [{', '.join(criterion.cite)}]"
