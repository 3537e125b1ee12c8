"""A real Chromium looking at the real service on loopback.

What a page loads from elsewhere, or complains of in the console, fails the test that looked.
SCREENSHOTS=folder keeps a picture of every page at two widths, in light and in dark.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from service import Service, service
from visits import Visitor

expect.set_options(timeout=20_000)  # milliseconds; other tests share the machine
NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the system's browser; without one these tests skip, or fail in CI."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    line = "no browser for this test: chromium is not installed"
    if os.environ.get("CI") == "true":
        pytest.fail(line)
    pytest.skip(line)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium)
        yield opened
        opened.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Service]:
    """The service with a store of its own."""
    with service(tmp_path / "data") as running:
        yield running


@pytest.fixture
def visitor(browser: Browser, house: Service) -> Iterator[Visitor]:
    """Opens pages; at the end there was nothing to complain of."""
    guest = Visitor(browser, house.url)
    yield guest
    guest.leave()
    assert guest.complaints == []
