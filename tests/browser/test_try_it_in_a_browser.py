"""The try-it page as somebody uses it who has just typed `make run`."""

import json
import re

import pytest
from playwright.sync_api import Page, expect
from service import STORIES
from sqlalchemy import select
from visits import SCHEMES, WIDTHS, findings, overflow, picture

from cds.catalogue import load_services
from cds.store.database import Database
from cds.store.tables import feedback

HOOKS = [service.hook for service in load_services().values()]
NASTY = "<img src=x onerror=window.hacked=1><script>window.hacked=1</script>"


def ready(page: Page) -> Page:
    """Wait for the first story."""
    expect(page.locator("#values")).to_be_visible()
    return page


def fire(page: Page) -> None:
    page.get_by_role("button", name="Fire the hook").click()
    expect(page.locator("#status")).to_contain_text(" ms")


def told(house) -> list:
    """What is in the store."""
    database = Database(house.settings)
    with database.read() as connection:
        rows = list(connection.execute(select(feedback)))
    database.close()
    return rows


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_page_is_right_before_and_after_the_first_call(visitor, width, scheme):
    page = ready(visitor.open("/", width, scheme))
    picture(page, f"try-it-empty-{width}-{scheme}")
    assert findings(page) == []
    fire(page)
    expect(page.locator(".card h3")).to_have_text(
        "Data support referral to an intensive outpatient program (IOP)"
    )
    picture(page, f"try-it-{width}-{scheme}")
    assert overflow(page) <= 0
    assert findings(page) == []


def test_the_keyboard_alone_fires_a_story_and_overrides_its_card(visitor, house):
    page = ready(visitor.open("/"))
    page.locator("#story").focus()
    press_until(page, "fire", "Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".card")).to_be_visible()
    page.locator(".why").focus()
    page.keyboard.press("ArrowDown")
    press_until(page, "note", "Tab", by="className")
    page.keyboard.type("She wants to wait")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator(".stored")).to_contain_text("Stored: overridden (Clinical judgement")
    assert [row.reason_code for row in told(house)] == ["clinical-judgement"]


def press_until(page: Page, wanted: str, key: str, by: str = "id") -> None:
    """Press a key until the focus is where it should get."""
    for _ in range(20):
        page.keyboard.press(key)
        if page.evaluate(f"() => document.activeElement.{by}") == wanted:
            return
    raise AssertionError(f"the focus never came to {wanted}")


def test_who_answered_and_how_fast_stands_beside_the_raw_request_and_answer(visitor):
    page = ready(visitor.open("/"))
    fire(page)
    expect(page.locator("#status")).to_contain_text("answered by the web server in")
    assert json.loads(page.locator("#request").input_value())["hook"] == "patient-view"
    raw = json.loads(page.locator("#raw").inner_text())
    assert raw["cards"][0]["summary"] == page.locator(".card h3").inner_text()


def test_another_score_moves_the_level(visitor):
    page = ready(visitor.open("/"))
    fire(page)
    page.get_by_label("PHQ-9 total score").fill("21")
    page.get_by_label("PHQ-9 total score").press("Tab")
    expect(page.locator(".moved")).to_contain_text("Partial hospitalization program (PHP)")
    expect(page.locator(".strip .here")).to_have_text("Partial hospitalization program (PHP)")


def test_an_accepted_suggestion_is_stored(visitor, house):
    page = ready(visitor.open("/"))
    fire(page)
    page.get_by_text("What it would create").click()
    expect(page.locator(".replies pre")).to_contain_text("S9480")
    page.get_by_role("button", name="Accept: ").click()
    expect(page.locator(".stored")).to_contain_text("Stored: accepted")
    assert [(row.outcome, row.matched) for row in told(house)] == [("accepted", True)]


