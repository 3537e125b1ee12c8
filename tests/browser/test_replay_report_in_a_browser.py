"""The file of `cds replay --html`, opened from the disk in a real browser."""

import shutil

import pytest
from click.testing import CliRunner
from playwright.sync_api import expect
from service import STORIES
from visits import SCHEMES, WIDTHS, Visitor, findings, overflow, picture

from cds.cli import main

NAMES = ("nadia-two-bad-weeks", "omar-names-a-plan", "abel-day-sixty", "benji-is-nine")
NASTY = "<img src=x onerror=window.hacked=1><script>window.hacked=1</script>"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Four stories: one with other cards, one with a hostile title; and a file that is none."""
    folder = tmp_path_factory.mktemp("replay")
    for name in NAMES:
        shutil.copytree(STORIES / name, folder / "stories" / name)
    nadia, abel = (folder / "stories" / name for name in (NAMES[0], NAMES[2]))
    golden = nadia / "cards.json"
    golden.write_text(golden.read_text().replace("PHQ-9", f"PHQ {NASTY}"))
    table = abel / "story.toml"
    _, _, story = table.read_text().partition("\n")
    table.write_text(f"title = '{NASTY}'\n{story}")
    (folder / "stories" / "broken.json").write_text("{")
    file = folder / "report.html"
    CliRunner().invoke(main, ["replay", str(folder / "stories"), "--html", str(file)])
    return str(file)  # its path: the visitor puts file:// before it


@pytest.fixture
def guest(browser):
    """Opens the file; at the end there was nothing to complain of, and nothing was asked for."""
    visitor = Visitor(browser, "file://")
    yield visitor
    visitor.leave()
    assert visitor.complaints == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_file_is_right_at_every_width_in_light_and_dark(guest, address, width, scheme):
    page = guest.open(address, width, scheme)
    picture(page, f"replay-{width}-{scheme}")
    assert overflow(page) <= 0
    assert findings(page) == []


def test_what_differs_is_open_and_the_rest_opens_by_keyboard(guest, address):
    page = guest.open(address)
    expect(page.get_by_label("Difference of Nadia, two bad weeks")).to_be_visible()
    omar = page.get_by_role("button", name="Omar names a plan")
    expect(omar).to_have_attribute("aria-expanded", "false")
    omar.press("Enter")
    expect(page.get_by_role("article", name="Data meet a criterion")).to_be_visible()
    omar.press("Enter")
    expect(page.get_by_role("article", name="Data meet a criterion")).to_be_hidden()


def test_words_level_and_result_filter_the_table(guest, address):
    page = guest.open(address)
    rows = page.locator("tbody[data-row]:visible")
    expect(rows).to_have_count(5)
    page.get_by_label("Result", exact=True).select_option("differs")
    expect(rows).to_have_count(1)
    page.get_by_label("Result", exact=True).select_option("")
    page.get_by_label("Level", exact=True).select_option("emergency")
    expect(rows).to_have_count(1)
    page.get_by_label("Level", exact=True).select_option("")
    page.get_by_label("Find", exact=True).fill("her SISTER")
    expect(rows).to_have_count(1)
    expect(page.locator("output")).to_have_text("1 of 5")


def test_script_in_titles_and_charts_is_text(guest, address):
    page = guest.open(address)
    expect(page.get_by_role("button", name=NASTY)).to_be_visible()
    assert page.evaluate("window.hacked") is None


def test_without_script_everything_is_open(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"file://{address}")
    assert page.locator("article.card").count() == page.locator("article.card:visible").count() > 0
    context.close()
