"""Whatever a client tells of a card, it is kept or refused, and its words are readable nowhere."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from hostile_bytes import damaged
from hostile_changes import LURE, Made, mutated
from hostile_charts import CANARY, Chart, places
from hostile_watch import JSON, bound, described, hunt, shares, shelf
from hypothesis import strategies as st
from sqlalchemy import select

from cds.app import create_app
from cds.settings import Settings
from cds.store.database import Database
from cds.store.journal import Journal
from cds.store.tables import cards, decisions, feedback

Record = Callable[[str, object], None]
SERVICE = "level-of-care-patient-view"
PATH = f"/cds-services/{SERVICE}/feedback"
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
CARD = "5b1f1b1e-3c1e-4c39-9a51-0ef3a0a3c001"
CODING = {"code": "patient-declines", "system": "https://ehr.example/reasons", "display": CANARY}
TOLD = {
    "feedback": [
        {
            "card": CARD,
            "outcome": "overridden",
            "outcomeTimestamp": "2026-11-20T15:00:00Z",
            "overrideReason": {"reason": CODING, "userComment": f"{CANARY} declines"},
        },
        {
            "card": CARD,
            "outcome": "accepted",
            "outcomeTimestamp": "2026-11-20T15:00:00.123456789+05:30",
            "acceptedSuggestions": [{"id": CARD}, {"id": "no uuid", "label": CANARY}],
        },
    ],
    "extension": {CANARY: CANARY},
}
MAIL = Chart("feedback", TOLD, json.dumps(TOLD).encode(), tuple(places(TOLD)))


@shares("feedback")
def test_no_feedback_is_our_fault_and_its_words_are_nowhere(
    share: int, tmp_path: Path, record_property: Record
) -> None:
    settings = Settings(data_dir=tmp_path, max_body_mb=4)
    journal = Journal(settings, lambda: NOW, shelf())
    journal.prepare()
    client = create_app(settings, shelf(), clock=lambda: NOW, journal=journal).test_client()
    strategy = st.one_of(mutated(st.just(MAIL)), mutated(st.just(MAIL)), damaged(st.just(MAIL)))
    record_property("hostile", hunt(lambda made: judged(client, made), strategy, "feedback", share))
    journal.close()
    assert journal.failures == 0
    rows = kept(settings)
    assert len(rows) > 20  # the same told again is one row
    # The reason is a code of the client's, and the only text that is kept as it came.
    for row in rows:
        row.pop("reason_code", None)
        row.pop("reason_system", None)
        assert LURE not in str(row)
    whole = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert CANARY.encode() not in whole


def judged(client: FlaskClient, made: Made) -> int:
    with bound():
        response = client.post(PATH, data=made.body, headers=JSON)
    if response.status_code == 200:
        assert response.data == b""
    else:
        template = "/cds-services/{service}/feedback"
        described(template, response.status_code).validate(response.get_json())
    assert CANARY not in response.text
    assert LURE not in response.text
    return response.status_code


def kept(settings: Settings) -> list[dict[str, Any]]:
    """Every row of every table."""
    database = Database(settings)
    with database.read() as connection:
        rows = [
            dict(row)
            for table in (decisions, cards, feedback)
            for row in connection.execute(select(table)).mappings()
        ]
    database.close()
    return rows
