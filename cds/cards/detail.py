"""The body of a card: what the data support, why, what is not known, what could be done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from cds.assess import Assessment
from cds.cards.evidence import shown, told
from cds.cards.referral import hours_text
from cds.cards.words import date_text, value_text
from cds.criteria.model import Finding, Judgement, Verdict
from cds.shelf import Knowledge

MOST_ROWS = 12
MOST_QUESTIONS = 6
REDISCLOSURE = (
    "**Includes substance use records protected by 42 CFR Part 2:** redisclosure is prohibited "
    "unless the rule or the patient's consent permits it."
)
SAID_BY_EMERGENCY = ("sign-of-danger-to-self", "sign-of-danger-to-others")
Behind = Sequence[Judgement]  # what the card shows as its reasons, see `shown`
MARKS = {Verdict.MET: "met", Verdict.NOT_MET: "not met", Verdict.UNKNOWN: "not known"}


def detail(assessment: Assessment, knowledge: Knowledge, zone: ZoneInfo) -> str:
    """GitHub Markdown, in the order a clinician asks: what, why, what is missing, what next."""
    behind = shown(assessment)
    parts = (
        _what(assessment),
        _why(behind, assessment, knowledge, zone),
        _remarks(assessment, knowledge),
        _not_known(behind, assessment, knowledge),
        _next(assessment),
        _notice(behind, assessment),
        _basis(behind, assessment, knowledge, zone),
    )
    return "\n\n".join(part for part in parts if part)


def _what(assessment: Assessment) -> str:
    decision = assessment.decision
    lines = [f"**{_claim(assessment)}**"]
    if decision.level.hours:
        lines.append(hours_text(decision.level, assessment))
    if decision.candidate and decision.candidate.status != "no-indication":
        lines.append(f"If every open question turned out well: {decision.candidate.display}.")
    lines += [f"Also called for: {display}." for display in _also(assessment)]
    if assessment.undelivered:
        gap = ", ".join(assessment.undelivered)
        lines.append(f"**Not delivered with this call, so not looked at: {gap}.**")
    return " ".join(lines)


def _also(assessment: Assessment) -> list[str]:
    """Other levels of care that were called for, each level once, its gravest kind."""
    decision = assessment.decision
    if not decision.level.intensity:
        return []
    found = {decision.level.code: ""}
    for other in decision.also:
        if other.intensity > 1:
            found.setdefault(other.code, other.display)
    return [display for display in found.values() if display]


def _claim(assessment: Assessment) -> str:
    decision = assessment.decision
    wording = {
        "emergency": "Data meet a criterion for emergency evaluation.",
        "supported": f"Data support: {decision.level.display}.",
        "provisional": f"Data support, provisionally: {decision.level.display}.",
        "indeterminate": "The data do not settle a level of care.",
    }
    return wording.get(decision.status, decision.level.summary + ".")


def _why(behind: Behind, assessment: Assessment, knowledge: Knowledge, zone: ZoneInfo) -> str:
    known = [(one, values) for one in behind if (values := told(one, assessment))]
    rows = [_row(one, values, assessment, knowledge, zone) for one, values in known[:MOST_ROWS]]
    if not rows:
        return ""
    table = "\n".join(["| Criterion | Verdict | Value | Date |", "|---|---|---|---|", *rows])
    more = len(known) - MOST_ROWS
    return f"{table}\n\nand {more} more criteria (in the extension)" if more > 0 else table


def _row(
    judgement: Judgement,
    values: Sequence[tuple[str, Finding]],
    assessment: Assessment,
    knowledge: Knowledge,
    zone: ZoneInfo,
) -> str:
    dates = dict.fromkeys(
        date_text(finding.when, assessment.as_of, zone) for _, finding in values if finding.when
    )
    cells = (
        judgement.criterion.says.rstrip(".").replace("|", "/"),
        MARKS[judgement.verdict],
        "; ".join(value_text(finding, knowledge.terms[name]) for name, finding in values),
        "; ".join(dates) or "-",
    )
    return f"| {' | '.join(cells)} |"


def _remarks(assessment: Assessment, knowledge: Knowledge) -> str:
    return "\n".join(
        f"- {says}"
        for name, says in knowledge.remarks.items()
        if assessment.verdict(name) is Verdict.MET
        and not (assessment.decision.status == "emergency" and name in SAID_BY_EMERGENCY)
    )


def _not_known(behind: Behind, assessment: Assessment, knowledge: Knowledge) -> str:
    """What to ask, questions with one answer to them together; those waited for come first."""
    if assessment.decision.status in ("emergency", "not-applicable"):
        return ""
    asks: dict[str, list[str]] = {}
    for name in questions(behind, assessment):
        term = knowledge.terms[name]
        labels, short = asks.setdefault(term.ask, []), term.label.split(",")[0]
        labels += [short] if short not in labels else []
    if not asks:
        return ""
    lines = [f"- {', '.join(labels)}: {ask}" for ask, labels in list(asks.items())[:MOST_QUESTIONS]]
    if len(asks) > MOST_QUESTIONS:
        lines.append(f"- and {len(asks) - MOST_QUESTIONS} further questions (in the extension)")
    return "**Not known, and could change the level**\n\n" + "\n".join(lines)


def questions(behind: Behind, assessment: Assessment) -> Iterable[str]:
    """The missing findings, those that the answer waits for first."""
    waited = {
        name
        for judgement in behind
        if judgement.verdict is Verdict.UNKNOWN
        for name in judgement.looked_at
    }
    return sorted(assessment.missing, key=lambda name: name not in waited)


def _next(assessment: Assessment) -> str:
    offered = steps(assessment)
    listed = "\n".join(f"- {step}" for step in offered)
    return f"**What could be done**\n\n{listed}" if offered else ""


def steps(assessment: Assessment) -> tuple[str, ...]:
    """What could be done at this level by this patient."""
    level = assessment.decision.level
    others = (steps for name, steps in level.instead if assessment.verdict(name) is Verdict.MET)
    return next(others, level.next)


def is_in_place(assessment: Assessment) -> bool:
    """Whether the level of the answer already runs."""
    name = assessment.decision.level.in_place
    return name is not None and assessment.verdict(name) is Verdict.MET


def _notice(behind: Behind, assessment: Assessment) -> str:
    """The notice that travels with protected substance use records once a card speaks of them."""
    named = {name for judgement in behind for name in judgement.looked_at}
    echoed = {ref for name in named for ref in assessment.findings[name].sources}
    return REDISCLOSURE if echoed & assessment.protected else ""


def _basis(behind: Behind, assessment: Assessment, knowledge: Knowledge, zone: ZoneInfo) -> str:
    cited = dict.fromkeys(name for judgement in behind for name in judgement.criterion.cite)
    moment = assessment.as_of.astimezone(zone)
    reviewed = bool(behind) and all(one.criterion.review == "reviewed" for one in behind)
    state = "Reviewed criteria." if reviewed else "Draft criteria: they await clinical review."
    remarks = f" Data notes: {_note_codes(assessment)}." if assessment.notes else ""
    return (
        f"*Basis: {', '.join(cited) or 'design'}; knowledge {knowledge.version} "
        f"({knowledge.hash}); data as of {moment:%Y-%m-%d %H:%M %Z}. {state} "
        f"Supports, and does not replace, clinical judgement.{remarks}*"
    )


def _note_codes(assessment: Assessment) -> str:
    return ", ".join(sorted({note.code for note in assessment.notes}))
