"""The services we offer, read from services.toml, and what discovery says about them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from cds.errors import KnowledgeError

CODES = "code=@observation-codes@"
LONGEST_QUERY = 1_500  # characters of codes: the whole address stays below 2,000
CATEGORIES = "survey,vital-signs,laboratory,social-history"
SPECIFICATION = "2.0.1"
FILE = "services.toml"
ID = re.compile(r"[a-z][a-z0-9-]*")
SHARED = {"prefetch", "usage_requirements", "services"}
OWN = {"hook", "title", "description", "prefetch", "usage_requirements"}
REQUIRED = ("hook", "title", "description")


@dataclass(frozen=True)
class Service:
    """One CDS service: the hook it answers and the data it asks for, by prefetch key."""

    id: str
    hook: str
    title: str
    description: str
    prefetch: Mapping[str, str]
    usage_requirements: str

    def described(self, base_url: str) -> dict[str, Any]:
        """What the discovery answer says of it, served under `base_url`."""
        attributes = f"{base_url}/cds-services/{self.id}/source-attributes"
        return {
            "hook": self.hook,
            "title": self.title,
            "description": self.description,
            "id": self.id,
            "version": SPECIFICATION,
            "usageRequirements": f"{self.usage_requirements} Source attributes: {attributes}",
            "prefetch": dict(self.prefetch),
        }


def load_services(observation_codes: Iterable[str] = ()) -> dict[str, Service]:
    """The services by id, asking for these codes; raises KnowledgeError naming the wrong key.

    Where the codes would make an address too long for servers, whole categories are asked for.
    """
    text = (files("cds") / "hooks" / FILE).read_text(encoding="utf-8")
    codes = ",".join(observation_codes)
    query = f"code={codes}" if 0 < len(codes) <= LONGEST_QUERY else f"category={CATEGORIES}"
    return read_services(text.replace(CODES, query))


def read_services(text: str) -> dict[str, Service]:
    """The services in the text of a services file."""
    try:
        shelf = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise KnowledgeError(FILE, "-", str(error)) from None
    refuse_unknown(shelf, SHARED, "")
    entries = shelf.get("services", {})
    return {name: read_service(name, entry, shelf) for name, entry in entries.items()}


def read_service(service_id: str, entry: dict[str, Any], shelf: dict[str, Any]) -> Service:
    """One entry, with what all services share."""
    key = f"services.{service_id}"
    if not ID.fullmatch(service_id):
        raise KnowledgeError(FILE, key, "an id is lower-case letters, digits and hyphens")
    refuse_unknown(entry, OWN, f"{key}.")
    for name in REQUIRED:
        if not entry.get(name):
            raise KnowledgeError(FILE, f"{key}.{name}", "is missing")
    usage = entry.get("usage_requirements", shelf.get("usage_requirements", ""))
    prefetch = shelf.get("prefetch", {}) | entry.get("prefetch", {})
    return Service(
        id=service_id,
        hook=entry["hook"],
        title=entry["title"],
        description=entry["description"],
        prefetch=prefetch,
        usage_requirements=usage,
    )


def refuse_unknown(table: dict[str, Any], known: set[str], prefix: str) -> None:
    """A misspelt key must not be passed over."""
    for name in table:
        if name not in known:
            raise KnowledgeError(FILE, prefix + name, "is not a key of this file")
