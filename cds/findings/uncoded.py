"""Problems written in words only: never read for yes or no, but reviewed when about risk."""

from __future__ import annotations

import re
from itertools import islice

from cds.criteria.model import UNSEEN, Finding
from cds.fhir.reading import tables, text_of
from cds.fhir.record import Resource
from cds.findings.chart import Chart
from cds.findings.conditions import is_standing, onset
from cds.findings.registry import finding
from cds.findings.suicide_screens import is_cleared

# Parts of words: who is meant, and whether it is denied, nobody reads out of a text.
RISK = re.compile(r"suicid|homicid|self[- ]?harm|self[- ]?injur|overdos|\bkill", re.IGNORECASE)
LONGEST_TEXT = 1000  # characters looked through
MOST_NAMED = 20  # entries; one is enough to ask for a look, and thousands would cost the answer


@finding()
def uncoded_risk_entry(chart: Chart) -> Finding:
    """Whether a standing problem without a code has a word about suicide, violence or overdose.

    Counts for the window `recorded-danger`, and until a later screen or evaluation clears it.
    """
    in_order = sorted(chart.record.uncoded, key=lambda one: one.reference)
    asking = (one.reference for one in in_order if _asks_for_a_look(one, chart))
    found = list(islice(asking, MOST_NAMED))
    for reference in found:
        chart.record.notes.add("unstructured", reference)
    if found:
        return Finding(value=True, sources=tuple(found))
    delivered = chart.record.delivered
    blind = delivered.is_partial("Condition") or not delivered.has("conditions")
    return UNSEEN if blind else Finding(value=False)


def _asks_for_a_look(resource: Resource, chart: Chart) -> bool:
    code = next(tables(resource.json.get("code")), {})
    if not RISK.search(text_of(code.get("text"))[:LONGEST_TEXT]):
        return False
    sound = chart.record.sound(resource)
    if sound is None or not is_standing(sound, chart):
        return False
    when = onset(sound, chart)
    current = chart.in_alarm(when, chart.windows["recorded-danger"])
    return current and not chart.is_future(when) and not is_cleared(chart, when)
