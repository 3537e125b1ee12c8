"""What the law wants shown of the source: GET /cds-services/<id>/source-attributes."""

from __future__ import annotations

from typing import Any

from cds.shelf import Knowledge

RULE = "45 CFR 170.315(b)(11)(iv)(A)"
NATURE = (
    "Rules written by people, no model trained on data. Shows inputs, rule, source, limits and "
    "missing data, and offers options to a health care professional, who can review the basis."
)


def source_attributes(service_id: str, knowledge: Knowledge) -> dict[str, Any]:
    """The 13 attributes of evidence-based decision support, with the shelf they belong to."""
    about = knowledge.about
    return {
        "service": service_id,
        "rule": RULE,
        "nature": NATURE,
        "knowledge": {"version": knowledge.version, "hash": knowledge.hash},
        "review": about["review"],
        "use": about["use"],
        "misuse": about["misuse"],
        "attributes": [{"id": key, **table} for key, table in knowledge.attributes.items()],
    }
