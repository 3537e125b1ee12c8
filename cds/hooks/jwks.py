"""Keys of clients: from their file, or from their address, kept for a while and renewed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from threading import Lock
from time import monotonic

import orjson
from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError

from cds.clients import Client
from cds.clients.keys import Key, public_keys

logger = logging.getLogger(__name__)

LIFESPAN = 300.0  # seconds that fetched keys are good for
GRACE = 3600.0  # seconds more, while their address does not answer
PAUSE = 10.0  # seconds between attempts after a failure, or for a kid that nobody knows
TIMEOUT = 2.0
LONGEST = 256_000  # bytes of a JWK Set
OK = 200


class NoKeys(Exception):
    """The address gave no JWK Set; the message says why in a few words."""


class KeyRing:
    """The keys of all clients. Only addresses out of the clients file are ever asked."""

    def __init__(self, clients: Iterable[Client]) -> None:
        addresses = {client.jku for client in clients if client.jku}
        self._remote = {jku: RemoteKeys(jku) for jku in addresses}

    def find(self, client: Client, kid: str) -> Key | None:
        """The client's key of this kid."""
        if client.jku is None:
            return client.keys.get(kid)
        return self._remote[client.jku].find(kid)


class RemoteKeys:
    """The keys behind one address.

    A kid that is not among them is asked for at once, since keys rotate; then not again for a
    while, since anybody can make up a kid.
    """

    def __init__(self, jku: str, now: Callable[[], float] = monotonic) -> None:
        self._jku = jku
        self._now = now
        self._lock = Lock()
        self._pool = PoolManager(maxsize=1)
        self._keys: dict[str, Key] = {}
        self._good_until = float("-inf")
        self._quiet_until = float("-inf")

    def find(self, kid: str) -> Key | None:
        """The key of this kid; a second caller waits for the first one's fetch."""
        with self._lock:
            now = self._now()
            old = now >= self._good_until
            if (old or kid not in self._keys) and now >= self._quiet_until:
                self._renew(now, quiet=not old)
            if now >= self._good_until + GRACE:
                self._keys = {}
            return self._keys.get(kid)

    def _renew(self, now: float, *, quiet: bool) -> None:
        try:
            self._keys = public_keys(self._fetch())
            self._good_until = now + LIFESPAN
        except NoKeys as error:
            logger.warning("no keys from %s: %s", self._jku, error)
            quiet = True
        if quiet:
            self._quiet_until = now + PAUSE

    def _fetch(self) -> object:
        """The document behind the address; a redirect is not followed."""
        try:
            response = self._pool.request(
                "GET",
                self._jku,
                headers={"Accept": "application/json"},
                timeout=Timeout(total=TIMEOUT),
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=False,
            )
            with response:
                if response.status != OK:
                    raise NoKeys(f"status {response.status}")
                return orjson.loads(_read(response.read1))
        except orjson.JSONDecodeError:
            raise NoKeys("not JSON") from None
        except (HTTPError, OSError) as error:
            raise NoKeys(type(error).__name__) from None


def _read(read_some: Callable[[int], bytes]) -> bytes:
    """The whole body, unless it is too long or comes too slowly."""
    content, deadline = b"", monotonic() + TIMEOUT
    while part := read_some(LONGEST):
        content += part
        if len(content) > LONGEST or monotonic() > deadline:
            raise NoKeys("too long or too slow")
    return content
