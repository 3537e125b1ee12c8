"""Who is calling: a caller that proved it, or one 401 that never says why."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import orjson
from flask import Request

from cds.clients import Client
from cds.errors import Unauthenticated
from cds.hooks.jwks import KeyRing
from cds.hooks.seen import LocalSeen, SeenTokens, ValkeySeen
from cds.hooks.token import LEEWAY, Refused, Token
from cds.settings import Settings

logger = logging.getLogger(__name__)

SHOWN = 100  # characters of a claim in a log line
FEEDBACK = "/feedback"


@dataclass(frozen=True)
class Caller:
    """Who calls; `client` is None only while nobody has to say who they are."""

    name: str
    iss: str | None
    tenant: str | None
    client: Client | None


ANONYMOUS = Caller("anonymous", None, None, None)


class Authenticator:
    """Knows callers by the JWT they sign.

    The order is: may this issuer call at all, did it sign this, is this call meant and is it now,
    and last of all: was the token never used before. So a bad token costs nobody a good one.
    """

    def __init__(
        self,
        settings: Settings,
        clients: Iterable[Client],
        seen_tokens: SeenTokens,
        clock: Callable[[], datetime],
    ) -> None:
        self._open = settings.auth == "off"
        self._clients = tuple(clients)
        self._keys = KeyRing(self._clients)
        self._seen = seen_tokens
        self._clock = clock

    def caller(self, request: Request, url: str) -> Caller:
        """Who sent this request to the public address `url`; raises Unauthenticated."""
        if self._open:
            return ANONYMOUS
        token: Token | None = None
        try:
            token = Token.read(request.headers.get("Authorization"))
            return self._trusted(token, url)
        except Refused as refusal:
            logger.warning("caller refused: %s%s", refusal, named(token))
            raise Unauthenticated from None

    def _trusted(self, token: Token, url: str) -> Caller:
        client = self._client(token)
        token.check_header(client)
        key = self._keys.find(client, token.kid)
        if key is None:
            raise Refused("no such key")
        token.check_signature(key)
        now = self._clock().timestamp()
        expires = token.check_claims(audiences(url), now)
        if not self._seen.first(once(token), int(expires + LEEWAY - now) + 1):
            raise Refused("jti was used before, or cannot be remembered")
        return Caller(client.name, token.iss, token.tenant, client)

    def _client(self, token: Token) -> Client:
        for client in self._clients:
            if client.serves(token.iss, token.tenant):
                return client
        raise Refused("no client has this iss and tenant")


def make_authenticator(
    settings: Settings, clients: Iterable[Client], clock: Callable[[], datetime]
) -> Authenticator:
    """With used tokens kept in Valkey, or in this process when it is alone."""
    seen = ValkeySeen(settings.redis_url) if settings.redis_url else LocalSeen()
    return Authenticator(settings, clients, seen, clock)


def audiences(url: str) -> tuple[str, ...]:
    """What `aud` may name for a call of `url`; feedback may be addressed to its service."""
    service = url.removesuffix(FEEDBACK)
    return (url,) if service == url else (url, service)


def once(token: Token) -> str:
    """The name under which a used token is remembered: of one length, and it tells nothing."""
    return sha256(orjson.dumps([token.iss, token.jti])).hexdigest()


def named(token: Token | None) -> str:
    """What may be told in a log: issuer, tenant and jti, in quotes and not at any length."""
    if token is None:
        return ""
    told = {"iss": token.iss, "tenant": token.tenant, "jti": token.jti}
    return "".join(f", {name} {value[:SHOWN]!r}" for name, value in told.items() if value)
