"""The pages of the shelf in a real browser: looked at, searched, and found by typing."""

import pytest
from playwright.sync_api import expect
from visits import look


@pytest.mark.parametrize(
    "path",
    [
        "/knowledge?q=phq",
        "/knowledge/criteria",
        "/knowledge/criteria/phq9-moderately-severe",
        "/knowledge/findings/phq9_total",
        "/knowledge/instruments/phq-9",
        "/knowledge/value-sets/depressive-disorder",
        "/knowledge/sources",
        "/knowledge/source-attributes",
        "/knowledge/withdrawal-management",
    ],
)
def test_a_page_is_right_at_every_width_in_light_and_dark(visitor, path):
    look(visitor, path, path.strip("/").replace("/", "-").replace("?", "-"))


def test_the_keyboard_alone_searches_and_follows_what_was_found(visitor):
    page = visitor.open("/knowledge")
    page.get_by_label("Search everything").focus()
    page.keyboard.type("44261-6")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Value sets")).to_be_visible()
    page.get_by_role("link", name="PHQ-9 total score", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_title("PHQ-9 total score - Careladder")


def test_a_list_shrinks_while_typing(visitor):
    page = visitor.open("/knowledge/criteria")
    rows = page.locator("[data-row]").count()
    expect(page.locator("output")).to_have_text(str(rows))
    page.get_by_label("Find in criteria").press_sequentially("RELAPSE")
    visible = page.locator("[data-row]:visible")
    expect(page.locator("output")).to_have_text(f"{visible.count()} of {rows}")
    assert 0 < visible.count() < 10
    assert page.locator("section:visible h2").count() < 5


def test_a_list_can_be_searched_without_its_script(visitor):
    page = visitor.open("/knowledge?kind=criteria&q=relapse")
    assert page.locator(".entries li").count() > 0


def test_script_in_a_question_is_text(visitor):
    page = visitor.open("/knowledge?q=<script>window.hacked=1</script>")
    expect(page.locator("q")).to_have_text("<script>window.hacked=1</script>")
    assert page.evaluate("window.hacked") is None


def test_a_level_leads_to_its_criteria_and_they_lead_back(visitor):
    page = visitor.open("/knowledge/intensive-outpatient")
    page.locator("#phq9-moderately-severe h3 a").click()
    expect(page).to_have_title("PHQ-9 of 15 or more. - Careladder")
    page.get_by_role("link", name="Symptoms or course call for more").click()
    page.get_by_role("link", name="A diagnosis for which a program may be").first.click()
    page.get_by_role("link", name="Intensive outpatient program (IOP)").first.click()
    expect(page).to_have_title("Intensive outpatient program (IOP) - Careladder")
