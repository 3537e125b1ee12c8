"""One client as its entry in the clients file says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cds.clients.keys import DEFAULT_ALGORITHMS, Key


@dataclass(frozen=True)
class Client:
    """An EHR that may call; addresses have no slash at their end.

    Its public keys come either from the address `jku` or are `keys`, by kid. Without `tenants`
    its tokens may name any tenant or none; with them they must name one of these.
    """

    name: str
    iss: str
    jku: str | None = None
    subject: str | None = None  # our id at its FHIR servers, where it gave us one
    keys: Mapping[str, Key] = field(default_factory=dict, hash=False, repr=False)
    tenants: tuple[str, ...] = ()
    fhir_servers: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    algorithms: tuple[str, ...] = DEFAULT_ALGORITHMS

    def serves(self, iss: str, tenant: str | None) -> bool:
        """Whether a token of this issuer and tenant is one of this client's."""
        return iss == self.iss and (not self.tenants or tenant in self.tenants)
