"""/metrics: what is counted, in labels of ours alone, and who may read it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from marked_call import CANARY, KEY, REQUEST, URL
from operator_calls import ROUTE, value
from real_valkey import Valkey

from cds.errors import SettingsError
from cds.settings import Settings
from cds.telemetry import metrics

Web = Callable[..., FlaskClient]
MONITOR = "a token for the monitor"


def scraped(client: FlaskClient) -> str:
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.content_type.startswith("text/plain")
    return response.text


def test_requests_are_counted_by_route_and_status(client: FlaskClient) -> None:
    labels = {"method": "POST", "route": ROUTE, "status": "200"}
    before = value(scraped(client), "careladder_http_requests_total", **labels)
    client.post(URL, json=REQUEST)
    assert value(scraped(client), "careladder_http_requests_total", **labels) == before + 1


def test_a_hook_is_counted_by_service_level_indicator_and_who_answered(
    client: FlaskClient,
) -> None:
    labels = {
        "service": "level-of-care-order-sign",
        "level": "none",
        "indicator": "info",
        "answered_by": "somebody",
    }
    metrics.answered("level-of-care-order-sign", "none", "info", "somebody", 460.0)
    text = scraped(client)
    assert value(text, "careladder_hooks_total", **labels) == 1
    bucket = {"answered_by": "somebody"}
    assert value(text, "careladder_hook_seconds_bucket", **bucket, le="0.45") == 0
    assert value(text, "careladder_hook_seconds_bucket", **bucket, le="0.5") == 1


def test_a_call_that_no_worker_took_is_a_fallback(web: Web, own_valkey: Valkey) -> None:
    client = web(redis_url=own_valkey.url, secret_key=KEY)
    reason = {"reason": "no-worker"}
    before = value(scraped(client), "careladder_fallbacks_total", **reason)
    client.post(URL, json=REQUEST)
    assert value(scraped(client), "careladder_fallbacks_total", **reason) == before + 1


def test_the_queue_is_looked_at_when_somebody_asks(web: Web, own_valkey: Valkey) -> None:
    text = scraped(web(redis_url=own_valkey.url, secret_key=KEY))
    assert "careladder_queue_depth 0.0" in text
    assert "careladder_workers 0.0" in text
    assert "careladder_valkey_up 1.0" in text


def test_without_valkey_no_depth_is_made_up(web: Web, own_valkey: Valkey) -> None:
    client = web(redis_url=own_valkey.url, secret_key=KEY)
    own_valkey.process.kill()
    own_valkey.process.wait()
    text = scraped(client)
    assert "careladder_valkey_up 0.0" in text
    assert "careladder_queue_depth" not in text


def test_no_word_of_a_chart_or_a_caller_becomes_a_label(client: FlaskClient) -> None:
    client.post(URL, json=REQUEST)
    client.get(f"/{CANARY}", headers={"X-Request-Id": CANARY})
    client.open(f"/cds-services/{CANARY}", method=CANARY.upper())
    assert CANARY.lower() not in scraped(client).lower()


@pytest.mark.parametrize(
    ("auth", "token", "header", "status"),
    [
        ("off", None, None, 200),
        ("off", MONITOR, None, 401),
        ("off", MONITOR, f"Bearer {MONITOR}", 200),
        ("required", None, None, 401),
        ("required", None, "Bearer ", 401),
        ("required", MONITOR, None, 401),
        ("required", MONITOR, f"Bearer {MONITOR}", 200),
        ("required", MONITOR, f"bearer {MONITOR}", 200),
        ("required", MONITOR, f"Bearer {MONITOR}x", 401),
        ("required", MONITOR, f"Basic {MONITOR}", 401),
        ("required", MONITOR, "Bearer \xff", 401),
    ],
)
def test_it_opens_to_its_token_and_to_everybody_only_where_callers_are_not_asked(
    web: Web, auth: str, token: str | None, header: str | None, status: int
) -> None:
    client = web(auth=auth, metrics_token=token)
    headers = {} if header is None else {"Authorization": header}
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == status
    if status == 401:
        assert answer.get_json()["resourceType"] == "OperationOutcome"


def test_a_token_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(SettingsError, match="CDS_METRICS_TOKEN"):
        Settings(metrics_token=MONITOR[:15])


def test_the_counts_of_several_processes_are_added_up(tmp_path: Path) -> None:
    count = "from cds.telemetry.metrics import REFUSED; REFUSED.labels('rate').inc()"
    show = "from cds.ops.scrape import Scrape; print(Scrape(None).text().decode())"
    env = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for code in (count, count, count):
        subprocess.run([sys.executable, "-c", code], env=env, check=True)
    shown = subprocess.run(
        [sys.executable, "-c", show], env=env, check=True, stdout=subprocess.PIPE, text=True
    )
    assert value(shown.stdout, "careladder_refused_total", reason="rate") == 3
