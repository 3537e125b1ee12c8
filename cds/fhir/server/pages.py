"""One prefetch key read from a server: a read, or a search with as many pages as time allows."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson

from cds.fhir.reading import Json, tables, text_of
from cds.fhir.server.access import Access
from cds.fhir.server.address import Base
from cds.fhir.server.templates import Query
from cds.fhir.server.wire import Exchange, Failed, Late, Line

LATE = "late"  # the problem of a reading whose time was up
PAGES = 10  # of one search; what is behind them is unknown, as with any page that was cut off
NO_POST = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED)
_ISSUES = {401: "login", 403: "forbidden", 404: "not-found", 410: "not-found", 429: "throttled"}


class Reader:
    """Reads from FHIR servers, and remembers which of them know no POST `_search`."""

    def __init__(self) -> None:
        self._exchange = Exchange()
        self._without_post: set[Base] = set()

    def first(self, access: Access, line: Line, query: Query) -> Json:
        """The resource, or the first page of the search; raises Late and Failed."""
        path = f"{access.base.path}/{query.kind}"
        if query.id is not None:
            status, body = self._exchange.ask(access, line, f"{path}/{query.id}")
            return _read_resource(status, body, query.kind, query.id)
        return _page(*self._search(access, line, path, query.form), query.kind)

    def _search(self, access: Access, line: Line, path: str, form: str) -> tuple[int, bytes]:
        """By POST, which keeps the patient out of addresses; by GET where that is not known."""
        if access.base not in self._without_post:
            status, body = self._exchange.ask(access, line, f"{path}/_search", form)
            if status not in NO_POST:
                return status, body
        status, body = self._exchange.ask(access, line, f"{path}?{form}")
        if status == HTTPStatus.OK:
            self._without_post.add(access.base)
        return status, body

    def next(self, access: Access, line: Line, link: str, kind: str) -> Json:
        """A further page; raises Late and Failed, also for a link that leads elsewhere."""
        target = access.base.target_of(link)
        if target is None:
            raise Failed("security", "the next page is on another server")
        return _page(*self._exchange.ask(access, line, target), kind)


class Reading:
    """What there is of one key so far; `value` can be taken at any time, from any thread."""

    def __init__(self, access: Access, line: Line, query: Query, page: Json | None = None) -> None:
        self._access, self._query = access, query
        self.line = line
        self.value = page
        self.problem = ""

    def run(self, reader: Reader) -> None:
        """Read on until it is whole, or something stops it; what was read so far is kept."""
        try:
            if self.value is None:
                self.value = reader.first(self._access, self.line, self._query)
            self._read_pages(reader)
        except Late:
            self.problem = LATE
        except Failed as failure:
            self.problem = failure.reason
            self.value = self.value or _outcome(failure)

    def _read_pages(self, reader: Reader) -> None:
        seen: set[str] = set()
        while link := next_link(self.value):
            if link in seen or len(seen) >= PAGES - 1:
                raise Failed("too-costly", "there are more pages than are read")
            seen.add(link)
            page = reader.next(self._access, self.line, link, self._query.kind)
            self.value = _joined(self.value or {}, page)


def next_link(value: object) -> str:
    """The address of the next page of a Bundle; empty when there is none."""
    if not isinstance(value, dict) or value.get("resourceType") != "Bundle":
        return ""
    links = (link for link in tables(value.get("link")) if link.get("relation") == "next")
    return next((text_of(link.get("url")) for link in links), "")


def _joined(so_far: Json, page: Json) -> Json:
    """One Bundle of both; its links are the later page's, so a next link stays as long as true."""
    entries = [*tables(so_far.get("entry")), *tables(page.get("entry"))]
    joined = {**so_far, "entry": entries, "link": page.get("link")}
    return {name: value for name, value in joined.items() if value is not None}


def _read_resource(status: int, body: bytes, kind: str, wanted: str) -> Json:
    resource = _json(status, body)
    if resource.get("resourceType") != kind:
        raise Failed("structure", f"the answer is no {kind}")
    if resource.get("id") != wanted:
        raise Failed("security", f"the {kind} is not the one asked for")
    return resource


def _page(status: int, body: bytes, kind: str) -> Json:
    """A page of a search: every match is of the type searched for, and no Patient comes uninvited.

    Another patient's data inside are for the record to leave out, as in any prefetch.
    """
    page = _json(status, body)
    if page.get("resourceType") != "Bundle":
        raise Failed("structure", "the answer is no Bundle")
    for entry in tables(page.get("entry")):
        mode = text_of(next(tables(entry.get("search")), {}).get("mode"))
        found = text_of(next(tables(entry.get("resource")), {}).get("resourceType"))
        wrong = found not in (kind, "OperationOutcome")
        if wrong and (mode in ("", "match") or found == "Patient"):
            raise Failed("structure", f"a match is no {kind}")
    return page


def _json(status: int, body: bytes) -> dict[str, Any]:
    if status != HTTPStatus.OK:
        raise Failed(_ISSUES.get(status, "exception"), f"HTTP {status}")
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Failed("structure", "the answer is not JSON") from None
    if not isinstance(document, dict):
        raise Failed("structure", "the answer is no FHIR resource")
    return document


def _outcome(failure: Failed) -> Json:
    """What stands in the prefetch for a key that failed, as a client would have written it."""
    issue = {"severity": "error", "code": failure.code, "diagnostics": failure.reason}
    return {"resourceType": "OperationOutcome", "issue": [issue]}
