"""From a card to its evidence and on to the handout, in a real browser."""

import json
import re

import pytest
from playwright.sync_api import expect
from service import SHELF, STORIES
from visits import look

NASTY = "<script>window.hacked=1</script>"


def evidence(house, story: str, **changes: object) -> str:
    """The link of the card that a story gets."""
    document = json.loads((STORIES / story / "request.json").read_text()) | changes
    address = f"/cds-services/level-of-care-{document['hook']}"
    (card,) = house.post(address, document)["cards"]
    return card["links"][-1]["url"]


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no broken store: the link is there."""
    monkeypatch.setattr("cds.store.journal.PATIENCE", 30.0)


@pytest.mark.parametrize(
    "story",
    [
        "nadia-two-bad-weeks",
        "gareth-nobody-asked",
        "mateo-says-yes-to-now",
        "hyacinth-five-points-up",
        "waldo-after-detox",
    ],
)
def test_the_evidence_is_right_at_every_width_in_light_and_dark(visitor, house, story):
    look(visitor, evidence(house, story), f"evidence-{story}")


def test_a_card_leads_to_its_evidence_and_that_to_the_handout(visitor):
    page = visitor.open("/")
    expect(page.locator("#values")).to_be_visible()
    page.get_by_role("button", name="Fire the hook").click()
    page.get_by_role("link", name="Why this level: the evidence").click()
    expect(page.locator(".rung.here")).to_contain_text("Intensive outpatient program (IOP)")
    expect(page.locator("h1")).to_have_text(
        "Data support referral to an intensive outpatient program (IOP)"
    )
    page.get_by_role("link", name="A page for patient and family").click()
    expect(page.locator(".hours")).to_contain_text("9 hours a week or more for adults")


def test_the_keyboard_opens_the_sources_of_a_criterion(visitor, house):
    page = visitor.open(evidence(house, "nadia-two-bad-weeks"))
    summary = page.locator(".criteria summary").nth(1)
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".criteria .source").nth(1)).to_be_visible()


def test_the_address_and_the_title_name_nobody(visitor, house):
    page = visitor.open(evidence(house, "nadia-two-bad-weeks"))
    assert page.title() == "Why this level - Careladder"
    assert re.fullmatch(re.escape(house.url) + r"/evidence/[\w-]{43}", page.url)
    assert "Nadia" not in page.content()
    assert "Rowan" not in page.content()


def test_a_score_is_drawn_and_said(visitor, house):
    page = visitor.open(evidence(house, "hyacinth-five-points-up"))
    drawing = page.get_by_role("img", name=re.compile("From 8 on .* to PHQ-9 13, moderate"))
    expect(drawing).to_be_visible()
    assert drawing.locator("circle").count() == 2


def test_script_in_the_chart_is_no_script_on_the_page(visitor, house):
    document = json.loads((STORIES / "nadia-two-bad-weeks" / "request.json").read_text())
    for entry in document["prefetch"]["conditions"]["entry"]:
        entry["resource"]["code"]["text"] = NASTY
        entry["resource"]["id"] = "a<b>c"
    page = visitor.open(evidence(house, "nadia-two-bad-weeks", prefetch=document["prefetch"]))
    assert page.locator("main script").count() == 0
    assert page.evaluate("() => window.hacked") is None


@pytest.mark.parametrize("code", SHELF.handouts)
def test_a_handout_is_right_at_every_width_and_prints_on_one_page(visitor, code):
    look(visitor, f"/handouts/{code}", f"handout-{code}")
    printed = visitor.open(f"/handouts/{code}").pdf(format="Letter")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


def test_a_link_that_leads_nowhere_says_what_to_do(visitor):
    page = visitor.open("/evidence/none")
    expect(page.locator("h1")).to_have_text("Nothing here any more")
    visitor.complaints.clear()  # the browser reports the 404
