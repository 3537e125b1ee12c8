"""GET /: fire a story or a chart of your own at the real endpoint, and see what an EHR would draw.

The page calls the endpoint itself. What is here hands out stories, makes a request of a bare
Bundle, and draws an answer. It is on where nobody else looks, or where it was switched on.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Response, abort, request
from pydantic import ValidationError

from cds.answer import services
from cds.cards.compose import MEMBER
from cds.cards.models import Card
from cds.errors import BadHookRequest
from cds.pages.explain import rungs
from cds.pages.render import Renderer
from cds.request import AS_OF, loose_object
from cds.settings import Settings
from cds.shelf import Knowledge
from cds.stories.read import ENVELOPE, Item, stories
from cds.stories.wrap import fired, wrapped

# Beside the package in a checkout; an installed package has none, and then a chart is pasted.
STORIES = Path(__file__).parents[2] / "fixtures" / "fhir"
FIRST = "nadia-two-bad-weeks"


@cache
def read_stories(folder: Path) -> dict[str, Item]:
    """The stories of a folder by name, read once in a process."""
    return {item.path.name: item for item in stories(folder)}


class TryIt:
    """The views of the page."""

    def __init__(self, knowledge: Knowledge, settings: Settings, renderer: Renderer) -> None:
        self._knowledge, self._settings, self._renderer = knowledge, settings, renderer
        self._stories = read_stories(STORIES)
        ordered = [*rungs(knowledge), "undetermined", "none"]
        found: dict[str, list[tuple[str, Item]]] = {code: [] for code in ordered}
        for name, item in self._stories.items():
            found.setdefault(item.expect.level if item.expect else "none", []).append((name, item))
        # By the level they expect, the most intensive first.
        self._by_level = {code: items for code, items in found.items() if items}

    def page(self) -> Response:
        """The page itself."""
        return self._renderer.page(
            "try.html",
            style="try.css",
            script="try.js",
            here="",
            by_level=self._by_level,
            levels=rungs(self._knowledge),
            first=FIRST,
            services=services().values(),
            settings=self._settings,
            told={"asOf": AS_OF, "member": MEMBER, "first": FIRST},
        )

    def story(self, name: str) -> Response:
        """The request of a story."""
        if name not in self._stories:
            abort(404)
        return _json(self._stories[name].document)

    def request(self) -> Response:
        """What was pasted, as a request of the hook that was chosen."""
        document = request.get_json()
        if not isinstance(document, dict):
            raise BadHookRequest("$", "Must be a FHIR resource, a Bundle or a hook request.")
        if "resourceType" in document:
            document = wrapped(document)
        elif not ENVELOPE & document.keys():
            raise BadHookRequest("$", "Is neither a hook request nor FHIR JSON.")
        hook = request.args.get("hook") or document.get("hook")
        return _json(fired(document, str(hook)))

    def drawn(self) -> Response:
        """An answer as an EHR would draw it, and where on the ladder it stands."""
        body = loose_object(request.get_json())
        answer = loose_object(body.get("answer"))
        view = loose_object(loose_object(answer.get("extension")).get(MEMBER))
        return self._renderer.part(
            "answer.html",
            cards=_cards(answer.get("cards") or ()),
            level=view.get("level"),
            status=view.get("status"),
            candidate=view.get("candidate"),
            held=view.get("held"),
            problems=list(_problems(answer)),
            before=body.get("before"),
            levels=rungs(self._knowledge),
        )


def _cards(found: Any) -> list[Card]:
    """The cards of an answer; raises BadHookRequest for what is none."""
    try:
        return [Card.model_validate(one) for one in found]
    except (TypeError, ValidationError):
        raise BadHookRequest("$.answer.cards", "Must be the cards of an answer.") from None


def _problems(answer: dict[str, Any]) -> Iterator[str]:
    """What an OperationOutcome says."""
    for issue in answer.get("issue") or []:
        if isinstance(issue, dict):
            where = ", ".join(map(str, issue.get("expression") or []))
            yield f"{where}: {issue.get('diagnostics')}" if where else str(issue.get("diagnostics"))


def _json(document: dict[str, Any]) -> Response:
    return Response(orjson.dumps(document), content_type="application/json")


def try_it_pages(pages: TryIt) -> Blueprint:
    """The routes of the page."""
    blueprint = Blueprint("try_it", __name__)
    blueprint.add_url_rule("/", view_func=pages.page)
    blueprint.add_url_rule("/try-it/stories/<name>", view_func=pages.story)
    blueprint.add_url_rule("/try-it/request", view_func=pages.request, methods=["POST"])
    blueprint.add_url_rule("/try-it/answer", view_func=pages.drawn, methods=["POST"])
    return blueprint
