"""Readiness for a program: the six yes-no items of the local questionnaire."""

from __future__ import annotations

from cds.criteria.model import Finding
from cds.findings.answers import latest_answer
from cds.findings.chart import Chart
from cds.findings.conditions import recorded
from cds.findings.programs import IOP, PHP, refused
from cds.findings.registry import finding

ITEMS = {
    "group_participation": "group-participation",
    "verbal_expression": "verbal-expression",
    "program_motivation": "program-motivation",
    "recovery_motivation": "recovery-motivation",
    "group_comfort": "group-comfort",
    "skill_learning": "skill-learning",
}


def _announce(name: str, value_set: str) -> None:
    """Make one finding of an item: the newest answer in the window `readiness`, unsure unknown."""

    def item(chart: Chart) -> Finding:
        return latest_answer(chart, "readiness", value_set, alarm=False)

    item.__name__ = name
    item.__doc__ = f"The newest answer to {value_set}, in the window `readiness`."
    finding(value_set)(item)


for _name, _value_set in ITEMS.items():
    _announce(_name, _value_set)


@finding("refusal", *IOP, *PHP)
def refusal(chart: Chart) -> Finding:
    """Whether treatment was refused in the window `readiness`: a problem, or an order not to."""
    found = recorded(chart, chart.windows["readiness"], "refusal")
    declined = refused(chart)
    return declined if declined.value is True and found.value is not True else found
