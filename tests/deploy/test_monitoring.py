"""deploy/prometheus: every expression can be parsed and speaks of metrics that exist."""

import re
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest
from manifests import DEPLOY, read
from prometheus_client import Counter, Histogram

from cds.telemetry import metrics

FOLDER = DEPLOY / "prometheus"
ALERTS = [rule for group in read(FOLDER / "alerts.yml")["groups"] for rule in group["rules"]]
(EXTERNAL,) = read(FOLDER / "adapter.yaml")["rules"]["external"]
EXPRESSIONS = [*(rule["expr"] for rule in ALERTS), EXTERNAL["metricsQuery"]]
NAME = re.compile(r"\bcareladder_\w+")
GAUGES = {"careladder_valkey_up", "careladder_queue_depth", "careladder_workers"}


def told() -> Iterator[str]:
    """The names of the series that /metrics tells."""
    yield from GAUGES
    for metric in vars(metrics).values():
        if isinstance(metric, Counter | Histogram):
            for family in metric.describe():
                yield from (f"{family.name}{end}" for end in ("_total", "_bucket", "_count"))


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_can_be_parsed(expression):
    assert promql_parser.parse(expression)


def test_every_metric_that_is_asked_for_is_told():
    asked = {name for expression in EXPRESSIONS for name in NAME.findall(expression)}
    assert asked
    assert asked <= set(told())


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_says_how_bad_it_is_and_what_it_means(rule: dict[str, Any]):
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert rule["annotations"]["summary"].endswith(".")


@pytest.mark.parametrize("file", ["compose.yml", "kubernetes.yml"])
def test_prometheus_shows_its_token_and_calls_the_job_as_the_alerts_do(file):
    (job,) = read(FOLDER / file)["scrape_configs"]
    assert job["job_name"] == "careladder"
    assert "credentials_file" in job["authorization"]
