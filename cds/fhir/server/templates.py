"""Prefetch templates filled for one call: what to read or search on the client's server."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from cds.request import HookRequest, text

_TOKEN = re.compile(r"\{\{\s*(.*?)\s*\}\}")
# What an id is made of on real servers. Nothing in it needs quoting in a path or a search, so a
# value with anything else cannot widen a search or leave its path: it does not resolve.
_ID = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}")
_READ = re.compile(r"([A-Z][A-Za-z]+)/([^/?]+)")
_SEARCH = re.compile(r"([A-Z][A-Za-z]+)\?(.+)", re.DOTALL)
_USER = "context.userId"  # the one token that is a reference, and so a whole read
_USERS = {
    "userPractitionerId": "Practitioner",
    "userPractitionerRoleId": "PractitionerRole",
    "userPatientId": "Patient",
    "userRelatedPersonId": "RelatedPerson",
}


@dataclass(frozen=True)
class Query:
    """A read (`id`) or a search (`form`, already encoded) of one resource type."""

    kind: str
    id: str | None = field(default=None, repr=False)
    form: str = field(default="", repr=False)

    @property
    def letter(self) -> str:
        """What a scope calls it."""
        return "s" if self.id is None else "r"


class _Unresolved(Exception):
    pass


def fill(template: str, request: HookRequest) -> Query | None:
    """The query of a template; None when a token has no value or the template is none."""
    try:
        return _read(template, request) or _search(template, request)
    except _Unresolved:
        return None


def _read(template: str, request: HookRequest) -> Query | None:
    whole = _TOKEN.fullmatch(template)
    if whole and whole[1] == _USER:
        template = request.user_id or ""
    found = _READ.fullmatch(template)
    if found is None:
        return None
    wanted = _replaced(found[2], request)
    if not _ID.fullmatch(wanted):
        raise _Unresolved
    return Query(found[1], id=wanted)


def _search(template: str, request: HookRequest) -> Query | None:
    found = _SEARCH.fullmatch(template)
    if found is None:
        return None
    pairs = parse_qsl(found[2], keep_blank_values=True)
    return Query(found[1], form=urlencode([(n, _replaced(v, request)) for n, v in pairs]))


def _replaced(pattern: str, request: HookRequest) -> str:
    return _TOKEN.sub(lambda token: _value(token[1], request), pattern)


def _value(token: str, request: HookRequest) -> str:
    """The value of one token: an id."""
    kind, _, user = (request.user_id or "").rpartition("/")
    scope, _, name = token.partition(".")
    if token in _USERS:
        value = user if kind == _USERS[token] else None
    elif token == "context.patientId":  # noqa: S105 - a prefetch token
        value = request.patient_id
    else:
        value = text(request.context.get(name)) if scope == "context" else None
    if value is None or not _ID.fullmatch(value):
        raise _Unresolved
    return value
