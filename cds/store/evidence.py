"""The evidence behind cards, each sealed under the key of its link, until it expires.

The link holds a token that is nowhere else. Two hashes of it part ways: one names the row, the
other opens it, so whoever has the database, and even CDS_SECRET_KEY, has names and no content.
"""

from __future__ import annotations

import secrets
import zlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, delete, select

from cds.seal import Seal
from cds.store.database import Database
from cds.store.tables import evidence

TOKEN_BYTES = 32
LONGEST_TOKEN = 64  # characters: what is longer is no token of ours


@dataclass(frozen=True)
class Kept:
    """Evidence on its way into the store or out of it, at an instant.

    The token is the key, so it is shown to nobody.
    """

    token: str = field(repr=False)
    content: bytes = field(repr=False)
    at: datetime
    expires_at: datetime


def new_token() -> str:
    """43 characters that nobody guesses, fit for an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def write_evidence(connection: Connection, kept: Kept) -> None:
    """The row, and none any more whose time is over."""
    connection.execute(delete(evidence).where(evidence.c.expires_at <= kept.at))
    row = {
        "id": _name(kept.token),
        "expires_at": kept.expires_at,
        "sealed": _seal(kept.token).close(zlib.compress(kept.content, 1)),
    }
    connection.execute(evidence.insert(), row)


def find_evidence(database: Database, token: str, now: datetime) -> Kept | None:
    """What a link leads to; None when it has expired or never was. Raises as `read` does."""
    if len(token) > LONGEST_TOKEN:
        return None
    query = select(evidence.c.sealed, evidence.c.expires_at).where(
        evidence.c.id == _name(token), evidence.c.expires_at > now
    )
    with database.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    return Kept(token, zlib.decompress(_seal(token).open(row.sealed)), now, row.expires_at)


def _name(token: str) -> str:
    return sha256(b"careladder evidence name\0" + token.encode()).hexdigest()


def _seal(token: str) -> Seal:
    """The token has all the strength a key needs, so a plain hash will do."""
    digest = sha256(b"careladder evidence key\0" + token.encode()).digest()
    return Seal(urlsafe_b64encode(digest).decode())
