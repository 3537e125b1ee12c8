"""Which web pages may call from a browser (CORS): an allow-list, and never everyone."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask, Response, request

from cds.clients import Client
from cds.clients.addresses import is_loopback_origin, origin
from cds.errors import SettingsError
from cds.settings import Settings

SERVED = "/cds-services"
METHODS = "GET, POST, OPTIONS"
HEADERS = "Authorization, Content-Type, Accept"
# What a page may read of an answer: who answered how fast, and when to come again.
EXPOSED = "Server-Timing, Retry-After, X-Request-Id"
PREFLIGHT_SECONDS = "600"


class Cors:
    """Answers preflights, which carry no token, and marks every answer, errors included.

    No cookie is ever used, so credentials are not allowed. While callers need not say who they
    are, pages of this machine may call from any port.
    """

    def __init__(self, settings: Settings, clients: Iterable[Client]) -> None:
        try:
            own = {origin(text) for text in settings.origins}
        except ValueError as error:
            raise SettingsError("CDS_ORIGINS", f"each of them {error}") from None
        self._origins = own.union(*(client.origins for client in clients))
        self._any_loopback = settings.auth == "off"

    def install(self, app: Flask) -> None:
        """Look at every request before and after its view."""
        app.before_request(self.preflight)
        app.after_request(self.mark)

    def preflight(self) -> Response | None:
        """The answer to a browser that asks whether it may ask; None for other requests."""
        asks = "Access-Control-Request-Method" in request.headers and "Origin" in request.headers
        if request.method != "OPTIONS" or not asks or not served():
            return None
        response = Response(status=204)
        if self._allows(request.headers["Origin"]):
            response.headers["Access-Control-Allow-Methods"] = METHODS
            response.headers["Access-Control-Allow-Headers"] = HEADERS
            response.headers["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
        return response

    def mark(self, response: Response) -> Response:
        """Let the page that asked read the answer, if it is on the list."""
        if not served():
            return response
        response.vary.add("Origin")
        asking = request.headers.get("Origin")
        if asking is not None and self._allows(asking):
            response.headers["Access-Control-Allow-Origin"] = asking
            response.headers["Access-Control-Expose-Headers"] = EXPOSED
        return response

    def _allows(self, asking: str) -> bool:
        return asking in self._origins or (self._any_loopback and is_loopback_origin(asking))


def served() -> bool:
    """Whether the request is one to the services; the pages need no other page's scripts."""
    return request.path == SERVED or request.path.startswith(SERVED + "/")
