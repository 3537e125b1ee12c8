"""Vital signs and laboratory values: the lowest and the highest of the newest day."""

from __future__ import annotations

from decimal import Decimal

from cds.criteria.model import Between, Finding
from cds.findings.chart import Chart
from cds.findings.person import age
from cds.findings.registry import finding
from cds.findings.scores import Worst, highest, latest_number, lowest

LOWEST = {
    "heart_rate_lowest": "heart-rate",
    "systolic_lowest": "systolic",
    "diastolic_lowest": "diastolic",
    "temperature_lowest": "temperature",
    "respiratory_rate_lowest": "respiratory-rate",
    "oxygen_saturation": "spo2",
    "glucose_lowest": "glucose",
    "potassium": "potassium",
    "phosphate": "phosphate",
    "sodium": "sodium",
    "weight": "weight",
    "height": "height",
}
HIGHEST = {
    "heart_rate_highest": "heart-rate",
    "systolic_highest": "systolic",
    "diastolic_highest": "diastolic",
    "temperature_highest": "temperature",
    "respiratory_rate_highest": "respiratory-rate",
    "glucose_highest": "glucose",
    "qtc": "qtc",
}

GROWN = 18  # years


def _announce(name: str, value_set: str, worst: Worst) -> None:
    """Make one finding of a measurement, in the window and unit of its entry on the shelf."""

    def measured(chart: Chart) -> Finding:
        return latest_number(chart, name, value_set, worst=worst)

    measured.__name__ = name
    side = "lowest" if worst is lowest else "highest"
    measured.__doc__ = f"The {side} {value_set} of the newest day that has one."
    finding(value_set)(measured)


for _name, _value_set in LOWEST.items():
    _announce(_name, _value_set, lowest)
for _name, _value_set in HIGHEST.items():
    _announce(_name, _value_set, highest)


@finding("bmi", "weight", "height")
def bmi(chart: Chart) -> Finding:
    """Body mass index in kg/m2 as recorded, else from weight and height; window `body-size`."""
    found = latest_number(chart, "bmi", "bmi", worst=lowest)
    if found.value is not None:
        return found
    kilos = latest_number(chart, "weight", "weight", worst=lowest)
    size = latest_number(chart, "height", "height", worst=highest)
    if not (isinstance(kilos.value, Between) and isinstance(size.value, Between)):
        return found
    if kilos.value.low is None or not size.value.high or _far_apart(kilos, size, chart):
        return found
    number = kilos.value.low / (size.value.high / 100) ** 2
    return Finding(
        Between.exactly(number.quantize(Decimal("0.01"))),
        kilos.reassures and size.reassures,
        kilos.when,
        kilos.sources + size.sources,
    )


def _far_apart(one: Finding, other: Finding, chart: Chart) -> bool:
    """Whether two measures are too far apart for one body: the window is shorter while growing."""
    if one.when is None or other.when is None:
        return True
    years = age(chart).value
    grown = isinstance(years, Between) and years.low is not None and years.low >= GROWN
    window = chart.windows["body-size" if grown else "body-size-youth"]
    return abs(one.when.end - other.when.end) > window.alarms
