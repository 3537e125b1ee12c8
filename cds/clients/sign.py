"""The other side: tokens as a client signs them, to try the service out."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import orjson
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from cds.clients.keys import RSA_BITS, PublicKey
from cds.errors import KnowledgeError

PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey
Sign = Callable[[str], str]  # address of the call -> a token for it
LIFETIME = 300  # seconds, as clients commonly choose
REQUIRED = ("crv", "e", "kty", "n", "x", "y")  # members that make a thumbprint (RFC 7638)


def signer(file: Path, iss: str, tenant: str | None = None, jku: str | None = None) -> Sign:
    """Signs with a private key in PEM, anew for every call; raises KnowledgeError for the file.

    The key's kid is its thumbprint, as `cds clients keygen` writes it.
    """
    key = read_private_key(file)
    alg, kid = algorithm(key), thumbprint(public_members(key.public_key()))
    header = {"kid": kid} | ({"jku": jku} if jku else {})
    named = {"iss": iss} | ({"tenant": tenant} if tenant else {})

    def sign(address: str) -> str:
        now = int(datetime.now(UTC).timestamp())
        once = {"aud": address, "iat": now, "exp": now + LIFETIME, "jti": uuid4().hex}
        return jwt.encode(named | once, key, algorithm=alg, headers=header)

    return sign


def read_private_key(file: Path) -> PrivateKey:
    """An elliptic curve key on P-384 or an RSA key; raises KnowledgeError for anything else."""
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except OSError as error:
        raise KnowledgeError(file.name, "", f"cannot be read: {error.strerror}") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KnowledgeError(file.name, "", "is not an unencrypted private key in PEM") from None
    if isinstance(key, RSAPrivateKey) and key.key_size >= RSA_BITS:
        return key
    if isinstance(key, EllipticCurvePrivateKey) and key.curve.name == "secp384r1":
        return key
    raise KnowledgeError(file.name, "", "is neither a key on P-384 nor an RSA key of 2048 bits")


def algorithm(key: PrivateKey) -> str:
    """What a key signs with."""
    return "RS384" if isinstance(key, RSAPrivateKey) else "ES384"


def public_jwk(key: PrivateKey) -> dict[str, str]:
    """The public half as an entry of a JWK Set."""
    members = public_members(key.public_key())
    return members | {"kid": thumbprint(members), "alg": algorithm(key), "use": "sig"}


def public_members(key: PublicKey) -> dict[str, str]:
    """The members that make the key, and no others."""
    family: Any = RSAAlgorithm if isinstance(key, RSAPublicKey) else ECAlgorithm
    members = family.to_jwk(key, as_dict=True)
    return {name: members[name] for name in REQUIRED if name in members}


def thumbprint(members: dict[str, str]) -> str:
    """RFC 7638: the same key has the same name everywhere."""
    text = orjson.dumps(members, option=orjson.OPT_SORT_KEYS)
    return urlsafe_b64encode(sha256(text).digest()).rstrip(b"=").decode()
