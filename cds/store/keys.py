"""The keys of the store: patients under a keyed hash, comments sealed."""

from __future__ import annotations

import hashlib
import hmac
import os
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import orjson

from cds.request import UUID
from cds.seal import Seal, new_secret, seal_keys
from cds.settings import Settings

KEY_FILE = "secret.key"
HALF = 32  # bytes: one half hashes, the other seals
# What is stored outlives a stored call by years, so a passphrase is made hard to guess.
SALT, COST = b"careladder store", 2**14


class CalledBy(Protocol):
    """Who calls: a client, and the tenant of it where it names one."""

    @property
    def name(self) -> str: ...

    @property
    def tenant(self) -> str | None: ...


class Hashing:
    """Names that one key makes: the same for the same thing, and they tell nothing of it."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def patient(self, caller: CalledBy, patient_id: str) -> str:
        """The name of one patient of one client."""
        return digest(self._key, ("patient", caller.name, caller.tenant or "", patient_id))

    def event(self, parts: Iterable[str | None]) -> str:
        """One name for one event, however often it is told."""
        return digest(self._key, ("event", *parts))

    def identifier(self, text: str) -> str:
        """A UUID as it is; any other text as a hash, because a client may write anything there."""
        if UUID.fullmatch(text):
            return text.lower()
        return f"hash:{digest(self._key, ('identifier', text))[:HALF]}"


class Keys:
    """Hashes and seals with the first key of a secret; knows what the others hashed and sealed."""

    def __init__(self, secret: str) -> None:
        stretched = [stretch(key) for key in seal_keys(secret)]
        self.newest, *self.older = [Hashing(one[:HALF]) for one in stretched]
        self._seal = Seal(",".join(urlsafe_b64encode(one[HALF:]).decode() for one in stretched))

    def patients(self, caller: CalledBy, patient_id: str) -> list[str]:
        """The hashes one patient of one client may be stored under, newest key first."""
        return [one.patient(caller, patient_id) for one in (self.newest, *self.older)]

    def close(self, comment: str) -> bytes:
        """A comment, sealed."""
        return self._seal.close(comment.encode())

    def open(self, sealed: bytes) -> str:
        """The comment that `close` sealed; raises Unsealable."""
        return self._seal.open(sealed).decode()


def stretch(key: bytes) -> bytes:
    """64 bytes from one key of the secret, slowly."""
    return hashlib.scrypt(key, salt=SALT, n=COST, r=8, p=1, dklen=2 * HALF)


def digest(key: bytes, parts: Iterable[str | None]) -> str:
    """64 hex digits over the parts, each told apart from the next."""
    return hmac.digest(key, orjson.dumps([*parts]), "sha256").hex()


def secret_of(settings: Settings) -> str:
    """CDS_SECRET_KEY, or the key this data directory keeps. Raises OSError where it cannot."""
    return settings.secret_key or kept_secret(settings.data_dir)


def kept_secret(folder: Path) -> str:
    """The key in `folder`, made on first use. Raises OSError.

    It is linked into place whole, so that of several processes one makes it and all read it.
    """
    path = folder / KEY_FILE
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder)  # readable by this user alone
        try:
            with os.fdopen(handle, "w") as file:
                file.write(new_secret())
                file.flush()
                os.fsync(file.fileno())
            os.link(name, path)
        except FileExistsError:
            pass  # another process was first
        finally:
            Path(name).unlink()
    return path.read_text(encoding="ascii")
