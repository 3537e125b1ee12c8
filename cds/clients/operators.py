"""Who may see what operators see: metrics and reports."""

from __future__ import annotations

from hmac import compare_digest

from flask import Request

from cds.errors import Unauthenticated
from cds.settings import Settings


def admit(request: Request, settings: Settings) -> None:
    """Let in who has CDS_METRICS_TOKEN; without one, everybody while callers are not asked.

    A monitor cannot sign a new token for each visit, so a client's would not do. A browser sends
    it as the password of its own dialog, with any name. Raises Unauthenticated.
    """
    token = settings.metrics_token
    if token is None:
        if settings.auth == "off":
            return
        raise Unauthenticated
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    basic = request.authorization
    given = bearer if scheme.lower() == "bearer" else (basic and basic.password) or ""
    if not compare_digest(given.encode(), token.encode()):
        raise Unauthenticated
