"""The body of a card: what the data support, why, what is not known, what could be done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from cds.assess import Assessment
from cds.cards.referral import hours_text
from cds.cards.words import date_text, value_text
from cds.criteria.model import Finding, Judgement, Verdict
from cds.shelf import Knowledge

MOST_ROWS = 12
MOST_VALUES = 3  # findings in one row
MOST_QUESTIONS = 6
REDISCLOSURE = (
    "**Includes substance use records protected by 42 CFR Part 2:** redisclosure is prohibited "
    "unless the rule or the patient's consent permits it."
)
SAID_BY_EMERGENCY = ("sign-of-danger-to-self", "sign-of-danger-to-others")
MARKS = {Verdict.MET: "met", Verdict.NOT_MET: "not met", Verdict.UNKNOWN: "not known"}


def detail(assessment: Assessment, knowledge: Knowledge, zone: ZoneInfo) -> str:
    """GitHub Markdown, in the order a clinician asks: what, why, what is missing, what next."""
    parts = (
        _what(assessment),
        _why(assessment, knowledge, zone),
        _remarks(assessment, knowledge),
        _not_known(assessment, knowledge),
        _next(assessment),
        _notice(assessment),
        _basis(assessment, knowledge, zone),
    )
    return "\n\n".join(part for part in parts if part)


def _what(assessment: Assessment) -> str:
    decision = assessment.decision
    lines = [f"**{_claim(assessment)}**"]
    if decision.level.hours:
        lines.append(hours_text(decision.level, assessment))
    if decision.candidate and decision.candidate.status != "no-indication":
        lines.append(f"If every open question turned out well: {decision.candidate.display}.")
    lines += [
        f"Also called for: {other.display}."
        for other in decision.also
        if other.intensity > 1 and decision.level.intensity and other.code != decision.level.code
    ]
    if assessment.undelivered:
        gap = ", ".join(assessment.undelivered)
        lines.append(f"**Not delivered with this call, so not looked at: {gap}.**")
    return " ".join(lines)


def _claim(assessment: Assessment) -> str:
    decision = assessment.decision
    wording = {
        "emergency": "Data meet a criterion for emergency evaluation.",
        "supported": f"Data support: {decision.level.display}.",
        "provisional": f"Data support, provisionally: {decision.level.display}.",
        "indeterminate": "The data do not settle a level of care.",
    }
    return wording.get(decision.status, decision.level.summary + ".")


def _why(assessment: Assessment, knowledge: Knowledge, zone: ZoneInfo) -> str:
    known = [one for one in shown(assessment) if _values(one, assessment)]
    rows = [_row(one, assessment, knowledge, zone) for one in known[:MOST_ROWS]]
    if not rows:
        return ""
    return "\n".join(["| Criterion | Verdict | Value | Date |", "|---|---|---|---|", *rows])


def shown(assessment: Assessment) -> list[Judgement]:
    """The judgements behind the answer: what called for it, then safety, then requirements.

    What called for the level is shown by its deciding parts, the rest as one line each.
    """
    by_id = {judgement.criterion.id: judgement for judgement in assessment.judgements}
    decision = assessment.decision
    goal = decision.candidate if decision.candidate and decision.open else decision.level
    found: dict[str, Judgement] = {}
    for name in decision.called_by:
        found |= {one.criterion.id: one for one in _leaves(by_id[name], by_id)}
    if goal is not decision.level:
        wanted = [by_id[name] for name in goal.called_by if by_id[name].verdict is Verdict.MET]
        for judgement in wanted:
            found |= {one.criterion.id: one for one in _leaves(judgement, by_id)}
    for name in (*decision.open, *decision.unmet, *goal.safety, *goal.requires):
        found.setdefault(name, by_id[name])
    return list(found.values())


def _leaves(judgement: Judgement, by_id: dict[str, Judgement]) -> Iterator[Judgement]:
    parts = [by_id[c.criterion] for c in judgement.criterion.clauses if c.criterion]
    alike = [part for part in parts if part.verdict is judgement.verdict]
    if not alike:
        yield judgement
        return
    for part in alike:
        yield from _leaves(part, by_id)


def _values(judgement: Judgement, assessment: Assessment) -> list[tuple[str, Finding]]:
    """The known findings worth a place in the row.

    Where something is met not the plain noes, and where it is unknown only what is too old.
    """
    known = [(name, assessment.findings[name]) for name in judgement.looked_at]
    known = [pair for pair in known if pair[1].value is not None]
    if judgement.verdict is Verdict.UNKNOWN:
        return [pair for pair in known if not pair[1].reassures and pair[1].sources][:MOST_VALUES]
    telling = [pair for pair in known if pair[1].value is not False]
    return (telling or known)[:MOST_VALUES]


def _row(judgement: Judgement, assessment: Assessment, knowledge: Knowledge, zone: ZoneInfo) -> str:
    values = _values(judgement, assessment)
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


def _not_known(assessment: Assessment, knowledge: Knowledge) -> str:
    """What to ask, questions with one answer to them together; those waited for come first."""
    if assessment.decision.status in ("emergency", "not-applicable"):
        return ""
    asks: dict[str, list[str]] = {}
    for name in questions(assessment):
        term = knowledge.terms[name]
        labels, short = asks.setdefault(term.ask, []), term.label.split(",")[0]
        labels += [short] if short not in labels else []
    if not asks:
        return ""
    lines = [f"- {', '.join(labels)}: {ask}" for ask, labels in list(asks.items())[:MOST_QUESTIONS]]
    if len(asks) > MOST_QUESTIONS:
        lines.append(f"- and {len(asks) - MOST_QUESTIONS} further questions (in the extension)")
    return "**Not known, and could change the level**\n\n" + "\n".join(lines)


def questions(assessment: Assessment) -> Iterable[str]:
    """The missing findings, those that the answer waits for first."""
    waited = {
        name
        for judgement in shown(assessment)
        if judgement.verdict is Verdict.UNKNOWN
        for name in judgement.looked_at
    }
    return sorted(assessment.missing, key=lambda name: name not in waited)


def _next(assessment: Assessment) -> str:
    steps = assessment.decision.level.next
    return "**What could be done**\n\n" + "\n".join(f"- {step}" for step in steps) if steps else ""


def _notice(assessment: Assessment) -> str:
    """The notice that travels with protected substance use records once a card speaks of them."""
    named = {name for judgement in shown(assessment) for name in judgement.looked_at}
    echoed = {ref for name in named for ref in assessment.findings[name].sources}
    return REDISCLOSURE if echoed & assessment.protected else ""


def _basis(assessment: Assessment, knowledge: Knowledge, zone: ZoneInfo) -> str:
    cited = dict.fromkeys(
        name for judgement in shown(assessment) for name in judgement.criterion.cite
    )
    moment = assessment.as_of.astimezone(zone)
    judged = shown(assessment)
    reviewed = bool(judged) and all(one.criterion.review == "reviewed" for one in judged)
    state = "Reviewed criteria." if reviewed else "Draft criteria: they await clinical review."
    remarks = f" Data notes: {_note_codes(assessment)}." if assessment.notes else ""
    return (
        f"*Basis: {', '.join(cited) or 'design'}; knowledge {knowledge.version} "
        f"({knowledge.hash}); data as of {moment:%Y-%m-%d %H:%M %Z}. {state} "
        f"Supports, and does not replace, clinical judgement.{remarks}*"
    )


def _note_codes(assessment: Assessment) -> str:
    return ", ".join(sorted({note.code for note in assessment.notes}))
