"""Templates to responses: one look for every page, and a policy that lets in nothing else.

Style and script stand in the page itself and are named by their hash, so a page is one request,
nothing a chart says can run, and no other host is ever asked for anything.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Any

from flask import Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cds.pages import words
from cds.pages.markdown import markdown
from cds.settings import Settings
from cds.shelf import Knowledge

# Evidence pages are patient data, and a link to any page may be followed out of a chart.
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
HEADERS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


class Renderer:
    """Fills templates; what all of them share is put in once."""

    def __init__(self, knowledge: Knowledge, settings: Settings) -> None:
        self._templates = Environment(
            loader=PackageLoader("cds.pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["markdown"] = markdown
        self._templates.globals |= {
            "words": words,
            "about": knowledge.about,
            "stamp": {"version": knowledge.version, "hash": knowledge.hash},
            "try_it": settings.try_it,
        }

    def page(self, template: str, *, style: str = "", script: str = "", **shown: Any) -> Response:
        """A whole page; `style` and `script` name files of its own, beside the style of all."""
        look = self._file("style.css") + (self._file(style) if style else "")
        code = self._file(script) if script else ""
        response = self.part(template, style=Markup(look), script=Markup(code), **shown)  # noqa: S704  our own files
        policy = f"{NOTHING}; img-src data:; style-src 'sha256-{digest(look)}'"
        if code:
            policy += f"; script-src 'sha256-{digest(code)}'; connect-src 'self'"
        response.headers["Content-Security-Policy"] = policy
        return response

    def file(self, template: str, *, style: str, script: str, **shown: Any) -> str:
        """A whole page as one file to keep: its policy stands in it, and lets nothing be loaded."""
        look, code = self._file("style.css") + self._file(style), self._file(script)
        policy = (
            "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; "
            f"style-src 'sha256-{digest(look)}'; script-src 'sha256-{digest(code)}'"
        )
        filled = self._templates.get_template(template)
        return filled.render(style=Markup(look), script=Markup(code), policy=policy, **shown)  # noqa: S704  our own files

    def part(self, template: str, **shown: Any) -> Response:
        """HTML that a page of ours puts into itself."""
        html = self._templates.get_template(template).render(**shown)
        response = Response(html, content_type="text/html; charset=utf-8")
        response.headers.update(HEADERS)
        response.headers["Content-Security-Policy"] = NOTHING
        return response

    @cache  # noqa: B019  there is one renderer, as long as the process
    def _file(self, name: str) -> str:
        """A style or script without the indentation of its lines."""
        lines = self._templates.get_template(name).render().splitlines()
        return "\n".join(line.strip() for line in lines)


def digest(text: str) -> str:
    """The name of an inline style or script in a policy."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
