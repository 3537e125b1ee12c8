"""The report for operators: what became of cards, narrowed as asked, and who may see it."""

import base64
import re
from datetime import date, timedelta
from html import unescape

import pytest
from kept_house import NOW, SHELF
from kept_house import house as opened

from cds.errors import StoreUnavailable
from cds.pages import charts
from cds.store.report import OWN_SYSTEM, Tally

NADIA, OMAR = "nadia-two-bad-weeks", "omar-names-a-plan"
TOKEN = "a-token-for-operators"  # noqa: S105  invented
HOSTILE = {"code": "<script>alert(1)</script>", "system": "https://ehr.example"}


def tell(house, card, reason):
    entry = {
        "card": card["uuid"],
        "outcome": "overridden",
        "outcomeTimestamp": house.clock.now.isoformat(),
        "overrideReason": {"reason": reason},
    }
    response = house.client.post(
        "/cds-services/level-of-care-patient-view/feedback", json={"feedback": [entry]}
    )
    assert response.status_code == 200


@pytest.fixture
def used(house):
    """Two cards: Nadia's was set aside today, Omar's of ten days ago has no reply."""
    (card,) = house.ask(NADIA)["cards"]
    tell(house, card, {"code": "patient-declines", "system": OWN_SYSTEM})
    house.clock.now = NOW - timedelta(days=10)
    house.ask(OMAR)
    house.clock.now = NOW
    return house


def shown(house, query=""):
    """What a reader sees, on one line."""
    response = house.client.get(f"/report{query}")
    assert response.status_code == 200, response.text
    html = response.text.partition("<main")[2].partition("</form>")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_an_override_is_found_in_the_report_with_its_reason(used):
    said = shown(used)
    assert "2 cards shown 0 accepted, 0% 1 overridden, 50% 1 no reply, 50%" in said
    assert "Why they were overridden Patient declines 1" in said


def test_it_is_by_level_hook_and_criterion_in_words(used):
    said = shown(used)
    assert "Intensive outpatient program (IOP) 1 0 accepted, 1 overridden, 0 no reply" in said
    assert "patient-view 2" in said
    assert "PHQ-9 of 15 or more. 1" in said


@pytest.mark.parametrize(
    ("query", "cards"),
    [
        ("", 2),
        ("?since=", 2),
        ("?since=2026-11-21", 1),
        ("?since=&until=2026-11-20", 1),
        ("?since=2026-11-11&until=2026-11-11", 1),
        ("?since=2026-11-12&until=2026-11-20", 0),
        ("?level=emergency", 1),
        ("?level=outpatient", 0),
        ("?hook=patient-view&level=intensive-outpatient", 1),
        ("?hook=order-sign", 0),
    ],
)
def test_days_level_and_hook_narrow_it(used, query, cards):
    assert f" {cards} card" in f" {shown(used, query)}"


def test_without_a_word_of_when_it_is_the_last_thirty_days(used):
    used.clock.now = NOW + timedelta(days=25)
    assert "1 card shown" in shown(used)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?since=lately", "since is a date such as 2026-11-01."),
        ("?until=2026-02-30", "until is a date such as 2026-11-01."),
        ("?until=9999-12-31", "until is a date such as 2026-11-01."),
        ("?since=0001-01-01", "since is a date such as 2026-11-01."),
        ("?level=<b>", "No level is called so."),
        ("?hook=nothing", "No hook is called so."),
        ("?since=2026-11-20&until=2026-11-19", "The last day is before the first."),
    ],
)
def test_a_filter_that_means_nothing_is_told(house, query, said):
    response = house.client.get(f"/report{query}")
    assert response.status_code == 400
    assert said in response.text
    assert "<b>" not in response.text


def test_the_numbers_of_the_chart_are_there_as_a_table_and_in_words(used):
    html = used.client.get("/report").text
    assert re.search(r'role="img" aria-label="Cards over time, from 2026-10-23 to 2026-11-21', html)
    assert "<td>2026-11-21</td><td>1</td><td>0</td><td>1</td><td>0</td>" in html
    assert "<title>2026-11-11: 1 shown: 0 accepted, 0 overridden, 1 no reply</title>" in html


def test_what_an_ehr_sends_as_a_reason_is_text(house):
    (card,) = house.ask(NADIA)["cards"]
    tell(house, card, HOSTILE)
    html = house.client.get("/report").text
    assert "https://ehr.example|&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script" not in html


