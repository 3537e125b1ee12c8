"""Clients for the Valkey that CDS_REDIS_URL names: a server, or the master that Sentinels name."""

from __future__ import annotations

from typing import Any
from urllib.parse import SplitResult, urlsplit

from redis import Redis
from redis.backoff import ExponentialWithJitterBackoff, NoBackoff
from redis.connection import parse_url
from redis.retry import Retry
from redis.sentinel import Sentinel

SENTINEL = "+sentinel"
SENTINEL_PORT = 26379
SENTINEL_OPTIONS = ("socket_timeout", "socket_connect_timeout", "retry")


def prompt_client(url: str, timeout: float) -> Redis:
    """A client that fails at once, or after `timeout` seconds, and never tries again."""
    return connect(
        url,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=Retry(NoBackoff(), 0),
    )


def patient_client(url: str) -> Redis:
    """A client for a worker, which has nothing better to do than to try again."""
    return connect(url, retry=Retry(ExponentialWithJitterBackoff(cap=0.5, base=0.05), 3))


def connect(url: str, **options: Any) -> Redis:
    """A client for `url`; it connects on first use. `options` are redis-py's, times in seconds.

    `redis://`, `rediss://` and `unix://` are redis-py's own. A Sentinel set-up is
    `redis+sentinel://user:password@host:port,host:port/master/db?option=value`, or
    `rediss+sentinel://` when all of it speaks TLS. User and password are those of the servers;
    the Sentinels' own come as `sentinel_username` and `sentinel_password`.
    """
    if SENTINEL not in url.partition("://")[0]:
        return Redis.from_url(url, **options)
    parts = urlsplit(url.replace(SENTINEL, "", 1))
    master, _, db = parts.path.strip("/").partition("/")
    given = server_options(parts, db)
    own = {name: given.pop(f"sentinel_{name}", None) for name in ("username", "password")}
    shared = {name: options[name] for name in SENTINEL_OPTIONS if name in options}
    encrypted = {name: value for name, value in given.items() if name.startswith("ssl")}
    sentinels = Sentinel(  # type: ignore[no-untyped-call]
        sentinel_hosts(parts), sentinel_kwargs=shared | encrypted | own
    )
    client: Redis = sentinels.master_for(master, **given, **options)  # type: ignore[no-untyped-call]
    return client


def server_options(parts: SplitResult, db: str) -> dict[str, Any]:
    """User, password, database, TLS and other options, read as redis-py reads them."""
    credentials = parts.netloc.rpartition("@")[0]
    one_server = parts._replace(netloc=f"{credentials}@localhost", path=f"/{db}")
    options: dict[str, Any] = parse_url(one_server.geturl())  # type: ignore[no-untyped-call]
    for name in ("host", "connection_class"):
        options.pop(name, None)
    return options | ({"ssl": True} if parts.scheme == "rediss" else {})


def sentinel_hosts(parts: SplitResult) -> list[tuple[str, int]]:
    """Host and port of each Sentinel."""
    places = [urlsplit(f"//{place}") for place in parts.netloc.rpartition("@")[2].split(",")]
    return [(place.hostname or "localhost", place.port or SENTINEL_PORT) for place in places]
