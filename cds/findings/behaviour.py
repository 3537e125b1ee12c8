"""Danger to others, psychosis and mania, agitation, and care of basic needs."""

from __future__ import annotations

from cds.criteria.model import UNSEEN, Finding
from cds.findings.chart import Chart
from cds.findings.conditions import diagnoses, recorded
from cds.findings.programs import DONE, RUNNING, episodes
from cds.findings.registry import finding
from cds.findings.scores import latest_number, lowest

RECORDED = {
    "homicidal_ideation": ("recorded-danger", ("homicidal-ideation",)),
    "violence": ("agitation", ("violence",)),
    "hostility": ("agitation", ("hostility",)),
    "agitation_recorded": ("agitation", ("agitation",)),
    "catatonia": ("acute-state", ("catatonia",)),
    "delirium": ("acute-state", ("delirium",)),
    "self_neglect": ("basic-needs", ("self-care-deficit",)),
    "needs_personal_care": ("basic-needs", ("personal-care-need",)),
    "needs_supervision": ("basic-needs", ("continuous-supervision",)),
    "acute_medical_problem": ("acute-state", ("acute-medical",)),
    "non_adherence": ("readiness", ("non-adherence",)),
}


def _announce(name: str, window: str, value_sets: tuple[str, ...]) -> None:
    """Make one finding of a problem that is written down and current."""

    def written(chart: Chart) -> Finding:
        return recorded(chart, chart.windows[window], *value_sets)

    written.__name__ = name
    written.__doc__ = f"An active problem of {', '.join(value_sets)} in the window `{window}`."
    finding(*value_sets)(written)


for _name, (_window, _sets) in RECORDED.items():
    _announce(_name, _window, _sets)


def _active(chart: Chart, *value_sets: str) -> Finding:
    """Whether an active diagnosis is on record, doubted ones included, for questions of risk."""
    found, blind = diagnoses(chart, *value_sets)
    active = tuple(one.resource.reference for one in found if one.active and not one.remission)
    if active:
        return Finding(value=True, sources=active)
    return UNSEEN if blind else Finding(value=False)


@finding("psychosis", "mood-with-psychosis", "mania")
def psychosis_or_mania(chart: Chart) -> Finding:
    """Whether a psychosis, a mood disorder with psychosis or a mania is active."""
    return _active(chart, "psychosis", "mood-with-psychosis", "mania")


@finding("crisis")
def crisis_service(chart: Chart) -> Finding:
    """Whether a crisis service is open, or was used in the window `crisis`."""
    window = chart.windows["crisis"]
    found = [
        one.resource.reference
        for one in episodes(chart, "crisis")
        if one.status in (*RUNNING, *DONE)
        and not chart.is_future(one.start)
        and chart.in_alarm(one.end or (one.start if one.status in DONE else None), window)
    ]
    return Finding(value=bool(found), sources=tuple(sorted(set(found))))


@finding("suicide-precautions")
def suicide_precautions(chart: Chart) -> Finding:
    """Whether suicide precautions are in place: as an active order or procedure, or a problem."""
    orders = [
        resource.reference
        for kind in ("ServiceRequest", "Procedure")
        for resource in chart.record.of(kind, "suicide-precautions")
        if resource.json.get("status") in ("active", "in-progress") and chart.record.sound(resource)
    ]
    if orders:
        return Finding(value=True, sources=tuple(sorted(orders)))
    return recorded(chart, chart.windows["agitation"], "suicide-precautions")


@finding("mania")
def mania(chart: Chart) -> Finding:
    """Whether a manic episode is active."""
    return _active(chart, "mania")


@finding("severe-cognitive-disorder")
def severe_cognitive_disorder(chart: Chart) -> Finding:
    """Whether a severe cognitive disorder or severe intellectual disability is on record."""
    return _active(chart, "severe-cognitive-disorder")


@finding("rass")
def rass(chart: Chart) -> Finding:
    """RASS, -5 to 4, the highest of the newest day in the window `rass`."""
    return latest_number(chart, "rass", "rass")


@finding("barthel-total")
def barthel(chart: Chart) -> Finding:
    """Barthel index, 0 to 100, more is better, in the window `function`."""
    return latest_number(chart, "barthel", "barthel-total", worst=lowest)
