"""The clients file, read strictly: a mistake in it would let in the wrong caller, or nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from cds.clients import addresses
from cds.clients.keys import ALGORITHMS, DEFAULT_ALGORITHMS, Key, fault, public_keys
from cds.clients.model import Client
from cds.criteria.tables import Reader, read
from cds.errors import SettingsError
from cds.settings import Settings, is_loopback

CLIENT_KEYS = (
    *("name", "iss", "jku", "jwks", "algorithms"),
    *("tenants", "fhir_servers", "origins", "subject"),
)
# The private key of the public sandbox lies in its repository: anybody can sign as it.
SANDBOX = "sandbox.cds-hooks.org"


def known_clients(settings: Settings) -> tuple[Client, ...]:
    """The clients of CDS_CLIENTS, none without it. Raises KnowledgeError for a wrong file.

    The public sandbox may be among them only where nobody but this machine can call.
    """
    if settings.clients is None:
        return ()
    hosts = settings.host, urlsplit(settings.base_url).hostname or ""
    return load_clients(settings.clients, on_loopback=all(map(is_loopback, hosts)))


def refuse_unprotected(settings: Settings) -> None:
    """Refuse to start where callers must be known and none is. Raises CdsError."""
    if settings.auth == "required" and settings.clients is None:
        raise SettingsError("CDS_CLIENTS", "must be set when CDS_AUTH is 'required'")
    known_clients(settings)


def load_clients(path: Path, *, on_loopback: bool = False) -> tuple[Client, ...]:
    """The clients of a file; raises KnowledgeError with file, key and reason."""
    top = Reader(path.name, "", read(path), ("client",))
    readers = [
        Reader(path.name, f"client[{number}]", entry, CLIENT_KEYS)
        for number, entry in enumerate(top.items("client"), 1)
    ]
    if not readers:
        raise top.wrong("there is no [[client]]", "client")
    found = [(reader, _client(reader, path.parent)) for reader in readers]
    for reader, client in found:
        if not on_loopback and is_sandbox(client):
            raise reader.wrong("anybody can sign as the public sandbox: on loopback only", "iss")
    for (_, first), (reader, second) in combinations(found, 2):
        _refuse_twin(reader, first, second)
    return tuple(client for _, client in found)


def _client(reader: Reader, folder: Path) -> Client:
    if ("jku" in reader.table) == ("jwks" in reader.table):
        raise reader.wrong("needs either jku, an address of its keys, or jwks, a file with them")
    tenants = reader.texts("tenants")
    if not all(tenant.strip() for tenant in tenants):
        raise reader.wrong("a tenant has no name", "tenants")
    if "tenants" in reader.table and not tenants:
        raise reader.wrong("would let nobody in; leave it out to let every tenant in", "tenants")
    return Client(
        name=reader.text("name"),
        iss=reader.text("iss"),
        jku=_jku(reader) if "jku" in reader.table else None,
        keys=_keys(reader, folder) if "jwks" in reader.table else {},
        tenants=tenants,
        fhir_servers=_each(reader, "fhir_servers", addresses.server),
        origins=_each(reader, "origins", addresses.origin),
        algorithms=_algorithms(reader),
        subject=reader.text("subject") if "subject" in reader.table else None,
    )


def _jku(reader: Reader) -> str:
    """The address as it is written: a token has to name the very same."""
    try:
        addresses.server(reader.text("jku"))
    except ValueError as error:
        raise reader.wrong(str(error), "jku") from None
    return reader.text("jku")


def _keys(reader: Reader, folder: Path) -> Mapping[str, Key]:
    name = reader.text("jwks")
    if Path(name).name != name:
        raise reader.wrong("names a file beside this one, without a folder", "jwks")
    try:
        document = orjson.loads((folder / name).read_bytes())
    except OSError as error:
        raise reader.wrong(f"{name} cannot be read: {error.strerror}", "jwks") from None
    except orjson.JSONDecodeError:
        raise reader.wrong(f"{name} is not JSON", "jwks") from None
    if reason := fault(document):
        raise reader.wrong(f"{name} {reason}", "jwks")
    return public_keys(document)


def _algorithms(reader: Reader) -> tuple[str, ...]:
    chosen = reader.texts("algorithms", ALGORITHMS)
    if "algorithms" in reader.table and not chosen:
        raise reader.wrong("is empty: no token could be verified", "algorithms")
    return chosen or DEFAULT_ALGORITHMS


def _each(reader: Reader, name: str, normal: Callable[[str], str]) -> tuple[str, ...]:
    try:
        return tuple(normal(text) for text in reader.texts(name))
    except ValueError as error:
        raise reader.wrong(f"each of them {error}", name) from None


def is_sandbox(client: Client) -> bool:
    """Whether its tokens would be signed with the key that everybody has."""
    named = (urlsplit(address.lower()).hostname for address in (client.iss, client.jku or ""))
    return SANDBOX in named


def _refuse_twin(reader: Reader, first: Client, second: Client) -> None:
    """No token may belong to two clients, and no two clients share a name in records."""
    if first.name == second.name:
        raise reader.wrong("another client has this name", "name")
    apart = first.tenants and second.tenants and not set(first.tenants) & set(second.tenants)
    if first.iss == second.iss and not apart:
        raise reader.wrong("another client has this iss and could have the same tenant", "iss")
