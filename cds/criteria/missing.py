"""What is still needed: the findings nobody knows whose answer could change the level."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from cds.criteria.decide import decide, level_of
from cds.criteria.evaluate import Findings, Verdicts, evaluate, judge
from cds.criteria.ladder import Decision
from cds.criteria.load import Rules
from cds.criteria.model import Between, Criterion, Finding, Term, Verdict

_STEP = Decimal("0.01")  # finer than any threshold on the shelf: the other side of a number


class Questions:
    """The answers worth trying for each finding, worked out once for a shelf."""

    def __init__(self, rules: Rules, terms: Mapping[str, Term]) -> None:
        self._rules, self._terms = rules, terms
        self._answers = {name: _answers(term, rules.criteria) for name, term in terms.items()}
        self._touched = {name: _touched(name, rules.criteria) for name in terms}

    def missing(
        self, findings: Findings, verdicts: Verdicts, decision: Decision
    ) -> tuple[str, ...]:
        """Names of the unanswered findings one answer to which would give another level."""
        return tuple(
            name
            for name, term in self._terms.items()
            if term.asked
            and _is_open(findings.get(name))
            and (term.asked_when is None or verdicts[term.asked_when] is not Verdict.NOT_MET)
            and self._matters(name, findings, verdicts, decision)
        )

    def outcomes(
        self, name: str, findings: Findings, verdicts: Verdicts
    ) -> tuple[tuple[Finding, Decision], ...]:
        """Each answer to a question worth trying, and what would be decided with it alone.

        A question that another one settles is answered by that one's answers.
        """
        term = self._terms[name]
        if term.told_by is not None:
            return tuple(
                (
                    Finding(said),
                    self._decided({**findings, term.told_by: Finding(said), name: Finding(means)}),
                )
                for said, means in term.told
            )
        known = findings.get(name)
        only_unknown = known is None or known.value is None
        found = []
        for answer in self._answers[name]:
            tried = {**findings, name: answer}
            changed = self._with(name, tried, verdicts, only_unknown=only_unknown)
            found.append((answer, decide(self._rules.levels, {**verdicts, **changed})))
        return tuple(found)

    def _decided(self, findings: Findings) -> Decision:
        return decide(self._rules.levels, evaluate(self._rules.criteria, findings))

    def _matters(
        self, name: str, findings: Findings, verdicts: Verdicts, decision: Decision
    ) -> bool:
        known = findings.get(name)
        only_unknown = known is None or known.value is None
        for answer in self._answers[name]:
            tried = {**findings, name: answer}
            changed = self._with(name, tried, verdicts, only_unknown=only_unknown)
            # Most answers turn no verdict, and then the level stays too.
            if changed and level_of(self._rules.levels, {**verdicts, **changed}).code != (
                decision.level.code
            ):
                return True
        return False

    def _with(
        self, name: str, findings: Findings, verdicts: Verdicts, *, only_unknown: bool
    ) -> dict[str, Verdict]:
        """The verdicts that one answer turns, and only those."""
        turned: dict[str, Verdict] = {}
        for criterion in self._touched[name]:
            # An answer to an unknown never reverses a decided verdict; a fresher value may.
            if only_unknown and verdicts[criterion.id] is not Verdict.UNKNOWN:
                continue
            if any(c.finding == name or c.criterion in turned for c in criterion.clauses):
                verdict = judge(criterion, findings, {**verdicts, **turned} if turned else verdicts)
                if verdict is not verdicts[criterion.id]:
                    turned[criterion.id] = verdict
        return turned


def _is_open(finding: Finding | None) -> bool:
    return finding is None or finding.value is None or not finding.reassures


def _touched(name: str, criteria: Iterable[Criterion]) -> tuple[Criterion, ...]:
    """The criteria a finding can change, in order of dependence."""
    touched: dict[str, Criterion] = {}
    for criterion in criteria:
        if any(
            clause.finding == name or clause.criterion in touched for clause in criterion.clauses
        ):
            touched[criterion.id] = criterion
    return tuple(touched.values())


def _answers(term: Term, criteria: Iterable[Criterion]) -> tuple[Finding, ...]:
    """One finding for each answer that some criterion tells apart."""
    if term.type == "yes-no":
        return (Finding(True), Finding(False))
    if term.type == "code":
        return tuple(Finding(option) for option in sorted(term.options))
    clauses = [clause for criterion in criteria for clause in criterion.clauses]
    limits = {
        side
        for clause in clauses
        if clause.finding == term.name
        for limit, step in ((clause.at_least, -_STEP), (clause.at_most, _STEP))
        if limit is not None
        for side in (limit, limit + step)
    }
    return tuple(Finding(Between.exactly(limit)) for limit in sorted(limits))
