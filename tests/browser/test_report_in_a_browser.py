"""The report for operators in a real browser, over what really happened."""

import json

import pytest
from playwright.sync_api import expect
from service import STORIES, service
from visits import look

NASTY = {"code": "<img src=x onerror=window.hacked=1>", "system": "https://ehr.example"}
TOKEN = "a-token-for-operators"  # noqa: S105  invented
SERVICE = "/cds-services/level-of-care-patient-view"


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """A busy machine is no broken store."""
    monkeypatch.setattr("cds.store.journal.PATIENCE", 30.0)


@pytest.fixture
def used(house):
    """Three stories: one accepted, one overridden for a reason of its own, one in silence."""
    cards = {}
    for name in ("nadia-two-bad-weeks", "omar-names-a-plan", "abel-day-sixty"):
        request = json.loads((STORIES / name / "request.json").read_text())
        cards[name] = house.post(SERVICE, request)["cards"][0]
    nadia, omar = cards["nadia-two-bad-weeks"], cards["omar-names-a-plan"]
    when = "2026-11-21T12:00:00Z"
    accepted = [{"id": nadia["suggestions"][0]["uuid"]}]
    told = [
        {
            "card": nadia["uuid"],
            "outcome": "accepted",
            "outcomeTimestamp": when,
            "acceptedSuggestions": accepted,
        },
        {
            "card": omar["uuid"],
            "outcome": "overridden",
            "outcomeTimestamp": when,
            "overrideReason": {"reason": NASTY},
        },
    ]
    house.post(f"{SERVICE}/feedback", {"feedback": told})
    return house


@pytest.mark.usefixtures("used")
def test_the_report_is_right_at_every_width_in_light_and_dark(visitor):
    look(visitor, "/report", "report")


@pytest.mark.usefixtures("used")
def test_what_an_ehr_sent_as_a_reason_is_text(visitor):
    page = visitor.open("/report")
    expect(page.get_by_text(f"{NASTY['system']}|{NASTY['code']}")).to_be_visible()
    assert page.evaluate("window.hacked") is None


@pytest.mark.usefixtures("used")
def test_the_keyboard_alone_narrows_it_to_a_level(visitor):
    page = visitor.open("/report")
    page.get_by_label("Level").focus()
    page.keyboard.type("Emerg")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".tiles strong").first).to_have_text("1")
    assert "level=emergency" in page.url
    expect(page.get_by_label("Level")).to_have_value("emergency")


@pytest.mark.usefixtures("used")
def test_a_level_of_the_chart_leads_to_its_own_report(visitor):
    page = visitor.open("/report")
    page.get_by_role("link", name="Emergency evaluation").click()
    expect(page.locator(".tiles strong").first).to_have_text("1")


@pytest.mark.usefixtures("used")
def test_the_chart_says_itself_in_words(visitor):
    page = visitor.open("/report")
    chart = page.get_by_role("img", name="Cards over time")
    assert "3 shown: 1 accepted, 1 overridden, 1 no reply" in chart.get_attribute("aria-label")
    page.get_by_text("The numbers as a table").press("Enter")
    expect(page.locator("details table tbody tr").first).to_be_visible()


def test_an_empty_report_says_what_to_do(visitor):
    page = visitor.open("/report")
    page.get_by_role("link", name="Fire a story").click()
    expect(page).to_have_url(page.url.partition("/report")[0])


def test_with_a_token_the_browser_asks_for_it(browser, tmp_path):
    with service(tmp_path / "data", metrics_token=TOKEN) as house:
        known = {"username": "operator", "password": TOKEN}
        context = browser.new_context(http_credentials=known)
        page = context.new_page()
        page.goto(f"{house.url}/report")
        expect(page.get_by_role("heading", name="What became of the cards")).to_be_visible()
        context.close()
