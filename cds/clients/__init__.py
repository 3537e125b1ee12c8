"""Who may call: the clients file, and the keys that clients sign with."""

from cds.clients.load import load_clients
from cds.clients.model import Client

__all__ = ["Client", "load_clients"]