def test_what_was_held_back_and_what_nobody_knows_is_said(used):
    assert used.ask(NADIA)["cards"] == []
    tell(used, {"uuid": "nobody-knows-it"}, HOSTILE)
    said = shown(used)
    assert "Held back, because a clinician had set the same card aside: 1." in said
    assert "Replies about cards that are not known here: 1." in said


def test_nothing_of_a_patient_is_on_it(used):
    html = used.client.get("/report?since=").text
    assert "Nadia" not in html
    assert "nadia" not in html


def test_an_empty_store_is_said_to_be_empty(house):
    assert "No card was shown in this time." in shown(house)


def test_it_stays_small_when_every_criterion_has_fired(house, monkeypatch):
    whole = house.journal.report
    tally = Tally(fired=10**6, accepted=4321)

    def busy(scope):
        report = whole(scope)
        for group in (report.days, report.levels, report.hooks, report.criteria):
            group.clear()
        report.total = tally
        report.days |= {date(2026, 11, 21) - timedelta(days=n): tally for n in range(62)}
        report.levels |= {level.code: tally for level in SHELF.rules.levels}
        report.criteria |= {one.id: tally for one in SHELF.rules.criteria}
        return report

    with opened(house.settings.data_dir / "busy") as other:
        monkeypatch.setattr(other.journal, "report", busy)
        page = other.client.get("/report?since=2026-09-21").data
    assert len(page) < 100_000


def test_a_store_that_is_not_there_is_a_503_in_words(house, monkeypatch):
    def broken(*_):
        raise StoreUnavailable

    monkeypatch.setattr("cds.store.journal.report", broken)
    response = house.client.get("/report")
    assert response.status_code == 503
    assert "The database cannot be read at the moment." in response.text


@pytest.mark.parametrize(
    "header",
    [
        f"Bearer {TOKEN}",
        f"bearer {TOKEN}",
        "Basic " + base64.b64encode(f"anyone:{TOKEN}".encode()).decode(),
    ],
)
def test_who_has_the_token_sees_it(tmp_path, header):
    with opened(tmp_path, metrics_token=TOKEN) as house:
        response = house.client.get("/report", headers={"Authorization": header})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        None,
        "Bearer",
        "Bearer wrong",
        f"Basic {TOKEN}",
        "Basic " + base64.b64encode(f"{TOKEN}:wrong".encode()).decode(),
        "Digest x",
        "Bearer \xe9",
    ],
)
def test_who_has_not_is_asked_by_the_browser(tmp_path, header):
    with opened(tmp_path, metrics_token=TOKEN) as house:
        headers = {"Authorization": header} if header else {}
        response = house.client.get("/report", headers=headers)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Basic ")
    assert "cards shown" not in response.text


def test_without_a_token_it_is_open_only_while_callers_are_not_asked(tmp_path):
    with opened(tmp_path, auth="required") as house:
        assert house.client.get("/report").status_code == 401


def test_the_way_there_is_shown_where_the_service_is_tried_out(tmp_path, house):
    assert 'href="report"' in house.client.get("/knowledge").text
    with opened(tmp_path / "other", auth="required") as other:
        assert 'href="report"' not in other.client.get("/knowledge").text


@pytest.mark.parametrize(("days", "columns"), [(1, 1), (62, 62), (63, 9), (430, 62), (431, 15)])
def test_a_longer_time_has_broader_columns(days, columns):
    last = date(2026, 11, 21)
    first = last - timedelta(days=days - 1)
    tally = Tally(fired=2, accepted=1)
    found = charts.over_time({first: tally, last: tally}, first, last)
    assert len(found) == columns
    assert (found[0].first, found[-1].last) == (first, last)
    assert sum(one.tally.fired for one in found) == (2 if days == 1 else 4)


def test_the_parts_of_a_bar_are_as_long_as_what_they_stand_for():
    tally = Tally(fired=4, accepted=1)
    tally.add(1, "overridden", "x")
    parts = charts.boxes(tally, 10, 100)
    assert [(one.kind, one.start, one.size) for one in parts] == [
        ("accepted", 0, 10),
        ("overridden", 10, 10),
        ("no_signal", 20, 30),
    ]


def test_the_days_are_those_of_the_service(tmp_path, monkeypatch):
    monkeypatch.setattr("cds.store.journal.PATIENCE", 30.0)
    with opened(tmp_path, timezone="Pacific/Auckland") as house:
        house.ask(NADIA)
        assert "2026-11-22" in house.client.get("/report").text
        assert "1 card shown" in shown(house, "?since=2026-11-22")
