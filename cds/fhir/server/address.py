"""Addresses of FHIR servers, compared part by part so that nothing but the same server matches."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from cds.settings import is_loopback

PORTS = {"http": 80, "https": 443}
HIGHEST_PORT = 65535
# A narrow grammar instead of a URL parser: no user, query, fragment, escape or backslash, about
# which two parsers could disagree.
_BASE = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:/[a-z0-9._~-]+)*)/?",
    re.ASCII | re.IGNORECASE,
)
_PRINTABLE = re.compile(r"[!-\[\]-~]+")  # visible ASCII without the backslash


@dataclass(frozen=True)
class Base:
    """The base address of a FHIR server; host in lower case, path without the last slash."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def parse(cls, address: str) -> Base | None:
        """The base that an address is, None for anything that is not plainly one."""
        found = _BASE.fullmatch(address)
        if found is None or _climbs(found["path"]):
            return None
        scheme, host = found["scheme"].lower(), found["host"].lower()
        port = int(found["port"] or PORTS[scheme])
        return cls(scheme, host, port, found["path"]) if 0 < port <= HIGHEST_PORT else None

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this machine."""
        return is_loopback(self.host.strip("[]"))

    @property
    def is_confidential(self) -> bool:
        """Whether a token may travel there: encrypted, or without leaving this machine."""
        return self.scheme == "https" or self.is_loopback

    def target_of(self, link: str) -> str | None:
        """Path and query of a link that stays under this base, else None."""
        if not _PRINTABLE.fullmatch(link):
            return None
        try:
            parts = urlsplit(urljoin(f"{self}/", link))
            port = parts.port or PORTS.get(parts.scheme)
        except ValueError:
            return None
        authority = parts.netloc.rpartition("@")
        same = (parts.scheme, authority[0], _host(parts.hostname), port, authority[1]) == (
            *(self.scheme, "", self.host, self.port, ""),
        )
        below = parts.path == self.path or parts.path.startswith(f"{self.path}/")
        if not same or not below or _climbs(parts.path):
            return None
        return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}{self.path}"


def _host(name: str | None) -> str:
    """A host as `Base` writes it: IPv6 in brackets."""
    return f"[{name}]" if name and ":" in name else name or ""


def _climbs(path: str) -> bool:
    """Whether a path holds a segment that leads out of it, escaped or not."""
    return any(unquote(segment) in (".", "..") for segment in path.split("/"))


def bases(addresses: Iterable[str]) -> set[Base]:
    """The bases of a list of addresses; an entry that is none allows nothing."""
    return {base for address in addresses if (base := Base.parse(address))}
