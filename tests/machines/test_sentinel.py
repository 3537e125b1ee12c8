"""CDS_REDIS_URL that names Sentinels: the service follows them to a new master."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from machine import lost, machines, traffic
from networks import free_place
from real_servers import sentinel, server
from real_valkey import until
from redis import Redis, RedisError

from cds.valkey import connect

LOCAL = "127.0.0.1"
PASSWORD = "only-these-servers-know-it"  # noqa: S105
SENTINELS_PASSWORD = "only-these-sentinels-know-it"  # noqa: S105
SENTINELS = 3
QUORUM = 2


def free_port() -> int:
    return free_place(1)[1]


@contextmanager
def watched_pair() -> Iterator[tuple[str, ExitStack]]:
    """The address of a master with a replica and three Sentinels; closing the stack kills it."""
    ports = [free_port(), free_port()]
    own = {"bind": LOCAL, "requirepass": PASSWORD, "masterauth": PASSWORD}
    lines = [
        f"sentinel monitor careladder {LOCAL} {ports[0]} {QUORUM}",
        f"sentinel auth-pass careladder {PASSWORD}",
        "sentinel down-after-milliseconds careladder 1000",
        "sentinel failover-timeout careladder 3000",
        f"requirepass {SENTINELS_PASSWORD}",
    ]
    with ExitStack() as others, ExitStack() as master:
        master.enter_context(server(ports[0], own))
        replica = {**own, "replicaof": f"{LOCAL} {ports[0]}"}
        others.enter_context(server(ports[1], replica))
        places = [free_port() for _ in range(SENTINELS)]
        for place in places:
            others.enter_context(sentinel(place, lines))
        for place in places:
            until(lambda place=place: knows_all(place))
        hosts = ",".join(f"{LOCAL}:{place}" for place in places)
        url = f"redis+sentinel://:{PASSWORD}@{hosts}/careladder/0"
        yield f"{url}?sentinel_password={SENTINELS_PASSWORD}", master


def knows_all(place: int) -> bool:
    """Whether this Sentinel has found the replica and the other Sentinels."""
    with Redis(LOCAL, place, password=SENTINELS_PASSWORD) as asked:
        state = asked.sentinel_master("careladder")
    return (state["num-slaves"], state["num-other-sentinels"]) == (1, SENTINELS - 1)


def test_when_the_master_dies_no_hook_is_lost_and_workers_follow_to_the_next(
    tmp_path, record_property
):
    host, port = free_place(2)
    with watched_pair() as (url, master), machines(tmp_path) as make:
        common = {"CDS_REDIS_URL": url, "CDS_ALLOW_AS_OF": "true"}
        make("workers", "worker", **common, CDS_WORKERS="1")
        here = {"CDS_HOST": host, "CDS_PORT": str(port), "CDS_WORKERS": "0"}
        make("web", "serve", **common, **here)
        (tmp_path / "rotation").write_text(f"{host}:{port}")
        with traffic(tmp_path / "rotation") as calls:
            calls.answered_by("worker")
            master.close()
            calls.answered_by("web")
            calls.answered_by("worker")
            made = calls.end()
    record_property("summary", f"Sentinel failover: {len(made)} hooks, lost {len(lost(made))}")
    assert not lost(made)


def test_the_sentinels_may_need_a_password_of_their_own():
    master, place = free_port(), free_port()
    watch = [f"sentinel monitor careladder {LOCAL} {master} 1", f"requirepass {SENTINELS_PASSWORD}"]
    url = f"redis+sentinel://{LOCAL}:{place}/careladder"
    with server(master, {"bind": LOCAL}), sentinel(place, watch):
        with connect(f"{url}?sentinel_password={SENTINELS_PASSWORD}") as client:
            assert client.ping()
        with connect(url) as stranger, pytest.raises(RedisError):
            stranger.ping()
