"""The knowledge pages in a real browser."""

import pytest
from visits import look


@pytest.mark.parametrize("path", ["/knowledge", "/knowledge/intensive-outpatient"])
def test_a_page_of_the_shelf_is_right_at_every_width_in_light_and_dark(visitor, path):
    look(visitor, path, path.strip("/").replace("/", "-"))


def test_the_first_tab_leads_to_the_content(visitor):
    page = visitor.open("/knowledge")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
