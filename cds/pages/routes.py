"""GET /knowledge and GET /knowledge/<level code>: where the source link of every card leads.

Open to everybody even where callers of the hooks must be known: a browser follows the link, and
there is nothing of a patient here.
"""

from __future__ import annotations

import base64
import hashlib
from http import HTTPStatus

from flask import Blueprint, Response, abort
from jinja2 import Environment, PackageLoader, StrictUndefined

from cds.pages import words
from cds.pages.contents import level_pages
from cds.shelf import Knowledge


class Pages:
    """The views: the shelf as it was loaded, so the pages always show what answers are made of."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._pages = level_pages(knowledge)
        self._templates = Environment(
            loader=PackageLoader("cds.pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals |= {"words": words, "about": knowledge.about}
        style = self._templates.get_template("style.css").render()
        self._templates.globals["style"] = style
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        self._policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'"

    def index(self) -> Response:
        """The ladder of answers and how one is found."""
        attributes = self._knowledge.attributes
        return self._page("index.html", pages=self._pages, attributes=attributes, here="")

    def level(self, code: str) -> Response:
        """One level with everything it stands on."""
        if code not in self._pages:
            abort(HTTPStatus.NOT_FOUND)
        page, knowledge = self._pages[code], self._knowledge
        return self._page(
            "level.html", page=page, here="../", terms=knowledge.terms, windows=knowledge.windows
        )

    def missing(self, _: Exception) -> Response:
        """No level of this code."""
        response = self._page("missing.html", here="../")
        response.status_code = HTTPStatus.NOT_FOUND
        return response

    def _page(self, template: str, **shown: object) -> Response:
        stamp = {"version": self._knowledge.version, "hash": self._knowledge.hash}
        html = self._templates.get_template(template).render(stamp=stamp, **shown)
        response = Response(html, content_type="text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = self._policy
        return response


def knowledge_pages(knowledge: Knowledge) -> Blueprint:
    """The routes of the knowledge pages."""
    pages = Pages(knowledge)
    blueprint = Blueprint("knowledge", __name__)
    blueprint.add_url_rule("/knowledge", view_func=pages.index)
    blueprint.add_url_rule("/knowledge/<code>", view_func=pages.level)
    blueprint.register_error_handler(HTTPStatus.NOT_FOUND, pages.missing)
    return blueprint
