"""Who a clients file lets in, for a person to read."""

from __future__ import annotations

from collections.abc import Iterable

from cds.clients.load import is_sandbox
from cds.clients.model import Client


def summary(clients: Iterable[Client]) -> str:
    """A paragraph for each client."""
    return "\n\n".join("\n".join(_lines(client)) for client in clients)


def _lines(client: Client) -> list[str]:
    keys = client.jku or ", ".join(f"{kid} ({_algs(client, kid)})" for kid in client.keys)
    lines = [
        client.name,
        f"  issuer        {client.iss}",
        f"  keys          {keys}",
        f"  algorithms    {', '.join(client.algorithms)}",
        f"  tenants       {', '.join(client.tenants) or 'any, or none'}",
        f"  FHIR servers  {', '.join(client.fhir_servers) or 'none: data must be prefetched'}",
        f"  browsers      {', '.join(client.origins) or 'none'}",
    ]
    if is_sandbox(client):
        lines.append("  WARNING       anybody can sign as the public sandbox: on loopback only")
    return lines


def _algs(client: Client, kid: str) -> str:
    usable = [alg for alg in client.algorithms if alg in client.keys[kid].algorithms]
    return ", ".join(usable) or "not usable: see algorithms"
