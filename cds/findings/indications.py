"""Indications: the diagnosis families that are a reason to consider treatment."""

from __future__ import annotations

from cds.criteria.model import UNSEEN, Finding
from cds.findings.chart import Chart
from cds.findings.conditions import diagnoses, indication
from cds.findings.registry import finding

MENTAL = {
    "psychotic_disorder": ("psychosis",),
    "mood_disorder_with_psychosis": ("mood-with-psychosis",),
    "bipolar_disorder": ("bipolar",),
    "depressive_disorder": ("depressive-disorder",),
    "anxiety_disorder": ("anxiety",),
    "obsessive_compulsive_disorder": ("ocd",),
    "trauma_disorder": ("ptsd", "adjustment-or-acute-stress"),
    "borderline_personality_disorder": ("bpd",),
    "eating_disorder": ("eating-disorder",),
    "partial_remission": ("remission-partial",),
}
SUBSTANCE = {
    "alcohol_use_disorder": ("sud-alcohol",),
    "opioid_use_disorder": ("sud-opioid", "opioid-agonist-therapy"),
    "sedative_use_disorder": ("sud-sedative",),
    "stimulant_cannabis_or_other_use_disorder": (
        *("sud-cannabis", "sud-cocaine", "sud-stimulant", "sud-hallucinogen", "sud-inhalant"),
    ),
    "unspecified_substance_use_disorder": ("sud-other",),
}


def _announce(name: str, value_sets: tuple[str, ...]) -> None:
    """Make one finding of a family: whether it is an indication now."""

    def family(chart: Chart) -> Finding:
        return indication(chart, *value_sets)

    family.__name__ = name
    family.__doc__ = f"Whether a diagnosis of {', '.join(value_sets)} is active and confirmed."
    finding(*value_sets)(family)


for _name, _value_sets in {**MENTAL, **SUBSTANCE}.items():
    _announce(_name, _value_sets)

EVERY = tuple(name for sets in (*MENTAL.values(), *SUBSTANCE.values()) for name in sets)


@finding(*EVERY)
def relapse(chart: Chart) -> Finding:
    """Whether an indicating diagnosis has the clinical status relapse or recurrence."""
    found, blind = diagnoses(chart, *EVERY)
    sources = tuple(one.resource.reference for one in found if one.relapse and one.indicates)
    if sources:
        return Finding(value=True, sources=sources)
    return UNSEEN if blind else Finding(value=False)


@finding(*EVERY)
def diagnosis_on_record(chart: Chart) -> Finding:
    """The best that is known of all families together: a confirmed diagnosis, a doubted one, none.

    Doubted is one that is provisional or has no clinical status; none needs a whole problem list.
    """
    known = indication(chart, *EVERY)
    if known.value is True:
        return Finding("confirmed", sources=known.sources)
    if known.sources:
        return Finding("doubted", reassures=False, sources=known.sources)
    return Finding("none") if known.value is False else UNSEEN
