"""A shelf small enough to see at a glance: criteria and levels written in a line each."""

from decimal import Decimal

from cds.criteria.decide import decide
from cds.criteria.evaluate import evaluate
from cds.criteria.ladder import Decision, Level
from cds.criteria.load import Rules
from cds.criteria.missing import Questions
from cds.criteria.model import Between, Clause, Criterion, Finding, Group, Kind, Term, Verdict

MET, NOT_MET, UNKNOWN = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN


def yes(name: str) -> Clause:
    return Clause(finding=name, equals=True)


def at_least(name: str, limit: int) -> Clause:
    return Clause(finding=name, at_least=Decimal(limit))


def refer(name: str) -> Clause:
    return Clause(criterion=name)


def criterion(
    name: str,
    *clauses: Clause,
    word: str = "all",
    kind: Kind = Kind.REQUIREMENT,
    count: int = 0,
    also: tuple[Group, ...] = (),
) -> Criterion:
    groups = (Group(word, clauses, count), *also)
    return Criterion(name, f"{name}.", kind, "small", ("design",), groups, (), "draft")


def level(
    name: str, precedence: int, *called_by: str, status: str = "supported", **lists: tuple[str, ...]
) -> Level:
    return Level(name, name, name, precedence, 0, status, called_by, **lists)  # type: ignore[arg-type]


def exactly(number: int) -> Finding:
    return Finding(Between.exactly(number))


def stale(value: bool | str | Between) -> Finding:  # noqa: FBT001
    return Finding(value, reassures=False)


TERMS = {
    "danger": Term("danger", "Danger", "yes-no", "Ask."),
    "safe": Term("safe", "Safe", "yes-no", "Ask."),
    "score": Term("score", "Score", "number", "Ask.", scale=(Decimal(0), Decimal(27))),
    "home": Term("home", "Home", "yes-no", "Ask.", asked_when="indication"),
    "diagnosis": Term("diagnosis", "Diagnosis", "yes-no", "Ask."),
    "barred": Term("barred", "Barred", "yes-no", "Ask."),
}
CRITERIA = (
    criterion("danger", yes("danger"), kind=Kind.DANGER),
    criterion("safe", yes("safe"), kind=Kind.SAFEGUARD),
    criterion("indication", yes("diagnosis"), kind=Kind.INDICATION),
    criterion("barred", yes("barred"), kind=Kind.OBSTACLE),
    criterion("home", yes("home")),
    criterion("severe", at_least("score", 20), refer("indication"), kind=Kind.NEED),
    criterion("intense", at_least("score", 15), refer("indication"), kind=Kind.NEED),
    criterion("quiet", yes("diagnosis"), word="none", kind=Kind.SAFEGUARD),
)
LEVELS = (
    level("emergency", 1, "danger", status="emergency"),
    level("undetermined", 2, status="indeterminate"),
    level("day", 3, "severe", requires=("home",), safety=("safe",), excluded_by=("barred",)),
    level("program", 4, "intense", requires=("home",), safety=("safe",)),
    level("weekly", 5, "indication"),
    level("none", 6, "quiet", status="no-indication"),
)
RULES = Rules(CRITERIA, LEVELS)
ALL_WELL = {
    "danger": Finding(value=False),
    "safe": Finding(value=True),
    "score": exactly(21),
    "home": Finding(value=True),
    "diagnosis": Finding(value=True),
    "barred": Finding(value=False),
}


def decided(**changes: Finding) -> Decision:
    """The decision when all is well for `day`, apart from these findings."""
    return decide(LEVELS, evaluate(CRITERIA, ALL_WELL | changes))


def missing(**changes: Finding) -> tuple[str, ...]:
    findings = ALL_WELL | changes
    verdicts = evaluate(CRITERIA, findings)
    return Questions(RULES, TERMS).missing(findings, verdicts, decide(LEVELS, verdicts))
