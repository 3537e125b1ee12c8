"""The page for operators is true: its tables are complete, and its commands bring back what was."""

import http.client
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from checkout import PROJECT, Checkout, blocks, checkout, commands, is_as_shown
from prometheus_client import Counter, Histogram
from real_postgresql import binaries, postgresql_cluster

from cds.ops.readiness import DEGRADED, DOWN, MISSING, NEVER, READY, UNAVAILABLE
from cds.store.keys import Keys, kept_secret
from cds.telemetry import metrics

PAGE = (PROJECT / "docs" / "operations.md").read_text()
PATH = "/cds-services/level-of-care-patient-view"
STORY = PROJECT / "fixtures" / "fhir" / "nadia-two-bad-weeks" / "request.json"
COMMENT = "she will call her sister first"


def section(title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


SQLITE, POSTGRESQL = section("Backup and restore").split("PostgreSQL, with")


def run(copy: Checkout, block: str) -> None:
    for command, shown in commands(block):
        done = copy.run(command)
        assert done.returncode == 0, f"{command}\n{done.stdout}"
        assert is_as_shown(done.stdout, shown), f"{command}\n{done.stdout}"


def post(copy: Checkout, path: str, document: Any) -> Any:
    with closing(http.client.HTTPConnection("127.0.0.1", copy.port, timeout=60)) as line:
        line.request("POST", path, json.dumps(document), {"Content-Type": "application/json"})
        response = line.getresponse()
        assert response.status == 200
        return json.loads(response.read() or "null")


def ask(copy: Checkout) -> list[Any]:
    cards: list[Any] = post(copy, PATH, json.loads(STORY.read_text()))["cards"]
    return cards


def override(copy: Checkout, card: dict[str, Any]) -> None:
    told = {
        "card": card["uuid"],
        "outcome": "overridden",
        "outcomeTimestamp": "2026-11-20T15:30:00Z",
        "overrideReason": {"userComment": COMMENT},
    }
    post(copy, f"{PATH}/feedback", {"feedback": [told]})


def report(copy: Checkout) -> Any:
    return json.loads(copy.run(".venv/bin/cds report --json").stdout)


@pytest.fixture
def copy(tmp_path: Path) -> Checkout:
    return checkout(tmp_path)


@contextmanager
def lived(copy: Checkout) -> Iterator[None]:
    """A service that has answered a call and was told what became of it, still at work."""
    with copy.served():
        (card,) = ask(copy)
        override(copy, card)
        yield


def test_the_key_is_changed_as_shown_and_the_card_stays_quiet(copy: Checkout) -> None:
    with lived(copy):
        pass
    old = kept_secret(copy.folder / ".careladder")
    run(copy, blocks(section("A new CDS_SECRET_KEY"), "console")[0])
    new, _, kept = kept_secret(copy.folder / ".careladder").partition(",")
    assert kept == old != new
    with copy.served():
        assert ask(copy) == []


@pytest.mark.skipif(shutil.which("curl") is None, reason="the page calls with curl")
def test_health_and_retention_are_as_shown(copy: Checkout) -> None:
    with lived(copy):
        run(copy, blocks(section("Is it well?"), "console")[0])
        run(copy, blocks(section("Retention"), "console")[0])
        assert report(copy)["answers"] == 1


def test_a_backup_of_sqlite_brings_back_what_was(copy: Checkout) -> None:
    backup, restore = blocks(SQLITE, "console")
    with lived(copy):
        run(copy, backup)
        before = report(copy)
    shutil.rmtree(copy.folder / ".careladder")
    run(copy, restore)
    assert report(copy) == before
    with copy.served():
        assert ask(copy) == []
    run(copy, backup)


def test_a_backup_of_postgresql_brings_back_what_was(
    copy: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup, restore = blocks(POSTGRESQL, "console")
    with postgresql_cluster() as cluster:
        monkeypatch.setenv("PATH", f"{binaries()}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.setenv("CDS_SECRET_KEY", "a key for one test only")
        for lose in (lose_rows, lose_database):
            url = cluster.new_database()
            monkeypatch.setenv("CDS_DATABASE_URL", url)
            with lived(copy):
                run(copy, backup)
                before = report(copy)
            monkeypatch.setenv("CDS_DATABASE_URL", lose(url, cluster.new_database))
            run(copy, restore)
            assert report(copy) == before
            assert comments(os.environ["CDS_DATABASE_URL"]) == [COMMENT]


def lose_rows(url: str, _: Callable[[], str]) -> str:
    with psycopg.connect(url) as connection:
        connection.execute("TRUNCATE feedback, cards, decisions")
    return url


def lose_database(_: str, another: Callable[[], str]) -> str:
    return another()


def comments(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT comment FROM feedback").fetchall()
    return [Keys(os.environ["CDS_SECRET_KEY"]).open(bytes(sealed)) for (sealed,) in rows]


def test_every_metric_is_in_the_table_with_its_labels_and_no_other() -> None:
    rows = re.findall(r"^\| (`careladder_.*?) \| (.*?) \|", section("Metrics"), re.MULTILINE)
    shown = {
        each: set(re.findall(r"`(\w+)`", labels))
        for names, labels in rows
        for each in re.findall(r"`(\w+)`", names)
    }
    known = {name(one): set(one._labelnames) for one in vars(metrics).values() if counts(one)}  # noqa: SLF001
    gauges = {"careladder_queue_depth", "careladder_workers", "careladder_valkey_up"}
    assert shown == known | {gauge: set() for gauge in gauges}


def counts(found: object) -> bool:
    return isinstance(found, Counter | Histogram)


def name(found: Counter | Histogram) -> str:
    """As it is scraped."""
    (family,) = found.describe()
    return f"{family.name}_total" if family.type == "counter" else family.name


def test_every_state_of_health_is_explained() -> None:
    told = set(re.findall(r"`([\w-]+)`", section("Is it well?")))
    assert {READY, DEGRADED, UNAVAILABLE, DOWN, MISSING, NEVER} <= told
