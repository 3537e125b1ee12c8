"""One JWT of a call (RFC 7519, with what CDS Hooks asks of it), and what is wrong with it."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any

import orjson
from jwt import PyJWS
from jwt.exceptions import PyJWTError

from cds.clients import Client
from cds.clients.keys import Key

LEEWAY = 60  # seconds that the clocks of two machines may differ
LONGEST_LIFE = 3600  # seconds from iat to exp
LONGEST = 8192  # characters of a token
jws = PyJWS()


class Refused(Exception):
    """A token that will not do; the reason is for our log, never for the caller."""


@dataclass(frozen=True)
class Token:
    """What a token says. Nothing of it is true before `check_signature`."""

    raw: str = field(repr=False)
    header: dict[str, Any] = field(repr=False)
    claims: dict[str, Any] = field(repr=False)

    @classmethod
    def read(cls, authorization: str | None) -> Token:
        """The token of an Authorization header; raises Refused when there is none to read."""
        scheme, _, raw = (authorization or "").partition(" ")
        if scheme.lower() != "bearer":
            raise Refused("no bearer token")
        if len(raw) > LONGEST:
            raise Refused("the token is too long")
        try:
            parts = jws.decode_complete(raw, options={"verify_signature": False})
            claims = orjson.loads(parts["payload"])
        except (PyJWTError, ValueError, RecursionError):
            raise Refused("the token cannot be read") from None
        if not isinstance(claims, dict):
            raise Refused("the claims are no object")
        token = cls(raw, parts["header"], claims)
        token.check_types()
        return token

    def check_types(self) -> None:
        """So that these claims can be looked up, and logged, as what they should be."""
        if not isinstance(self.claims.get("tenant", ""), str):
            raise Refused("tenant is no text")
        if not all(isinstance(self.claims.get(name), str) for name in ("iss", "jti")):
            raise Refused("iss or jti is missing")
        if not self.jti.strip():
            raise Refused("jti is empty")

    @property
    def iss(self) -> str:
        return str(self.claims["iss"])

    @property
    def jti(self) -> str:
        return str(self.claims["jti"])

    @property
    def tenant(self) -> str | None:
        return self.claims.get("tenant")

    @property
    def kid(self) -> str:
        return str(self.header["kid"])

    def check_header(self, client: Client) -> None:
        """Before any key is looked for: nothing is fetched for a header that will not do."""
        header = self.header
        if header.get("alg") not in client.algorithms:
            raise Refused("alg is not one of the client's")
        if str(header.get("typ")).upper() != "JWT":
            raise Refused("typ is not JWT")
        if not isinstance(header.get("kid"), str) or not header["kid"]:
            raise Refused("kid is missing")
        if "jku" in header and header["jku"] != client.jku:
            raise Refused("jku is not the client's")

    def check_signature(self, key: Key) -> None:
        """By the key and an algorithm that the key is for, whatever the token would like."""
        alg = self.header["alg"]
        if alg not in key.algorithms:
            raise Refused("the key is for another alg")
        try:
            jws.decode_complete(self.raw, key=key.public, algorithms=[alg])
        except (PyJWTError, TypeError, ValueError):
            raise Refused("the signature is wrong") from None

    def check_claims(self, audiences: Container[str], now: float) -> int:
        """Is the token for this call, and for now? Returns when it expires (epoch seconds)."""
        if not any(one in audiences for one in self._audience()):
            raise Refused("aud is not the address called")
        issued, expires = self._seconds("iat"), self._seconds("exp")
        not_before = self._seconds("nbf") if "nbf" in self.claims else issued
        if max(issued, not_before) > now + LEEWAY:
            raise Refused("the token is not valid yet")
        if expires + LEEWAY <= now:
            raise Refused("the token has expired")
        if not 0 < expires - issued <= LONGEST_LIFE:
            raise Refused("the token would live too long, or not at all")
        return expires

    def _audience(self) -> list[str]:
        """One text or a list of them; whatever else `aud` is names nobody."""
        named = self.claims.get("aud")
        listed = named if isinstance(named, list) else [named]
        return [one for one in listed if isinstance(one, str)]

    def _seconds(self, name: str) -> int:
        value = self.claims.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Refused(f"{name} is missing or no whole number")
        return value
