"""Templates to responses: one look for every page, and a policy that lets in nothing else.

Style and script stand in the page itself and are named by their hash, so a page is one request,
nothing a chart says can run, and no other host is ever asked for anything.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from flask import Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cds.pages import words
from cds.pages.markdown import markdown
from cds.settings import Settings
from cds.shelf import Knowledge

# Evidence pages are patient data, and a link to any page may be followed out of a chart.
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
        lines = self._templates.get_template("style.css").render().splitlines()
        style = "\n".join(line.strip() for line in lines)
        self._templates.filters["markdown"] = markdown
        self._templates.globals |= {
            "words": words,
            "about": knowledge.about,
            "stamp": {"version": knowledge.version, "hash": knowledge.hash},
            "style": Markup(style),  # noqa: S704  our own file
            "try_it": settings.try_it,
        }
        self._policy = (
            f"default-src 'none'; img-src data:; style-src 'sha256-{digest(style)}'; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )

    def page(self, template: str, *, script: str = "", **shown: Any) -> Response:
        """A whole page; `script` is the file of the only one that may run on it."""
        policy = self._policy
        if script:
            code = self._templates.get_template(script).render()
            shown["script"] = Markup(code)  # noqa: S704  our own file
            policy += f"; script-src 'sha256-{digest(code)}'; connect-src 'self'"
        response = self.part(template, **shown)
        response.headers["Content-Security-Policy"] = policy
        return response

    def part(self, template: str, **shown: Any) -> Response:
        """HTML that a page of ours puts into itself."""
        html = self._templates.get_template(template).render(**shown)
        response = Response(html, content_type="text/html; charset=utf-8")
        response.headers.update(HEADERS)
        response.headers["Content-Security-Policy"] = self._policy
        return response


def digest(text: str) -> str:
    """The name of an inline style or script in a policy."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