def test_an_overridden_card_stays_away_and_a_new_patient_gets_one(visitor):
    page = ready(visitor.open("/"))
    fire(page)
    page.get_by_role("button", name="Override").click()
    expect(page.locator(".stored")).to_contain_text("Stored: overridden (Patient declines)")
    page.get_by_role("button", name="Fire the hook").click()
    expect(page.locator("#answer")).to_contain_text("No card: it was set aside on")
    page.get_by_role("button", name="As a new patient").click()
    expect(page.locator(".card")).to_be_visible()


def test_feedback_that_cannot_be_stored_is_not_thanked_for(visitor):
    page = ready(visitor.open("/"))
    fire(page)
    page.route("**/feedback", lambda route: route.abort())
    page.get_by_role("button", name="Override").click()
    expect(page.locator(".stored")).to_contain_text("could not be stored")
    visitor.complaints.clear()  # the browser reports the request that was broken off


@pytest.mark.parametrize("hook", HOOKS)
def test_a_story_can_be_fired_by_every_hook(visitor, hook):
    page = ready(visitor.open("/"))
    page.locator("#hook").select_option(hook)
    expect(page.locator("#request")).to_have_value(re.compile(f'"hook": "{hook}"'))
    fire(page)
    expect(page.locator("#timing")).to_contain_text("HTTP 200")


def test_a_pasted_bundle_becomes_a_request(visitor):
    page = ready(visitor.open("/"))
    story = json.loads((STORIES / "mateo-says-yes-to-now" / "request.json").read_text())
    entries = [entry for one in story["prefetch"].values() for entry in one.get("entry", [])]
    patient = {"resource": story["prefetch"]["patient"]}
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [patient, *entries]}
    page.locator("#request").fill(json.dumps(bundle))
    page.locator("#as-of").fill("2026-11-20T15:30")
    page.locator("#as-of").press("Tab")
    fire(page)
    assert json.loads(page.locator("#request").input_value())["context"]["patientId"]


def test_a_file_can_be_opened(visitor):
    page = ready(visitor.open("/"))
    page.locator("#file").set_input_files(STORIES / "mateo-says-yes-to-now" / "request.json")
    expect(page.locator("#status")).to_contain_text("request.json is ready to fire")
    fire(page)
    expect(page.locator(".card.critical")).to_be_visible()
    expect(page.locator(".card")).to_contain_text("988")


def test_broken_json_is_named_and_nothing_is_lost(visitor):
    page = ready(visitor.open("/"))
    page.locator("#request").fill('{"hook": ')
    page.get_by_role("button", name="Fire the hook").click()
    expect(page.locator("#status")).to_contain_text("The request is no JSON")
    assert page.locator("#request").input_value() == '{"hook": '


def test_what_the_service_refuses_is_shown_with_its_path(visitor):
    page = ready(visitor.open("/"))
    request = json.loads(page.locator("#request").input_value())
    request["hookInstance"] = ""
    page.locator("#request").fill(json.dumps(request))
    page.get_by_role("button", name="Fire the hook").click()
    expect(page.locator("#answer")).to_contain_text("$.hookInstance: hookInstance is required")
    visitor.complaints.clear()  # the browser reports the 400


def test_script_in_a_chart_is_text(visitor):
    page = ready(visitor.open("/"))
    request = json.loads(page.locator("#request").input_value())
    request["prefetch"]["patient"]["name"] = [{"text": NASTY}]
    for entry in request["prefetch"]["observations"]["entry"]:
        entry["resource"]["code"]["text"] = NASTY
        entry["resource"]["note"] = [{"text": NASTY}]
    page.locator("#request").fill(json.dumps(request))
    page.locator("#request").blur()
    fire(page)
    expect(page.locator("#values label").first).to_have_text(NASTY)
    assert page.locator("main img, #answer script").count() == 0
    assert page.evaluate("() => window.hacked") is None


def test_a_story_explains_itself_and_fires_when_it_is_chosen(visitor):
    page = ready(visitor.open("/"))
    page.locator("#story").select_option("mateo-says-yes-to-now")
    expect(page.locator("#words")).to_contain_text("Mateo")
    expect(page.locator(".card.critical")).to_be_visible()
    expect(page.locator(".strip .here")).to_have_text("Emergency evaluation")
