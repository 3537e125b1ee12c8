"""Somebody who opens pages, and notes what a page should not have done."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

WIDTHS = (360, 1440)
SCHEMES = ("light", "dark")
AXE = Axe()
GRAVE = ("serious", "critical")


class Visitor:
    """One window after another; `complaints` gathers console errors and requests to elsewhere."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser, self._url = browser, url
        self._host = urlsplit(url).netloc
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def open(self, path: str, width: int = 1440, scheme: str = "light") -> Page:
        """A page in a window of its own; `path` may be a whole address of this host."""
        context = self._browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
        )
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("request", self._request)
        page.goto(path if path.startswith("http") else self._url + path)
        return page

    def leave(self) -> None:
        for context in self._contexts:
            context.close()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != self._host:
            self.complaints.append(f"asked {parts.netloc}")


def findings(page: Page) -> list[str]:
    """What axe-core has to say of a page, if it is serious."""
    found = AXE.run(page).response["violations"]
    return [
        f"{one['impact']} {one['id']}: {node['html'][:120]}"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


def overflow(page: Page) -> int:
    """Pixels by which a page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page, where somebody asked for it."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def look(visitor: Visitor, path: str, name: str) -> None:
    """A page at both widths, in light and dark: nothing cut off, and nothing serious found."""
    for width in WIDTHS:
        for scheme in SCHEMES:
            page = visitor.open(path, width, scheme)
            picture(page, f"{name}-{width}-{scheme}")
            assert overflow(page) <= 0, (name, width)
            assert findings(page) == [], (name, width, scheme)
