"""GET /knowledge and what is below it: where the source link of every card leads.

Open to everybody even where callers of the hooks must be known: a browser follows the link, and
there is nothing of a patient here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, abort, request

from cds.findings import FINDINGS
from cds.pages.contents import level_names, level_pages, source
from cds.pages.render import Renderer
from cds.pages.search import KINDS, LONGEST_QUERY, Index
from cds.pages.uses import uses_of
from cds.shelf import Knowledge

STYLE, FILTER = "shelf.css", "filter.js"
LISTS = ("criteria", "findings", "instruments", "value-sets")
MOST_FOUND = 25  # of one kind, unless it is the only one asked for


class Pages:
    """The views: the shelf as it was loaded, so the pages always show what answers are made of."""

    def __init__(self, knowledge: Knowledge, renderer: Renderer) -> None:
        self._knowledge = knowledge
        self._levels = level_pages(knowledge)
        self._index = Index(knowledge)
        self._uses = uses_of(knowledge)
        self._renderer = renderer
        self._criteria = {one.id: one for one in knowledge.rules.criteria}
        self._names = level_names(knowledge)
        self._says = {name: one.says for name, one in self._criteria.items()}

    def index(self) -> Response:
        """The ladder of answers and what else is on the shelf; with `q` what was found."""
        query, kind = request.args.get("q", "").strip(), request.args.get("kind", "")
        if query:
            return self._found(query[:LONGEST_QUERY], kind if kind in KINDS else "")
        counts = {kind: sum(one.kind == kind for one in self._index.entries) for kind in KINDS}
        return self._page("index.html", "", pages=self._levels, counts=counts)

    def _found(self, query: str, kind: str) -> Response:
        found = self._index.find(query, kind)
        most = None if kind else MOST_FOUND
        return self._page("found.html", "", query=query, kind=kind, found=found, most=most)

    def level(self, code: str) -> Response:
        """One level with everything it stands on."""
        return self._page("level.html", "../", code=code, page=self._of(self._levels, code))

    def entries(self, kind: str) -> Response:
        """All entries of a kind; typing shows fewer of them."""
        groups = self._index.of_kind(kind)
        return self._page("entries.html", "../", script=FILTER, kind=kind, groups=groups)

    def criterion(self, name: str) -> Response:
        """One criterion: what it says, how it is decided, and where it counts."""
        one = self._of(self._criteria, name)
        names = dict.fromkeys(clause.finding for clause in one.clauses if clause.finding)
        return self._page(
            "criterion.html",
            "../../",
            criterion=one,
            findings=[self._knowledge.terms[name] for name in names],
            sources=[source(name, self._knowledge) for name in one.cite],
            remark=self._knowledge.remarks.get(name),
        )

    def finding(self, name: str) -> Response:
        """One finding: how long it counts, what it is read from and which criteria ask for it."""
        term = self._of(self._knowledge.terms, name)
        reads = dict.fromkeys(FINDINGS[name].reads if name in FINDINGS else ())
        return self._page("finding.html", "../../", term=term, reads=reads)

    def instrument(self, name: str) -> Response:
        """One rating instrument: its scores, its bands and its codes; never its wording."""
        one = self._of(self._knowledge.instruments, name)
        sources = [source(name, self._knowledge) for name in one.cite]
        return self._page("instrument.html", "../../", instrument=one, sources=sources)

    def value_set(self, name: str) -> Response:
        """One value set with its codes."""
        one = self._of(self._knowledge.terminology.value_sets, name)
        return self._page("value-set.html", "../../", value_set=one)

    def sources(self) -> Response:
        """Every statement and every work, with what stands on it."""
        return self._page("sources.html", "../")

    def attributes(self) -> Response:
        """What US law wants shown of the sources of a decision support."""
        return self._page("attributes.html", "../")

    def missing(self, _: Exception) -> Response:
        """No entry of this name."""
        up = "../" * max(request.path.rstrip("/").count("/") - 1, 0)
        response = self._page("missing.html", up)
        response.status_code = HTTPStatus.NOT_FOUND
        return response

    def _of(self, entries: Mapping[str, Any], name: str) -> Any:
        """The entry of this name; aborts with 404."""
        if name not in entries:
            abort(HTTPStatus.NOT_FOUND)
        return entries[name]

    def _page(self, template: str, here: str, **shown: Any) -> Response:
        known: dict[str, Any] = {
            "shelf": self._knowledge,
            "uses": self._uses,
            "kinds": KINDS,
            "says": self._says,
            "names": self._names,
        }
        return self._renderer.page(template, style=STYLE, here=here, **known, **shown)


def knowledge_pages(knowledge: Knowledge, renderer: Renderer) -> Blueprint:
    """The routes of the knowledge pages."""
    pages = Pages(knowledge, renderer)
    blueprint = Blueprint("knowledge", __name__)
    views: dict[str, Callable[..., Response]] = {
        "": pages.index,
        "/<code>": pages.level,
        "/criteria/<name>": pages.criterion,
        "/findings/<name>": pages.finding,
        "/instruments/<name>": pages.instrument,
        "/value-sets/<name>": pages.value_set,
        "/sources": pages.sources,
        "/source-attributes": pages.attributes,
    }
    for path, view in views.items():
        blueprint.add_url_rule(f"/knowledge{path}", view_func=view)
    for kind in LISTS:
        blueprint.add_url_rule(
            f"/knowledge/{kind}", kind, view_func=pages.entries, defaults={"kind": kind}
        )
    blueprint.register_error_handler(HTTPStatus.NOT_FOUND, pages.missing)
    return blueprint
