"""Encrypting what waits in Valkey: a stored call or reply is unreadable without the key."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

SHORTEST = 16
KEY_BYTES = 32


class Unsealable(Exception):
    """Sealed with a key that is not ours, or not sealed at all."""


class Seal:
    """Seals with the first key of `secret` and opens with any of them, so keys can be rotated."""

    def __init__(self, secret: str) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in seal_keys(secret)])

    def close(self, content: bytes) -> bytes:
        """`content`, encrypted and signed."""
        return self._fernet.encrypt(content)

    def open(self, sealed: bytes | str) -> bytes:
        """What was sealed; raises Unsealable, which quotes nothing of it."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            raise Unsealable from None


def new_secret() -> str:
    """A key for one run."""
    return Fernet.generate_key().decode()


def seal_keys(secret: str) -> list[bytes]:
    """The Fernet keys of a comma-separated secret, newest first.

    A Fernet key is used as it is; any other text of 16 characters or more is hashed into one.
    Raises ValueError when there is none or one is shorter.
    """
    parts = [part.strip() for part in secret.split(",") if part.strip()]
    if not parts or any(len(part) < SHORTEST for part in parts):
        raise ValueError(f"each key must have at least {SHORTEST} characters")
    return [part.encode() if is_fernet_key(part) else derive(part) for part in parts]


def is_fernet_key(text: str) -> bool:
    """Whether `text` is 32 bytes in URL-safe base64."""
    try:
        return len(urlsafe_b64decode(text)) == KEY_BYTES
    except (Base64Error, ValueError):
        return False


def derive(text: str) -> bytes:
    """A Fernet key from a passphrase. What it seals lives for seconds, so a plain hash will do."""
    return urlsafe_b64encode(sha256(b"careladder seal\0" + text.encode()).digest())
