"""How CDS_REDIS_URL is read."""

import pytest
from redis.connection import SSLConnection
from redis.sentinel import SentinelManagedConnection, SentinelManagedSSLConnection

from cds.errors import SettingsError
from cds.settings import Settings
from cds.valkey import connect

KEY = "a key for one test only"


def test_one_server_is_read_as_redis_py_reads_it():
    pool = connect("rediss://user:pass%40word@valkey.example:6380/2").connection_pool
    options = pool.connection_kwargs
    assert pool.connection_class is SSLConnection
    assert (options["host"], options["port"], options["db"]) == ("valkey.example", 6380, 2)
    assert (options["username"], options["password"]) == ("user", "pass@word")


def test_sentinels_are_named_with_the_master_they_watch():
    url = "redis+sentinel://user:p%40ss@a.example,[::1]:26380/careladder/3?sentinel_password=own"
    pool = connect(url, socket_timeout=0.5).connection_pool
    asked = [one.connection_pool.connection_kwargs for one in pool.sentinel_manager.sentinels]
    assert pool.connection_class is SentinelManagedConnection
    assert pool.service_name == "careladder"
    assert pool.connection_kwargs["password"] == "p@ss"  # noqa: S105
    assert (pool.connection_kwargs["db"], pool.connection_kwargs["socket_timeout"]) == (3, 0.5)
    assert [(one["host"], one["port"]) for one in asked] == [("a.example", 26379), ("::1", 26380)]
    assert {(one["username"], one["password"], one["socket_timeout"]) for one in asked} == {
        (None, "own", 0.5)
    }


def test_with_tls_the_sentinels_speak_it_too():
    url = "rediss+sentinel://a.example:26379/careladder?ssl_ca_certs=/etc/careladder/ca.crt"
    pool = connect(url).connection_pool
    (asked,) = pool.sentinel_manager.sentinels
    assert pool.connection_class is SentinelManagedSSLConnection
    assert asked.connection_pool.connection_class is SSLConnection
    for options in (pool.connection_kwargs, asked.connection_pool.connection_kwargs):
        assert options["ssl_ca_certs"] == "/etc/careladder/ca.crt"


@pytest.mark.parametrize(
    "url",
    [
        "redis+sentinel://a.example:26379",  # which master?
        "redis+sentinel:///careladder",
        "redis+sentinel://a.example:26379/?db=1",
        "unix+sentinel:///run/valkey.sock/careladder",
        "sentinel://a.example/careladder",
    ],
)
def test_an_address_that_names_no_master_stops_the_start(url):
    with pytest.raises(SettingsError, match=r"^CDS_REDIS_URL: "):
        Settings(redis_url=url, secret_key=KEY)
