"""GET /knowledge and GET /knowledge/<level code>: where the source link of every card leads.

Open to everybody even where callers of the hooks must be known: a browser follows the link, and
there is nothing of a patient here.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, abort

from cds.pages.contents import level_pages
from cds.pages.render import Renderer
from cds.shelf import Knowledge


class Pages:
    """The views: the shelf as it was loaded, so the pages always show what answers are made of."""

    def __init__(self, knowledge: Knowledge, renderer: Renderer) -> None:
        self._knowledge = knowledge
        self._pages = level_pages(knowledge)
        self._page = renderer.page

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


def knowledge_pages(knowledge: Knowledge, renderer: Renderer) -> Blueprint:
    """The routes of the knowledge pages."""
    pages = Pages(knowledge, renderer)
    blueprint = Blueprint("knowledge", __name__)
    blueprint.add_url_rule("/knowledge", view_func=pages.index)
    blueprint.add_url_rule("/knowledge/<code>", view_func=pages.level)
    blueprint.register_error_handler(HTTPStatus.NOT_FOUND, pages.missing)
    return blueprint
