"""GET /evidence/<token>: why this level, for whoever holds the link of a card.

The token opens what was kept and is nowhere else, so there is no other way in and none to ask.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, Response, abort

from cds.cards.detail import REDISCLOSURE
from cds.cards.words import date_text
from cds.criteria.model import When
from cds.errors import StoreUnavailable
from cds.evidence import evidence_of
from cds.pages.explain import explained, plots, timeline
from cds.pages.render import Renderer
from cds.settings import Settings
from cds.shelf import Knowledge
from cds.store.evidence import Kept

Find = Callable[[str], Kept | None]
STYLE = "evidence.css"


class EvidencePages:
    """The views of one assessment, and of the handouts, which hold nothing of anybody."""

    def __init__(
        self, knowledge: Knowledge, settings: Settings, renderer: Renderer, find: Find
    ) -> None:
        self._knowledge, self._zone = knowledge, settings.zone
        self._page, self._find = renderer.page, find

    def show(self, token: str) -> Response:
        """The evidence behind a card; a link that leads nowhere says so, and not why."""
        try:
            kept = self._find(token)
        except StoreUnavailable:
            return self._none("later.html", HTTPStatus.SERVICE_UNAVAILABLE)
        if kept is None:
            return self._none("expired.html", HTTPStatus.NOT_FOUND)
        evidence = evidence_of(kept.content)
        assessment = evidence.assessment(self._knowledge)
        expires = When(kept.expires_at, kept.expires_at)
        return self._page(
            "evidence.html",
            style=STYLE,
            here="../",
            evidence=evidence,
            told=assessment and explained(assessment, self._knowledge, self._zone),
            plots=plots(evidence, self._knowledge, self._zone),
            stops=timeline(evidence.course.events, evidence.as_of, self._zone),
            as_of=evidence.as_of.astimezone(self._zone),
            expires=date_text(expires, kept.expires_at, self._zone).partition(" ")[0],
            notice=REDISCLOSURE if evidence.is_protected else "",
        )

    def handout(self, code: str) -> Response:
        """One level of care in plain words, to print."""
        if code not in self._knowledge.handouts:
            abort(HTTPStatus.NOT_FOUND)
        handout = self._knowledge.handouts[code]
        timed = (one.hours for one in self._knowledge.rules.levels if one.code == code)
        hours = next((one for one in timed if one), None)
        return self._page("handout.html", style=STYLE, here="../", handout=handout, hours=hours)

    def _none(self, template: str, status: HTTPStatus) -> Response:
        response = self._page(template, here="../")
        response.status_code = status
        return response


def evidence_pages(pages: EvidencePages) -> Blueprint:
    """The routes of evidence and handouts."""
    blueprint = Blueprint("evidence", __name__)
    blueprint.add_url_rule("/evidence/<token>", view_func=pages.show)
    blueprint.add_url_rule("/handouts/<code>", view_func=pages.handout)
    return blueprint
