"""Logic, numbers and times of the shelf in words, for readers who never see TOML."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from cds.criteria.ladder import Hours, Level
from cds.criteria.model import Clause, Criterion, Example, Finding, Group, Kind, Term, Verdict
from cds.findings.chart import Window

Terms = Mapping[str, Term]

VERDICTS = {Verdict.MET: "met", Verdict.NOT_MET: "not met", Verdict.UNKNOWN: "unknown"}
KINDS = {
    Kind.DANGER: "When met, a sign of danger stands.",
    Kind.INDICATION: "When met, there is a reason to consider treatment.",
    Kind.NEED: "When met, more than ordinary outpatient care is called for.",
    Kind.OBSTACLE: "When met, something speaks against a level.",
    Kind.SAFEGUARD: "When met, a danger is known to be absent.",
    Kind.REQUIREMENT: "When met, something a level asks for is there.",
}
STALE = {
    True: "Evidence too old to reassure can break this, but never meet it.",
    False: "Evidence too old to reassure can meet this, but never rule it out.",
}
STANDING = {
    "emergency": "Evaluate now",
    "supported": "Supported by the data",
    "provisional": "Provisional: something it requires is not known",
    "indeterminate": "Not determined: a question of safety is open",
    "no-indication": "Nothing to recommend",
    "not-applicable": "Not applicable",
}
STATUSES = {
    "emergency": "Given at once: it waits for nothing else.",
    "supported": "Supported when every requirement is met; provisional while one is unknown.",
    "indeterminate": "Given while a question of safety is open, or the chart contradicts itself.",
    "no-indication": "Given when nothing in the chart calls for anything.",
    "not-applicable": "Given when these criteria do not apply to the person.",
}
INDICATORS = {"info": "Information", "warning": "Warning", "critical": "Critical"}
PARTS = {
    "called_by": "Calls for",
    "safety": "Must be met before there is",
    "requires": "Is required for",
    "excluded_by": "Rules out",
    "critical_when": "Makes the card critical for",
    "warning_when": "Makes the card a warning for",
}
GROUPS = {
    "programme": "What such a program is",
    "indication": "Who it is for",
    "requirement": "What it asks for",
    "exclusion": "What rules it out",
    "addition": "What belongs beside it",
}
DAY = timedelta(days=1)


def stale(criterion: Criterion) -> str:
    """What old evidence may still do."""
    return STALE[criterion.kind.reassures]


def heading(group: Group) -> str:
    """How the comparisons of a group are joined."""
    number = len(group.clauses)
    if group.word == "none":
        return "This must not hold:" if number == 1 else "None of these may hold:"
    if number == 1:
        return "This must hold:"
    if group.word == "at_least_n_of":
        return f"At least {group.count} of these {number} must hold:"
    return {"all": "All of these must hold:", "any": "At least one of these must hold:"}[group.word]


def comparison(clause: Clause, terms: Terms) -> str:
    """One comparison of a finding: `PHQ-9: 15 points or more`."""
    term = terms[clause.finding or ""]
    return f"{term.label}: {_expected(clause, term)}"


def _expected(clause: Clause, term: Term) -> str:
    if term.type == "number":
        return _range(clause, term)
    if clause.one_of is not None:
        return " or ".join(sorted(clause.one_of))
    return value(clause.equals)


def _range(clause: Clause, term: Term) -> str:
    unit = f" {term.unit}" if term.unit else ""
    low, high = clause.at_least, clause.at_most
    if low is not None and high is not None:
        return f"{low} to {high}{unit}"
    return f"{low}{unit} or more" if high is None else f"{high}{unit} or less"


def value(shown: object) -> str:
    """A value of a finding: yes and no for booleans, numbers and codes as they are."""
    return {True: "yes", False: "no"}[shown] if isinstance(shown, bool) else str(shown)


def said(shown: object) -> str:
    """The same for a sentence: the parts of a code are words."""
    return value(shown).replace("-", " ")


def given(example: Example, terms: Terms) -> str:
    """What is known in an example."""
    known = [f"{terms[name].label}: {_known(finding)}" for name, finding in example.given]
    return "; ".join(known) or "Nothing known"


def _known(finding: Finding) -> str:
    return value(finding.value) + ("" if finding.reassures else " (too old to reassure)")


def counts_for(term: Term, windows: Mapping[str, Window]) -> str:
    """How long a finding counts, if that depends on its age."""
    if term.window is None:
        return "as long as it stands in the chart"
    window = windows[term.window]
    if window.reassures == window.alarms == window.reassures_acute:
        return span(window.alarms)
    acute = ""
    if window.reassures_acute != window.reassures:
        acute = f" ({span(window.reassures_acute)} in an emergency department or hospital bed)"
    return f"reassures for {span(window.reassures)}{acute}, alarms for {span(window.alarms)}"


def freshness(finding: Finding, term: Term, windows: Mapping[str, Window]) -> str:
    """Whether a value may still reassure, and for how long one like it does."""
    if term.window is None:
        return ""
    if not finding.reassures:
        return "cannot reassure (too old, not final or incomplete)"
    return f"counts for {span(windows[term.window].reassures)}"


def span(length: timedelta) -> str:
    """A length of time in days, or in hours when it is no more than one day."""
    if length > DAY and length % DAY == timedelta():
        return f"{length // DAY} days"
    return f"{length // timedelta(hours=1)} hours"


def hours(asked: Hours) -> str:
    """Hours of treatment a week."""
    youth = f" ({asked.youth} under 18)" if asked.youth != asked.adult else ""
    limit = f", less than {asked.below}" if asked.below else ""
    return f"At least {asked.adult} hours a week{youth}{limit}."


def reviewed(entry: Criterion | Level) -> str:
    """The state of review of an entry."""
    if isinstance(entry, Criterion) and entry.review == "reviewed":
        return f"Reviewed by {entry.reviewer} on {entry.reviewed_on}."
    return "Reviewed." if entry.review == "reviewed" else "Draft: awaits clinical review."


def kind_of(term: Term) -> str:
    """What sort of value a finding is, with its scale or its options."""
    if term.type == "yes-no":
        return "Yes or no."
    if term.type == "code":
        return f"One of: {', '.join(sorted(term.options))}."
    unit = f" {term.unit}" if term.unit else ""
    return f"A number from {term.scale[0]} to {term.scale[1]}{unit}." if term.scale else "A number."


def home(named: str) -> str:
    """Where else a statement can be read, as `home` of statements.toml writes it."""
    kind, _, place = named.partition(" ")
    if kind == "link":
        return f"Link on the card: {place}"
    place, _, said = place.partition(": ")
    name, _, member = place.partition(" ")
    where = f"Card of the level {name}" if kind == "level" else f"Remark of {name}"
    return f"{where}: \u201c{said}\u201d" if said else f"{where}: {member}"


def sentence(text: str) -> str:
    """A remark of the shelf with a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:]}."
