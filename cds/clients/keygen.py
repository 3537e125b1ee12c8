"""A key pair for trying the service out, as the files that each side needs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import orjson
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from cds.clients.sign import PrivateKey, public_jwk

MAKE: dict[str, Callable[[], PrivateKey]] = {
    "ES384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "RS384": lambda: rsa.generate_private_key(public_exponent=65537, key_size=3072),
}
SNIPPET = """\
# Every entry is explained in docs/clients.md.
[[client]]
name = "Trial"
iss = {iss}
jwks = "jwks.json"
"""


def write_keys(alg: str, iss: str, folder: Path) -> list[Path]:
    """Write private-key.pem, jwks.json and clients.toml; raises OSError, also when one is there."""
    key = MAKE[alg]()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    jwks = orjson.dumps({"keys": [public_jwk(key)]}, option=orjson.OPT_INDENT_2)
    # A JSON text is a TOML basic string as well.
    toml = SNIPPET.format(iss=orjson.dumps(iss).decode()).encode()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    contents = {"private-key.pem": pem, "jwks.json": jwks + b"\n", "clients.toml": toml}
    for name in contents:
        if (folder / name).exists():
            raise FileExistsError(0, "exists", str(folder / name))
    for name, content in contents.items():
        _write(folder / name, content, 0o600 if content is pem else 0o644)
    return [folder / name for name in contents]


def _write(path: Path, content: bytes, mode: int) -> None:
    """A new file that is never readable for more people than `mode` says, not even at first."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
