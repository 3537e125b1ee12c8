"""Blood alcohol near the suicide screen: an answer given drunk reassures nobody."""

from __future__ import annotations

from datetime import timedelta

from cds.criteria.model import ABSENT, Finding
from cds.findings.chart import Chart
from cds.findings.danger_to_self import suicide_screen
from cds.findings.registry import FINDINGS, finding
from cds.findings.scores import highest, numbers

NEAR = timedelta(hours=12)  # before or after the screen


@finding("ethanol-blood", *FINDINGS["suicide_screen"].reads)
def blood_alcohol_at_screen(chart: Chart) -> Finding:
    """The highest blood alcohol in mg/dL within 12 hours of a clear suicide screen."""
    screen = suicide_screen(chart)
    if screen.value != "clear" or screen.when is None:
        return ABSENT
    readings = chart.readings(chart.windows["suicide-screen"], "ethanol-blood")
    near = [
        (value, reading)
        for value, reading in numbers(chart, "blood_alcohol_at_screen", readings)
        if value is not None
        and reading.when is not None
        and reading.when.end >= screen.when.start - NEAR
        and reading.when.start <= screen.when.end + NEAR
    ]
    if not near:
        return ABSENT
    value, reading = max(near, key=lambda pair: highest(pair[0]))
    return Finding(value, when=reading.when, sources=(reading.source,))
