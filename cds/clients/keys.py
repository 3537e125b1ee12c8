"""A JWK Set as public keys, each bound to the algorithms it may verify."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from jwt.exceptions import PyJWTError

PublicKey = RSAPublicKey | EllipticCurvePublicKey

DEFAULT_ALGORITHMS = ("ES384", "RS384")  # those that CDS Hooks recommends
ALGORITHMS = (*DEFAULT_ALGORITHMS, "ES256", "RS256")
CURVES = {"secp384r1": "ES384", "secp256r1": "ES256"}
RSA_BITS = 2048  # the fewest that RFC 7518 allows
PUBLIC = ("kty", "crv", "x", "y", "n", "e")
SECRET = ("d", "k", "p", "q")


@dataclass(frozen=True)
class Key:
    """A public key. Never take its algorithm from a token: it says itself what it is for."""

    public: PublicKey
    algorithms: frozenset[str]


def public_keys(document: object) -> dict[str, Key]:
    """The usable keys of a JWK Set by kid.

    Left out are keys of other types or uses, weak ones, and a kid that two keys claim.
    """
    jwks = _jwks(document)
    claims = Counter(_kid(jwk) for jwk in jwks)
    found = {_kid(jwk): _key(jwk) for jwk in jwks if _kid(jwk) and claims[_kid(jwk)] == 1}
    return {kid: key for kid, key in found.items() if key is not None}


def fault(document: object) -> str | None:
    """Why a JWK Set that was handed to us as a file cannot be taken as it is; None when it can."""
    jwks = _jwks(document)
    kids = [_kid(jwk) for jwk in jwks]
    if not jwks:
        return "is not a JWK Set with keys"
    if any(name in jwk for jwk in jwks for name in SECRET):
        return "holds a secret: a JWK Set for others has public keys only"
    if len(set(kids)) < len(kids):
        return "has two keys of one kid, or without any"
    if not public_keys(document):
        return f"has no key with a kid that is good for {', '.join(ALGORITHMS)}"
    return None


def _jwks(document: object) -> list[dict[str, Any]]:
    keys = document.get("keys") if isinstance(document, dict) else None
    return [jwk for jwk in keys if isinstance(jwk, dict)] if isinstance(keys, list) else []


def _kid(jwk: dict[str, Any]) -> str:
    kid = jwk.get("kid")
    return kid if isinstance(kid, str) else ""


def _key(jwk: dict[str, Any]) -> Key | None:
    """The key, if it is public, sound, strong and for signatures."""
    operations = jwk.get("key_ops", ["verify"])
    if jwk.get("use", "sig") != "sig" or not isinstance(operations, list):
        return None
    try:
        public = _public(jwk)
    except (PyJWTError, KeyError, TypeError, ValueError):
        return None
    named = jwk.get("alg")
    algorithms = frozenset(alg for alg in _algorithms(public) if named in (None, alg))
    return Key(public, algorithms) if algorithms and "verify" in operations else None


def _public(jwk: dict[str, Any]) -> PublicKey:
    """Only public members are read, so what comes out is never a private key."""
    members = {name: jwk[name] for name in PUBLIC if name in jwk}
    families: dict[str, Any] = {"EC": ECAlgorithm, "RSA": RSAAlgorithm}
    public: PublicKey = families[jwk["kty"]].from_jwk(members)
    return public


def _algorithms(public: PublicKey) -> tuple[str, ...]:
    """What a key of this type can verify; an RSA key that names no `alg` is good for both."""
    if isinstance(public, RSAPublicKey):
        return ("RS384", "RS256") if public.key_size >= RSA_BITS else ()
    alg = CURVES.get(public.curve.name)
    return (alg,) if alg else ()
