"""The body of a hook call: is it JSON at all, and sound?"""

from __future__ import annotations

import re

import orjson
from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from cds.errors import BadHookRequest

JSON_TYPE = re.compile(r"application/(?:[\w.-]+\+)?json")
DEEPEST = 200
SOUND = (
    "The body must be one JSON document (RFC 8259) in UTF-8: no byte order mark, no NaN or "
    "Infinity, no lone surrogate, no nesting beyond 1,000 levels."
)


def receive(request: Request) -> bytes:
    """The raw body.

    Raises 413 (before reading a body that says it is too large) and 415 from Werkzeug, and
    BadHookRequest for an empty one.
    """
    refuse_other_types(request)
    body = request.get_data(cache=False)
    if request.content_length is None and len(body) >= (request.max_content_length or 0):
        # A body that comes in chunks is cut at the limit, and Werkzeug does not say so.
        raise RequestEntityTooLarge
    if not body.strip():
        raise BadHookRequest("$", "The body is empty; it must be a JSON object.")
    return body


def parse(body: bytes) -> object:
    """The document in a body; raises BadHookRequest for what is not sound JSON."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        where = f" Broken at line {error.lineno}, column {error.colno}."
        raise BadHookRequest("$", SOUND + where) from None


def refuse_other_types(request: Request) -> None:
    """Only JSON, and not compressed: a small body must not grow on our side."""
    packed = request.headers.get("Content-Encoding", "identity").lower() != "identity"
    if packed or not JSON_TYPE.fullmatch(request.mimetype):
        raise UnsupportedMediaType


def too_deep(body: bytes) -> bool:
    """Whether the JSON in `body` nests deeper than a real chart ever does."""
    level: list[object] = [orjson.loads(body)]
    for _ in range(DEEPEST):
        level = [child for value in level for child in children(value)]
        if not level:
            return False
    return True


def children(value: object) -> list[object]:
    """The values one level below."""
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
