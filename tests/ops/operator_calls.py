"""A look at what an operator's tools were told."""

from prometheus_client.parser import text_string_to_metric_families

ROUTE = "/cds-services/<service_id>"


def value(text: str, name: str, **labels: str) -> float:
    """One sample; 0 when it is not there."""
    samples = [one for family in text_string_to_metric_families(text) for one in family.samples]
    found = [one for one in samples if one.name == name and labels.items() <= one.labels.items()]
    return sum(one.value for one in found)
